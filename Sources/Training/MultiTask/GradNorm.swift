import Foundation

/// Weights that bring the tasks' gradients to norms in which each task learns at the same pace (Chen et al. 2018,
/// algorithm 1), the norms being those of all parameters that the tasks share.
///
/// `G_i = w_i |∇L_i|` is drawn to `mean(G) r_i^α`, where `r_i` is `L_i / L_i(1)` over its mean: the weights descend the
/// gradient of `Σ |G_i - mean(G) r_i^α|`, the target being held constant, and are then brought back to their initial sum.
struct GradNorm: LossWeighting {
    /// No weight gets below this share of the weights' mean, before they are brought to their sum: a task with the weight 0 would have no gradient to come back
    /// by.
    private static let leastShare = 0.01

    let needsGradientNorms = true
    private let alpha: Double
    private let sum: Double
    private var learned: LearnedNumbers
    /// Those of the first step; zeros before it.
    private var initialLosses: [Double]

    init(_ initial: [Double], alpha: Double, learningRate: Double) {
        self.alpha = alpha
        sum = initial.reduce(0, +)
        learned = LearnedNumbers(initial, learningRate: learningRate)
        initialLosses = initial.map { _ in 0 }
    }

    var weights: [Double] { learned.values }

    var memory: [String: [Double]] {
        get { learned.memory.merging(["initial_losses": initialLosses]) { first, _ in first } }
        set {
            learned.memory = newValue
            initialLosses = newValue["initial_losses"] ?? initialLosses
        }
    }

    mutating func learn(from outcome: StepOutcome) {
        let losses = outcome.losses.compactMap(\.self)
        let norms = outcome.gradientNorms
        precondition(
            losses.count == weights.count && norms.count == weights.count,
            "GradNorm of \(weights.count) tasks, \(losses.count) losses, \(norms.count) norms")
        if initialLosses.allSatisfy({ $0 == 0 }) { initialLosses = losses }
        let progress = zip(losses, initialLosses).map { $0 / max($1, .leastNormalMagnitude) }
        let meanProgress = mean(progress)
        let weighted = zip(weights, norms).map(*)
        let meanNorm = mean(weighted)
        learned.descend(
            weighted.indices.map { task in
                let target = meanNorm * pow(progress[task] / meanProgress, alpha)
                if weighted[task] == target { return 0 }
                return weighted[task] > target ? norms[task] : -norms[task]
            })
        normalize()
    }

    private mutating func normalize() {
        let least = Self.leastShare * sum / Double(weights.count)
        let bounded = weights.map { max($0, least) }
        let scale = sum / bounded.reduce(0, +)
        learned.values = bounded.map { $0 * scale }
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
