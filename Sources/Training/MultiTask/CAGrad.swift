import Kernels

/// Conflict-averse gradient descent (Liu et al. 2021, algorithm 1): the direction within `c |g|` of the mean gradient `g`
/// that improves the task it improves least the most.
///
/// It is `g + c |g| g_w / |g_w|`, where `g_w = Σ w_i g_i` with `w` in the simplex minimises the dual
/// `g_w · g + c |g| |g_w|`. Times the number of tasks it takes the place of the gradients' sum.
struct CAGrad: GradientSurgery {
    /// Below 1.
    let c: Double

    /// More than enough for two tasks, which one exchange settles.
    private static let maximumRounds = 100
    /// Halvings of an interval, down to the precision of its ends.
    private static let halvings = 53

    func coefficients(_ gram: GramMatrix, using generator: inout SeededGenerator) -> [Double] {
        let count = Double(gram.size)
        let ones = [Double](repeating: 1, count: gram.size)
        let withMean = gram.times(ones.map { $0 / count })
        let radius = c * max(0, withMean.reduce(0, +) / count).squareRoot()
        let weights = Dual(gram: gram, withMean: withMean, radius: radius).minimizer()
        let norm = gram.norm(of: weights)
        guard norm > 0 else { return ones }
        return weights.map { 1 + count * radius * $0 / norm }
    }

    /// The dual: convex in the weights.
    private struct Dual {
        let gram: GramMatrix
        /// The inner product of each gradient with their mean.
        let withMean: [Double]
        let radius: Double

        /// Exchanges weight between two tasks at a time, until nothing changes any more.
        func minimizer() -> [Double] {
            var weights = [Double](repeating: 1 / Double(gram.size), count: gram.size)
            for _ in 0..<CAGrad.maximumRounds {
                let before = weights
                for first in weights.indices {
                    for second in weights.indices.dropFirst(first + 1) {
                        exchange(first, second, &weights)
                    }
                }
                if weights == before { break }
            }
            return weights
        }

        /// Shares the weight of two tasks out between them so that the dual is least, by bisection of its slope.
        private func exchange(_ first: Int, _ second: Int, _ weights: inout [Double]) {
            let total = weights[first] + weights[second]
            var (low, high) = (0.0, total)
            for _ in 0..<CAGrad.halvings {
                weights[first] = (low + high) / 2
                weights[second] = total - weights[first]
                let norm = gram.norm(of: weights)
                let products = gram.times(weights)
                let turn = norm > 0 ? radius * (products[first] - products[second]) / norm : 0
                if withMean[first] - withMean[second] + turn > 0 {
                    high = weights[first]
                } else {
                    low = weights[first]
                }
            }
        }
    }
}

extension GramMatrix {
    /// The norm of a combination of the gradients.
    fileprivate func norm(of weights: [Double]) -> Double {
        max(0, zip(weights, times(weights)).reduce(0) { $0 + $1.0 * $1.1 }).squareRoot()
    }
}
