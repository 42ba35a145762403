import Kernels
import XCTest

@testable import Benchmarks

final class SyntheticDataTests: XCTestCase {
    func testLengthsHaveTheirMeanDeviationAndBounds() {
        var generator = SeededGenerator(seed: 3)
        let count = 20_000
        let lengths = (0..<count).map { _ in SentenceLengths.trainingTarget.next(&generator) }
        let mean = Double(lengths.reduce(0, +)) / Double(count)
        let variance =
            lengths.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
        XCTAssertEqual(mean, 15.8, accuracy: 0.2)
        XCTAssertEqual(variance.squareRoot(), 5.4, accuracy: 0.2)
        XCTAssertGreaterThanOrEqual(lengths.min() ?? 0, 2)
        XCTAssertLessThanOrEqual(lengths.max() ?? 99, 53)
        XCTAssertEqual(SentenceLengths.exactly(64).next(&generator), 64)
    }

    func testTextIsAFunctionOfTheSeed() {
        let lines = SyntheticText.lines(count: 50)
        XCTAssertEqual(lines, SyntheticText.lines(count: 50))
        XCTAssertNotEqual(lines, SyntheticText.lines(count: 50, seed: 2))
        XCTAssertEqual(lines.count, 50)
    }

    func testSentencesEndAndHoldSubwordsOnly() throws {
        let model = try BenchmarkModel(.small)
        for sentence in model.sentences(count: 20, .testSource) {
            XCTAssertEqual(sentence.last, model.tokenizer.vocabulary.eosID)
            for token in sentence.dropLast() {
                XCTAssert(model.tokenizer.vocabulary.contains(token))
                XCTAssertFalse(model.tokenizer.vocabulary.isSpecial(token))
            }
        }
    }

    func testTrainingBatchesKeepTheirBudget() {
        let benchmark = TrainingBenchmark(.small, threadCount: 1)
        let batches = benchmark.randomBatches()
        XCTAssertGreaterThan(batches.count, 1)
        for batch in batches {
            XCTAssertLessThanOrEqual(batch.reduce(0) { $0 + $1.target.count }, 4000 / 32)
        }
    }
}
