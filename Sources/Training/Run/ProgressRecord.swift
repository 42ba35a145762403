import Inference

/// A line of a run's `progress.jsonl`: what a stage had done after a number of steps, or what it scored.
///
/// Values by task name the tasks; what does not apply is left out.
public struct ProgressRecord: Codable, Sendable {
    public enum Event: String, Codable, Sendable {
        case steps, validation
    }

    public let event: Event
    /// The name of the stage.
    public let stage: String
    /// Updates made in the stage.
    public let step: Int
    /// Of this step.
    public let learningRate: Double
    /// Mean negative log-probability of each task's targets since the record before this one.
    public let losses: [TrainingTask: Double]?
    /// Of the losses in this step.
    public let weights: [TrainingTask: Double]?
    /// Of all that the step minimises, over all trained parameters, after gradient surgery and before it is clipped.
    public let gradientNorm: Double?
    /// Of each loss without its weight, over the parameters that the tasks share.
    public let gradientNorms: [TrainingTask: Double]?
    /// Between the gradients of the two tasks' losses, over the parameters that they share.
    public let gradientCosine: Double?
    /// On the held part.
    public let scores: [ModelCard.Score]?
    /// Whether these weights are the best of the stage so far.
    public let isBest: Bool?
    /// Trained on in the stage so far: target tokens of translation, source tokens of sentiment.
    public let tokens: [TrainingTask: Int]
    /// Time spent in the stage so far, validations included.
    public let seconds: Double

    enum CodingKeys: String, CodingKey {
        case event, stage, step
        case learningRate = "learning_rate"
        case losses, weights
        case gradientNorm = "gradient_norm"
        case gradientNorms = "gradient_norms"
        case gradientCosine = "gradient_cosine"
        case scores
        case isBest = "best"
        case tokens, seconds
    }
}

extension ProgressRecord {
    /// After a step.
    init(_ report: StepReport, _ state: TrainingState, _ stage: Stage) {
        self.init(
            event: .steps, stage: stage.name, step: state.step,
            learningRate: stage.schedule.learningRate(at: state.step, of: stage.steps),
            losses: state.progress.meanLosses, weights: report.weights,
            gradientNorm: report.gradientNorm, gradientNorms: report.gradientNorms,
            gradientCosine: report.gradientCosine, scores: nil, isBest: nil,
            tokens: state.progress.tokens, seconds: state.seconds)
    }

    /// After a validation.
    init(_ scores: [ModelCard.Score], isBest: Bool, _ state: TrainingState, _ stage: Stage) {
        self.init(
            event: .validation, stage: stage.name, step: state.step,
            learningRate: stage.schedule.learningRate(at: state.step, of: stage.steps),
            losses: nil, weights: nil, gradientNorm: nil, gradientNorms: nil,
            gradientCosine: nil, scores: scores, isBest: isBest, tokens: state.progress.tokens,
            seconds: state.seconds)
    }
}
