import Foundation

/// Weights from how fast each loss falls (Liu et al. 2019, eq. 7): a task whose mean loss fell less from one window of
/// steps to the next weighs more in the one after.
///
/// `r_i = L_i(t - 1) / L_i(t - 2)` and `λ_i = n exp(r_i / T) / Σ_j exp(r_j / T)` for n tasks; `λ_i` multiplies the
/// initial weight, and is 1 in the first two windows.
struct DynamicWeightAverage: LossWeighting {
    let needsGradientNorms = false
    private(set) var weights: [Double]
    private let initial: [Double]
    private let temperature: Double
    private let window: Int
    /// Of the losses in this window.
    private var sums: [Double]
    private var counts: [Double]
    /// The mean losses of the window before it; zeros in the first.
    private var previous: [Double]

    init(_ initial: [Double], temperature: Double, window: Int) {
        weights = initial
        self.initial = initial
        self.temperature = temperature
        self.window = window
        sums = initial.map { _ in 0 }
        counts = sums
        previous = sums
    }

    var memory: [String: [Double]] {
        get { ["weights": weights, "sums": sums, "counts": counts, "previous": previous] }
        set {
            weights = newValue["weights"] ?? weights
            sums = newValue["sums"] ?? sums
            counts = newValue["counts"] ?? counts
            previous = newValue["previous"] ?? previous
        }
    }

    mutating func learn(from outcome: StepOutcome) {
        for (task, loss) in outcome.losses.enumerated() {
            guard let loss else { continue }
            sums[task] += loss
            counts[task] += 1
        }
        // Where each step has one task, the window goes on until every task has had a step.
        let isOver = counts.reduce(0, +) >= expectedCount(outcome) && !counts.contains(0)
        guard isOver else { return }
        let means = zip(sums, counts).map { $0 / $1 }
        if previous.allSatisfy({ $0 > 0 }) { weigh(zip(means, previous).map { $0 / $1 }) }
        previous = means
        sums = sums.map { _ in 0 }
        counts = sums
    }

    /// The losses of a window whose steps have as many tasks as this one.
    private func expectedCount(_ outcome: StepOutcome) -> Double {
        Double(window * outcome.losses.count { $0 != nil })
    }

    private mutating func weigh(_ ratios: [Double]) {
        // The largest becomes 0, so that no power overflows.
        let largest = ratios.max() ?? 0
        let powers = ratios.map { exp(($0 - largest) / temperature) }
        let scale = Double(powers.count) / powers.reduce(0, +)
        weights = zip(initial, powers).map { $0 * $1 * scale }
    }
}
