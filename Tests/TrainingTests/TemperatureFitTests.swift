import Foundation
import Inference
import Kernels
import Transformer
import XCTest

@testable import Training

final class TemperatureFitTests: XCTestCase {
    /// Random texts whose labels are drawn by the probabilities that the scores have at a temperature.
    private func examples(
        temperature: Double, count: Int = 40_000
    ) -> (scores: [SentimentScores], labels: [SentimentLabel]) {
        var generator = SeededGenerator(seed: 5)
        func uniform() -> Double { Double(generator.next(below: 1 << 30)) / Double(1 << 30) }
        var scores: [SentimentScores] = []
        var labels: [SentimentLabel] = []
        for _ in 0..<count {
            let powers = SentimentLabel.allCases.map { _ in exp(6 * uniform() - 3) }
            let sum = powers.reduce(0, +)
            let score = SentimentScores(probabilities: powers.map { Float($0 / sum) })
            let truth = score.scaled(byTemperature: temperature)
            var draw = Float(uniform())
            var label = SentimentLabel.positive
            for candidate in SentimentLabel.allCases {
                draw -= truth[candidate]
                if draw < 0 {
                    label = candidate
                    break
                }
            }
            scores.append(score)
            labels.append(label)
        }
        return (scores, labels)
    }

    private func temperature(
        of scores: [SentimentScores], labels: [SentimentLabel], weights: [Double]? = nil
    ) -> Double {
        TemperatureFit.temperature(
            of: scores, labels: labels, weights: weights ?? labels.map { _ in 1 })
    }

    private func error(_ scores: [SentimentScores], _ labels: [SentimentLabel]) -> Double {
        ClassificationReport(
            labels: labels, predictions: scores.map(\.label),
            confidences: scores.map(\.probability)
        ).expectedCalibrationError
    }

    func testAKnownTemperatureIsFoundAgain() {
        for temperature in [0.4, 1, 1.6, 3] {
            let (scores, labels) = examples(temperature: temperature)
            let found = self.temperature(of: scores, labels: labels)
            XCTAssertEqual(found / temperature, 1, accuracy: 0.05)
            let scaled = scores.map { $0.scaled(byTemperature: found) }
            XCTAssertLessThan(error(scaled, labels), 0.015)
            if temperature != 1 { XCTAssertGreaterThan(error(scores, labels), 0.03) }
        }
    }

    func testTheResultIsWithinBounds() {
        let sure = [Float(0.1), 0.1, 0.8]
        let scores = [SentimentScores](repeating: .init(probabilities: sure), count: 9)
        let right = [SentimentLabel](repeating: .positive, count: 9)
        XCTAssertEqual(temperature(of: scores, labels: right), 0.1)
        let wrong = [SentimentLabel](repeating: .negative, count: 9)
        XCTAssertEqual(temperature(of: scores, labels: wrong), 10)
    }

    /// Two of three right at a probability of 0.8 with the rest shared equally: p = 2/3 asks for logits of log 4.
    func testAHandComputedCase() {
        let scores = [SentimentScores](
            repeating: .init(probabilities: [0.1, 0.1, 0.8]), count: 3)
        let labels = [SentimentLabel.positive, .positive, .negative]
        XCTAssertEqual(
            temperature(of: scores, labels: labels), log(8) / log(4), accuracy: 1e-4)
        // Weights stand for texts that occur as often.
        XCTAssertEqual(
            temperature(
                of: Array(scores.dropLast()), labels: [.positive, .negative], weights: [2, 1]),
            log(8) / log(4), accuracy: 1e-4)
    }

    func testProbabilitiesOfZeroAreNoObstacle() {
        let scores = [SentimentScores](repeating: .ofEmptyText, count: 2)
        XCTAssertTrue(temperature(of: scores, labels: [.neutral, .positive]).isFinite)
    }
}
