import Foundation
import Transformer
import XCTest

@testable import Inference

final class SentimentScoresTests: XCTestCase {
    func testTheLabelIsTheMostProbable() {
        let scores = SentimentScores(probabilities: [0.2, 0.3, 0.5])
        XCTAssertEqual(scores.label, .positive)
        XCTAssertEqual(scores.probability, 0.5)
        XCTAssertEqual(scores[.neutral], 0.3)
    }

    func testTheScoreIsPositiveLessNegative() {
        XCTAssertEqual(SentimentScores(probabilities: [0.25, 0.25, 0.5]).score, 0.25)
        XCTAssertEqual(SentimentScores(probabilities: [1, 0, 0]).score, -1)
        XCTAssertEqual(SentimentScores.ofEmptyText.score, 0)
    }

    func testOfEqualLabelsTheFirstIsChosen() {
        XCTAssertEqual(SentimentScores(probabilities: [0.4, 0.2, 0.4]).label, .negative)
    }

    func testRestrictionScalesToOne() {
        let scores = SentimentScores(probabilities: [0.25, 0.5, 0.25])
        let polar = scores.restricted(to: [.negative, .positive])
        XCTAssertEqual(polar.probabilities, [0.5, 0, 0.5])
        XCTAssertEqual(scores.restricted(to: Set(SentimentLabel.allCases)), scores)
        XCTAssertEqual(scores.restricted(to: [.positive]).probability, 1)
    }

    func testLabelsWithoutProbabilityShareIt() {
        let polar = SentimentScores.ofEmptyText.restricted(to: [.negative, .positive])
        XCTAssertEqual(polar.probabilities, [0.5, 0, 0.5])
    }

    func testATemperatureDividesTheLogits() {
        let logits = [-1.5, 0.25, 2.0]
        func softmax(_ logits: [Double]) -> [Double] {
            let powers = logits.map { exp($0) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
        let scores = SentimentScores(probabilities: softmax(logits).map(Float.init))
        for temperature in [0.1, 0.5, 1, 1.7, 10] {
            let scaled = scores.scaled(byTemperature: temperature)
            let expected = softmax(logits.map { $0 / temperature })
            for (actual, expected) in zip(scaled.probabilities, expected) {
                XCTAssertEqual(Double(actual), expected, accuracy: 1e-6)
            }
            XCTAssertEqual(scaled.label, .positive)
        }
    }

    func testATemperatureChangesNothingThatIsCertain() {
        XCTAssertEqual(SentimentScores.ofEmptyText.scaled(byTemperature: 3), .ofEmptyText)
    }
}
