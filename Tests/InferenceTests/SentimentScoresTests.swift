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
}
