import Kernels
import Tokenization
import Transformer
import XCTest

@testable import Training

final class TranslationStepsTests: XCTestCase {
    private let model = Model(
        ModelConfiguration(
            encoderLayerCount: 2, decoderLayerCount: 2, modelDimension: 64,
            feedForwardDimension: 128, headCount: 2, vocabularySize: 300, languages: ["de"]))

    /// Batches of few long and of many short sentences.
    private func batches() -> [[TranslationExample]] {
        var generator = SeededGenerator(seed: 3)
        func sentence(_ length: Int) -> [TokenID] {
            (0..<length).map { _ in TokenID(10 + generator.next(below: 290)) }
        }
        return [(20, 60), (300, 4), (60, 20), (1, 1), (100, 13)].map { count, length in
            (0..<count).map { _ in
                TranslationExample(
                    source: sentence(length), target: sentence(length), languageIndex: 0)
            }
        }
    }

    /// Once every batch has been met, no step takes memory for its matrices from the system.
    func testSteadyStepsOfTranslationGrowNoArena() {
        for precision in Precision.allCases {
            for threadCount in [1, 2] {
                let steps = TranslationSteps(
                    model, startTokens: [1], precision: precision, threadCount: threadCount)
                for batch in batches() { steps.run(batch) }
                let capacity = steps.workspace.arena.capacity
                // More than the block that it begins with.
                XCTAssertGreaterThan(capacity, 1 << 20)
                for batch in batches().reversed() + batches() { steps.run(batch) }
                XCTAssertEqual(
                    steps.workspace.arena.capacity, capacity, "\(precision), \(threadCount) threads"
                )
            }
        }
    }

    func testStepsLearn() {
        let steps = TranslationSteps(model, startTokens: [1], precision: .fp32, threadCount: 1)
        let batch = batches()[2]
        let before = steps.run(batch)
        for _ in 0..<30 { steps.run(batch) }
        XCTAssertLessThan(steps.run(batch), 0.9 * before)
    }
}
