import Foundation
import LanguageIdentification

/// Temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2).
enum Temperature {
    /// The number T that logits must be divided by for the softmax to give the labels of examples the greatest
    /// likelihood, from 1/32 to 32.
    ///
    /// - Parameter examples: none of which the classifier learned from.
    static func fit(_ examples: [(logits: [Double], label: Int)]) -> Double {
        // The loss is convex in 1/T, so it has one minimum in log T, too: a golden section finds it.
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (-log(32.0), log(32.0))
        while high - low > 1e-4 {
            let step = ratio * (high - low)
            if loss(examples, exp(high - step)) <= loss(examples, exp(low + step)) {
                high = low + step
            } else {
                low = high - step
            }
        }
        return exp((low + high) / 2)
    }

    /// The sum of the negative logarithms of the labels' probabilities.
    private static func loss(
        _ examples: [(logits: [Double], label: Int)], _ temperature: Double
    ) -> Double {
        examples.reduce(0) { sum, example in
            let logits = example.logits.map { $0 / temperature }
            let largest = logits.max() ?? 0
            let normalizer = largest + log(logits.reduce(0) { $0 + exp($1 - largest) })
            return sum + normalizer - logits[example.label]
        }
    }
}
