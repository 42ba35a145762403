import Transformer

/// What a step of a stage did.
struct StepReport {
    var losses: [TrainingTask: LossSum] = [:]
    /// Target tokens of translation, source tokens of sentiment.
    var tokens: [TrainingTask: Int] = [:]
    /// Of the losses.
    var weights: [TrainingTask: Double]
    /// Of all trained parameters.
    var gradientNorm = 0.0
    /// Of each loss without its weight, of the parameters that the tasks share; nil unless they were compared.
    var gradientNorms: [TrainingTask: Double]?
    /// Of the angle between the two tasks' gradients of these parameters; nil unless they were compared.
    var gradientCosine: Double?
}
