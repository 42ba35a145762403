import Kernels
import Transformer

/// The optimiser of a stage: its rule, its moments, and which parameters it moves.
final class Optimizer {
    private let rule: Recipe.OptimizerRule
    /// Adam's mean and variance of the gradients, or the velocity of SGD.
    let moments: [Parameters]
    /// The runs of parameters that are trained.
    private let trained: [Range<Int>]

    /// - Parameter slots: the parameters that are trained.
    init(_ rule: Recipe.OptimizerRule, layout: ParameterLayout, slots: [ParameterSlot]) {
        self.rule = rule
        moments = (0..<rule.name.momentCount).map { _ in Parameters(layout) }
        let moved = Set(slots)
        trained = layout.runs(where: moved.contains)
    }

    /// The norm of what belongs to all trained parameters: their gradient, or themselves.
    func norm(ofTrained values: Parameters, workspace: Workspace) -> Double {
        trained.map(values.run)
            .reduce(0) { $0 + sumOfProducts($1, $1, workspace: workspace) }.squareRoot()
    }

    /// Moves the trained parameters.
    ///
    /// - Parameters:
    ///   - step: the number of this update since the moments were zero, from 1.
    ///   - norm: of the gradient; a longer one than the rule allows is scaled down (Pascanu et al. 2013, algorithm 1).
    func update(
        _ parameters: Parameters, gradients: Parameters, norm: Double, learningRate: Double,
        step: Int, workspace: Workspace
    ) {
        let limit = rule.maximumGradientNorm
        let scale = Float(limit > 0 && norm > limit ? limit / norm : 1)
        for run in trained {
            switch rule.name {
            case .adam, .adamw:
                AdamStep(
                    learningRate: Float(learningRate), beta1: Float(rule.beta1),
                    beta2: Float(rule.beta2), epsilon: Float(rule.epsilon),
                    decay: Float(rule.weightDecay), step: step
                ).apply(
                    gradient: gradients.run(run), gradientScale: scale, mean: moments[0].run(run),
                    variance: moments[1].run(run), weight: parameters.run(run),
                    workspace: workspace)
            case .sgd:
                MomentumStep(
                    learningRate: Float(learningRate), momentum: Float(rule.momentum),
                    decay: Float(rule.weightDecay)
                ).apply(
                    gradient: gradients.run(run), gradientScale: scale,
                    velocity: moments[0].run(run), weight: parameters.run(run),
                    workspace: workspace)
            }
        }
    }
}

extension Stage.Part {
    /// Whether a parameter belongs to the part.
    func contains(_ slot: ParameterSlot) -> Bool { slot.name.hasPrefix(rawValue + ".") }
}

extension Stage {
    /// The parameters that the stage moves, in the order of the layout: what its tasks reach, less what it freezes.
    func trainedSlots(of model: Model) -> [ParameterSlot] {
        let reached = Set(trainedTasks.flatMap(model.slots(reachedBy:)))
        return model.layout.slots.filter { slot in
            reached.contains(slot) && !freeze.contains { $0.contains(slot) }
        }
    }

    /// The parameters that the stage moves and all its tasks reach, in the order of the layout.
    func sharedSlots(of model: Model) -> [ParameterSlot] {
        trainedTasks.reduce(trainedSlots(of: model)) { slots, task in
            slots.filter(Set(model.slots(reachedBy: task)).contains)
        }
    }
}
