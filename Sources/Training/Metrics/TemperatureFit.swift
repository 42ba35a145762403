import Foundation
import Inference
import Transformer

/// The search for the temperature at which true labels are most probable.
enum TemperatureFit {
    /// The temperature with the least mean negative log-likelihood, rounded to four decimals, within
    /// `ModelConfiguration.temperatureRange`.
    ///
    /// The loss is convex in the inverse b of the temperature: with the logits z it is log sum exp(b z) - b z[label], whose
    /// derivative is the mean of z under the probabilities at b less z[label]. So the derivative has one zero at most, which
    /// halving finds.
    ///
    /// - Parameters:
    ///   - scores: at the temperature 1.
    ///   - labels: the true ones.
    ///   - weights: how much each text counts, positive.
    /// - Precondition: there is a label and a weight for each of the scores.
    static func temperature(
        of scores: [SentimentScores], labels: [SentimentLabel], weights: [Double]
    ) -> Double {
        precondition(scores.count == labels.count && scores.count == weights.count)
        let logits = scores.map { scores in
            scores.probabilities.map { log(max(Double($0), Double(Float.leastNonzeroMagnitude))) }
        }
        func derivative(_ inverse: Double) -> Double {
            logits.indices.reduce(0) { sum, index in
                let logits = logits[index]
                let powers = logits.map { exp(inverse * $0) }
                let mean = zip(powers, logits).reduce(0) { $0 + $1.0 * $1.1 } / powers.reduce(0, +)
                return sum + weights[index] * (mean - logits[labels[index].rawValue])
            }
        }
        let range = ModelConfiguration.temperatureRange
        var (low, high) = (1 / range.upperBound, 1 / range.lowerBound)
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if derivative(middle) > 0 { high = middle } else { low = middle }
        }
        let temperature = (2 / (low + high) * 10_000).rounded() / 10_000
        return min(max(temperature, range.lowerBound), range.upperBound)
    }
}
