/// A part of the curriculum: some steps with the same tasks, batches and schedule.
public struct Stage: Codable, Hashable, Sendable {
    /// A part of the model that can be kept as it is.
    public enum Part: String, Codable, CaseIterable, Hashable, Sendable {
        /// The layers that translation reads, those that it shares with sentiment included.
        case encoder
        case decoder
        /// The table that translation reads.
        case embedding
        case sentimentHead = "sentiment_head"
        /// What an encoder of sentiment does not share with that of translation.
        case sentimentEncoder = "sentiment_encoder"
    }

    /// Which metric of the held part chooses the best checkpoint.
    public enum Selection: String, Codable, CaseIterable, Hashable, Sendable {
        case translation, sentiment, both
    }

    public var name: String
    /// The weight of each task's loss; a task that is left out is not trained.
    public var tasks: [TrainingTask: Double]
    /// Each task's share of the tokens of a step; they sum to 1.
    public var proportions: [TrainingTask: Double]
    public var steps: Int
    /// The tokens of a step over all tasks: target tokens of translation, source tokens of sentiment.
    public var batchTokens: Int
    public var schedule: ScheduleRule
    /// How the one task of each step is chosen; nil: every step has a batch of every task.
    public var sampling: SamplingRule?
    /// How the weights of the losses change; nil: not at all.
    public var lossWeights: LossWeightRule?
    /// What is done about gradients that point against each other; nil: they are added.
    public var gradientSurgery: SurgeryRule?
    /// The parts that are not trained, in the order of `Part`.
    public var freeze: [Part]
    /// Instead of the recipe's `regularization.dropout`.
    public var dropout: Double?
    public var selectBy: Selection
    /// What the stage learns of sentiment besides the recipe's corpora.
    public var project: Projection?

    enum CodingKeys: String, RecipeKey {
        case name, tasks, proportions, steps
        case batchTokens = "batch_tokens"
        case schedule, sampling
        case lossWeights = "loss_weights"
        case gradientSurgery = "gradient_surgery"
        case freeze, dropout
        case selectBy = "select_by"
        case project
    }

    /// The tasks that are trained, in their fixed order.
    public var trainedTasks: [TrainingTask] { TrainingTask.allCases.filter { tasks[$0] != nil } }

    /// The most tokens of a task's batch in each step, or in each of its own steps.
    public func tokenBudget(of task: TrainingTask) -> Int {
        if sampling != nil { return batchTokens }
        return max(1, Int((Double(batchTokens) * (proportions[task] ?? 0)).rounded()))
    }
}

/// How the learning rate changes over the steps of a stage.
public struct ScheduleRule: Codable, Hashable, Sendable {
    public enum Method: String, Codable, CaseIterable, Hashable, Sendable {
        case inverseSquareRoot = "inverse_square_root"
        case cosine, constant
    }

    public var name: Method
    /// The highest rate, reached at the end of the warm-up.
    public var learningRate: Double
    /// The steps in which the rate rises from 0 in a straight line.
    public var warmupSteps: Int
    /// The rate never falls below this after the warm-up.
    public var minimum: Double

    enum CodingKeys: String, RecipeKey {
        case name
        case learningRate = "learning_rate"
        case warmupSteps = "warmup_steps"
        case minimum
    }
}
