import Files
import XCTest

@testable import Training

final class CorpusStatisticsTests: XCTestCase {
    private func statistics(
        _ lines: [String], kind: CorpusStatistics.Kind? = nil
    ) throws -> CorpusStatistics {
        try CorpusStatistics(
            lines, file: "corpus.tsv", kind: kind, tokenizer: nil, identifier: nil, threadCount: 2)
    }

    func testPairs() throws {
        let pairs = try statistics(["a b\tcd", "\tx", "a b\tcd", "one\tein Wörtchen"])
        XCTAssertEqual(pairs.kind, .pairs)
        XCTAssertEqual(pairs.lines, 4)
        XCTAssertEqual(pairs.duplicates, 1)
        XCTAssertEqual(pairs.columns.map(\.name), ["source", "target"])
        XCTAssertEqual(pairs.columns.map(\.words), [5, 5])
        XCTAssertEqual(pairs.columns.map(\.characters), [9, 17])
        XCTAssertEqual(pairs.columns.map(\.empty), [1, 0])
        XCTAssertEqual(pairs.columns[0].lengths.all, [0, 0, 0, 1, 2, 2, 2])
        let ratio = try XCTUnwrap(pairs.lengthRatio)
        XCTAssertEqual(ratio.minimum, 2 / 3, accuracy: 1e-12)
        XCTAssertEqual(ratio.maximum, 4, accuracy: 1e-12)
        XCTAssertNil(pairs.labels)
    }

    func testLabelledTexts() throws {
        let named = try statistics(["fine\tpositive", "bad\tnegative", "good\tpositive"])
        XCTAssertEqual(named.kind, .labelled)
        XCTAssertEqual(named.labels, ["positive": 2, "negative": 1])
        XCTAssertEqual(named.columns.map(\.words), [3])
        let soft = try statistics(["fine\t0.1\t0.2\t0.7", "bad\t0.5\t0.3\t0.2"])
        XCTAssertEqual(soft.labels, ["positive": 1, "negative": 1])
        // Two columns that do not look like labels may be some all the same.
        XCTAssertEqual(try statistics(["fine\thappy"], kind: .labelled).labels, ["happy": 1])
    }

    func testTexts() throws {
        let texts = try statistics(["one two", "", "three"])
        XCTAssertEqual(texts.kind, .text)
        XCTAssertEqual(texts.columns.map(\.words), [3])
        XCTAssertEqual(texts.columns.map(\.empty), [1])
        XCTAssertEqual(try statistics(["a\tb\tc"], kind: .text).columns.map(\.words), [3])
    }

    func testQuantilesAreValuesOfTheList() {
        let quantiles = CorpusStatistics.Quantiles((1...100).reversed().map(Double.init))
        XCTAssertEqual(quantiles.all, [1, 5, 25, 50, 75, 95, 100])
        XCTAssertEqual(CorpusStatistics.Quantiles([7]).all, Array(repeating: 7, count: 7))
    }

    func testLinesThatDoNotFitAreNamed() throws {
        for (lines, kind, problem) in [
            (
                ["a\tb", "c"], CorpusStatistics.Kind?.none,
                "corpus.tsv:2: 1 column, but each line must be source<TAB>target"
            ),
            (
                ["a\t0.1\t0.2\t0.7", "b\t1"], nil,
                "corpus.tsv:2: 2 columns, but each line must be "
                    + "text<TAB>P(negative)<TAB>P(neutral)<TAB>P(positive)"
            ),
            (["a"], .labelled, "corpus.tsv:1: 1 column, but each line must be text<TAB>label"),
            (
                ["a\t0.1\t0.2\t0.7", "b\t0.1\t0.2\t0.3"], nil,
                #"corpus.tsv:2: "0.1", "0.2", "0.3" are no three probabilities with the sum 1"#
            ),
            (
                ["one\ttwo\tthree\tfour"], nil,
                #"corpus.tsv:1: "two", "three", "four" are no three probabilities with the sum 1"#
            ),
            (
                ["one\ttwo\tthree"], nil,
                "corpus.tsv:1: 3 columns, but each line must be source<TAB>target"
            ),
            ([], nil, "corpus.tsv: empty; a corpus needs at least one line"),
        ] {
            let error = try fileError { _ = try self.statistics(lines, kind: kind) }
            XCTAssertEqual(error.description, problem)
        }
    }
}
