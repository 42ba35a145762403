/// How a stage weighs the losses of its tasks. The weights under `tasks` are those of the first step, and of all if the
/// method is `fixed`.
public struct LossWeightRule: Codable, Hashable, Sendable {
    public enum Method: String, Codable, CaseIterable, Hashable, Sendable {
        case fixed, uncertainty
        case dynamicWeightAverage = "dynamic_weight_average"
        case gradNorm = "gradnorm"
    }

    public var method: Method
    /// Of `uncertainty` and `gradnorm`, for the numbers that they learn.
    public var learningRate: Double
    /// Of `dynamic_weight_average`: the higher, the more alike the weights.
    public var temperature: Double
    /// Of `dynamic_weight_average`: the steps that stand for an epoch.
    public var window: Int
    /// Of `gradnorm`: how strongly tasks that lag behind are pulled along; 0: all gradients get the same norm.
    public var alpha: Double

    enum CodingKeys: String, RecipeKey {
        case method
        case learningRate = "learning_rate"
        case temperature, window, alpha
    }
}

/// A method that weighs the losses of a stage's tasks. Its arrays are in the order of the tasks.
protocol LossWeighting {
    /// Those of the next step.
    var weights: [Double] { get }
    /// Whether `learn` needs the norms of gradients, and with them a batch of every task in every step.
    var needsGradientNorms: Bool { get }
    /// The numbers that a checkpoint keeps of the method.
    var memory: [String: [Double]] { get set }

    mutating func learn(from outcome: StepOutcome)
}

/// What a step tells about its tasks.
struct StepOutcome {
    /// The loss of each task's batch without its weight; nil for a task that was not in the step.
    let losses: [Double?]
    /// The norm of the gradient of each loss without its weight, of the parameters that the tasks share; empty unless
    /// the method needs it.
    let gradientNorms: [Double]
}

extension LossWeightRule {
    /// The method before its first step.
    ///
    /// - Parameter initial: the weights under `tasks`.
    func weighting(_ initial: [Double]) -> any LossWeighting {
        switch method {
        case .fixed: FixedWeights(weights: initial)
        case .uncertainty: UncertaintyWeighting(initial, learningRate: learningRate)
        case .dynamicWeightAverage:
            DynamicWeightAverage(initial, temperature: temperature, window: window)
        case .gradNorm: GradNorm(initial, alpha: alpha, learningRate: learningRate)
        }
    }
}

extension Stage {
    /// How the stage weighs its losses, before its first step.
    var weighting: any LossWeighting {
        let initial = trainedTasks.compactMap { tasks[$0] }
        return lossWeights?.weighting(initial) ?? FixedWeights(weights: initial)
    }
}
