import Foundation

extension Reference {
    /// Softmax of a row, and the logarithm of its sum of exponentials.
    package static func softmax(_ x: [Double]) -> (probabilities: [Double], logSum: Double) {
        let largest = x.max() ?? 0
        let sum = x.reduce(0) { $0 + exp($1 - largest) }
        return (x.map { exp($0 - largest) / sum }, largest + log(sum))
    }

    /// Cross entropy of a row of logits against `1 - smoothing` on the target plus `smoothing / columns` everywhere
    /// (Szegedy et al. 2016, section 7): the loss, the negative log-probability of the target alone, the gradient.
    package static func crossEntropy(
        _ logits: [Double], target: Int, smoothing: Double
    ) -> (loss: Double, plain: Double, gradient: [Double]) {
        let (probabilities, logSum) = softmax(logits)
        var wanted = [Double](
            repeating: smoothing / Double(logits.count), count: logits.count)
        wanted[target] += 1 - smoothing
        let loss = zip(logits, wanted).reduce(0) { $0 + $1.1 * (logSum - $1.0) }
        return (loss, logSum - logits[target], zip(probabilities, wanted).map { $0 - $1 })
    }

    /// `(x - mean) / sqrt(variance + epsilon)` of a row, with the mean and the divisor's reciprocal.
    package static func normalize(
        _ x: [Double], epsilon: Double = 1e-5
    ) -> (normalized: [Double], mean: Double, reciprocalDeviation: Double) {
        let mean = x.reduce(0, +) / Double(x.count)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        let reciprocal = 1 / (variance + epsilon).squareRoot()
        return (x.map { ($0 - mean) * reciprocal }, mean, reciprocal)
    }

    /// Layer normalisation of a row (Ba et al. 2016): `normalize(x) * gamma + beta`.
    package static func layerNorm(_ x: [Double], gamma: [Double], beta: [Double]) -> [Double] {
        let normalized = normalize(x).normalized
        return x.indices.map { normalized[$0] * gamma[$0] + beta[$0] }
    }

    /// The gradients of the row, of gamma and of beta in layer normalisation, by the Jacobian of `normalize`:
    /// `d n_i / d x_j = (delta_ij - 1/N - n_i n_j / N) / deviation`.
    package static func layerNormBackward(
        _ dy: [Double], x: [Double], gamma: [Double]
    ) -> (dx: [Double], dgamma: [Double], dbeta: [Double]) {
        let (n, _, reciprocal) = normalize(x)
        let count = Double(x.count)
        let dx = x.indices.map { j in
            x.indices.reduce(0) { sum, i in
                let jacobian = (i == j ? 1 : 0) - 1 / count - n[i] * n[j] / count
                return sum + dy[i] * gamma[i] * jacobian * reciprocal
            }
        }
        return (dx, zip(dy, n).map { $0 * $1 }, dy)
    }
}
