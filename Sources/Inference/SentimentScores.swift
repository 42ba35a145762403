import Foundation
import Transformer

/// How probable each class of sentiment is.
public struct SentimentScores: Hashable, Sendable {
    /// By the raw values of the labels; 0 for a label that is ruled out. The sum is 1.
    public let probabilities: [Float]

    /// - Precondition: there is a probability for each label, and one of them is the largest.
    public init(probabilities: [Float]) {
        precondition(
            probabilities.count == SentimentLabel.allCases.count,
            "\(probabilities.count) probabilities of \(SentimentLabel.allCases.count) labels")
        self.probabilities = probabilities
    }

    /// Those of a text without words: neutral, by definition.
    public static let ofEmptyText = SentimentScores(
        probabilities: SentimentLabel.allCases.map { $0 == .neutral ? 1 : 0 })

    /// The most probable label; of equal ones the first.
    public var label: SentimentLabel { SentimentLabel(mostProbableOf: probabilities) }

    /// The probability of `label`.
    public var probability: Float { self[label] }

    /// From -1 to 1: the probability of the positive label less that of the negative one.
    public var score: Float { self[.positive] - self[.negative] }

    public subscript(label: SentimentLabel) -> Float { probabilities[label.rawValue] }

    /// The scores at a temperature: the softmax of the logits divided by it (Guo et al. 2017, "On calibration of modern
    /// neural networks", section 4.2). The order of the labels stays.
    ///
    /// - Precondition: `temperature` is positive.
    public func scaled(byTemperature temperature: Double) -> SentimentScores {
        precondition(temperature > 0, "temperature \(temperature)")
        // Probabilities are powers of e, up to a factor that all share.
        let powers = probabilities.map { pow(Double($0), 1 / temperature) }
        let sum = powers.reduce(0, +)
        return SentimentScores(probabilities: powers.map { Float($0 / sum) })
    }

    /// The scores when only these labels are possible: the others become 0, the rest is scaled to the sum 1. Labels that
    /// had no probability at all become equally probable.
    ///
    /// - Precondition: `labels` is not empty.
    public func restricted(to labels: Set<SentimentLabel>) -> SentimentScores {
        precondition(!labels.isEmpty, "no label is possible")
        let kept = SentimentLabel.allCases.map { labels.contains($0) ? self[$0] : 0 }
        let sum = kept.reduce(0, +)
        guard sum > 0 else {
            return SentimentScores(
                probabilities: SentimentLabel.allCases.map {
                    labels.contains($0) ? 1 / Float(labels.count) : 0
                })
        }
        return SentimentScores(probabilities: kept.map { $0 / sum })
    }
}
