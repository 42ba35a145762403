/// Weights that stay as they are.
struct FixedWeights: LossWeighting {
    let weights: [Double]
    let needsGradientNorms = false
    var memory: [String: [Double]] = [:]

    func learn(from outcome: StepOutcome) {}
}
