import Transformer
import XCTest

@testable import Inference

final class SentimentPoolTests: XCTestCase {
    func testPartsAreWeightedByTheirTokens() {
        var pool = SentimentPool()
        pool.add([0.5, 0.25, 0.25], tokenCount: 3)
        pool.add([0, 0.25, 0.75], tokenCount: 9)
        XCTAssertEqual(pool.scores(temperature: nil).probabilities, [0.125, 0.25, 0.625])
    }

    func testTheTemperatureIsAppliedLast() {
        var pool = SentimentPool()
        pool.add([0.5, 0.25, 0.25], tokenCount: 3)
        pool.add([0, 0.25, 0.75], tokenCount: 9)
        XCTAssertEqual(
            pool.scores(temperature: 2),
            SentimentScores(probabilities: [0.125, 0.25, 0.625]).scaled(byTemperature: 2))
    }

    func testNothingIsNeutral() {
        XCTAssertEqual(SentimentPool().scores(temperature: 2), .ofEmptyText)
    }

    func testWhatIsNoNumberIsPassedOn() {
        var pool = SentimentPool()
        pool.add([.nan, .nan, .nan], tokenCount: 3)
        XCTAssertTrue(pool.scores(temperature: nil).probabilities.allSatisfy(\.isNaN))
    }
}
