import Foundation

/// Weights from the uncertainty of each task (Kendall et al. 2018, eq. 10): the variances `σ_i²` are learned along with
/// the model, so that `Σ L_i / σ_i² + log σ_i` becomes small.
///
/// With `s_i = log σ_i²` a task's weight is `exp(-s_i)`, and its term `exp(-s_i) L_i + s_i / 2`. For a constant loss the
/// least is where the weight is `1 / (2 L_i)`.
struct UncertaintyWeighting: LossWeighting {
    let needsGradientNorms = false
    private var logVariances: LearnedNumbers

    init(_ initial: [Double], learningRate: Double) {
        logVariances = LearnedNumbers(initial.map { -log($0) }, learningRate: learningRate)
    }

    var weights: [Double] { logVariances.values.map { exp(-$0) } }

    var memory: [String: [Double]] {
        get { logVariances.memory }
        set { logVariances.memory = newValue }
    }

    mutating func learn(from outcome: StepOutcome) {
        logVariances.descend(
            zip(weights, outcome.losses).map { weight, loss in
                loss.map { 0.5 - weight * $0 }
            })
    }
}
