import Foundation
import Kernels

/// Softmax and cross entropy over the classes that an example's data set has: one with two classes trains these two and
/// says nothing about the third.
public struct SentimentLoss: Sendable {
    public let labelSmoothing: Double

    public init(labelSmoothing: Double) { self.labelSmoothing = labelSmoothing }

    /// What a sentence should be.
    public struct Target: Hashable, Sendable {
        /// Of the classes, by their raw values, before smoothing.
        let probabilities: [Double]
        /// The classes of the data set; all others have the probability 0.
        let classes: Set<SentimentLabel>

        public init(_ label: SentimentLabel, of classes: Set<SentimentLabel>) {
            precondition(classes.contains(label), "\(label) is not one of \(classes)")
            probabilities = SentimentLabel.allCases.map { $0 == label ? 1 : 0 }
            self.classes = classes
        }

        /// What a teacher says of a sentence (Hinton et al. 2015, section 2, at temperature 1).
        ///
        /// - Parameter probabilities: of all labels, with the sum 1.
        public init(probabilities: [Double]) {
            self.probabilities = probabilities
            classes = Set(SentimentLabel.allCases)
        }

        /// The most probable label, and of equals the first.
        public var label: SentimentLabel { SentimentLabel(mostProbableOf: probabilities) }
    }

    /// Replaces the logits `[sentences, labels]` by the gradient of the loss times `scale`, and sums the loss.
    public func forwardBackward(_ logits: Matrix, targets: [Target], scale: Double) -> LossSum {
        precondition(
            targets.count == logits.rows, "\(targets.count) targets, \(logits.rows) sentences")
        var sum = LossSum()
        sum.count = targets.count
        for (row, target) in targets.enumerated() {
            let values = logits.row(row)
            let classes = SentimentLabel.allCases.filter(target.classes.contains)
            let top = classes.map { Double(values[$0.rawValue]) }.max() ?? 0
            let total = classes.reduce(0) { $0 + exp(Double(values[$1.rawValue]) - top) }
            let logSum = top + log(total)
            let uniform = labelSmoothing / Double(classes.count)
            for label in SentimentLabel.allCases {
                guard target.classes.contains(label) else {
                    values[label.rawValue] = 0
                    continue
                }
                let logProbability = Double(values[label.rawValue]) - logSum
                let probability = target.probabilities[label.rawValue]
                let wanted = uniform + (1 - labelSmoothing) * probability
                sum.smoothed -= wanted * logProbability
                sum.negativeLogProbability -= probability * logProbability
                values[label.rawValue] = Float((exp(logProbability) - wanted) * scale)
            }
        }
        return sum
    }
}
