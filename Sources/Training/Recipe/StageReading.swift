import Transformer

extension Stage {
    /// - Parameters:
    ///   - corpora: what can be trained on.
    ///   - sharing: of the model; nil: not known before it is read.
    init(
        _ place: RecipeNode, corpora: Recipe.Corpora, sharing: EncoderSharing.Method?
    ) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        name = try keys[.name].string()
        tasks = try keys[.tasks].valuesByTask()
        for task in TrainingTask.allCases where tasks[task] != nil && corpora.lacks(task) {
            throw try keys[.tasks].error(
                "\(place.path) trains \(task.rawValue), but corpora.\(task.rawValue) is missing; "
                    + "add it or leave the task out")
        }
        let weights = tasks
        let total = weights.values.sorted().reduce(0, +)
        proportions =
            try keys.optional(.proportions)?.proportions(of: weights)
            ?? weights.mapValues { $0 / total }
        steps = try keys[.steps].integer(in: 1...Int(Int32.max))
        batchTokens = try keys[.batchTokens].integer(in: 1...10_000_000)
        schedule = try ScheduleRule(keys[.schedule])
        sampling = try keys.optional(.sampling).map(SamplingRule.init)
        lossWeights = try keys.optional(.lossWeights).map(LossWeightRule.init)
        gradientSurgery = try keys.optional(.gradientSurgery).map(SurgeryRule.init)
        freeze = try keys.optional(.freeze)?.parts(trained: weights, sharing) ?? []
        dropout = try keys.optional(.dropout)?.number(.rate)
        let trained = TrainingTask.allCases.filter { weights[$0] != nil }
        project = try keys.optional(.project).map {
            try Projection($0, trained: trained, corpora: corpora)
        }
        selectBy =
            try keys.optional(.selectBy)?.choice(of: Selection.self)
            ?? (trained.count > 1 ? .both : trained == [.translation] ? .translation : .sentiment)
        for task in selectBy.tasks where !corpora.canHold(task) {
            throw place.error(
                "\(place.path) chooses by \(task.rawValue), but no corpus of it is held out; "
                    + "choose by another task or hold one out")
        }
        try refuseImpossibleMethods(keys, sharing)
    }
}

extension Stage.Selection {
    /// The tasks whose metrics count.
    public var tasks: [TrainingTask] {
        switch self {
        case .translation: [.translation]
        case .sentiment: [.sentiment]
        case .both: TrainingTask.allCases
        }
    }
}

extension ScheduleRule {
    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        name = try keys[.name].choice(of: Method.self)
        learningRate = try keys[.learningRate].number(.positive)
        warmupSteps = try keys.optional(.warmupSteps)?.integer(in: 0...Int(Int32.max)) ?? 0
        minimum = try keys.optional(.minimum)?.number(.notNegative) ?? 0
        if name == .inverseSquareRoot && warmupSteps == 0 {
            throw place.error(
                "\(place.path) needs warmup_steps: inverse_square_root falls from its end; "
                    + "give at least 1")
        }
        if minimum > learningRate {
            throw try keys[.minimum].error(
                "\(place.path).minimum \(minimum) is above learning_rate \(learningRate); lower it")
        }
    }
}

extension Recipe.Corpora {
    fileprivate func lacks(_ task: TrainingTask) -> Bool {
        switch task {
        case .translation: translation.isEmpty
        case .sentiment: sentiment.isEmpty
        }
    }

    /// Whether there is something to choose checkpoints by.
    fileprivate func canHold(_ task: TrainingTask) -> Bool {
        switch task {
        case .translation: !translation.isEmpty
        case .sentiment: sentiment.contains(where: \.isHeldOut)
        }
    }
}

extension RecipeNode {
    /// A number for each of some tasks.
    fileprivate func valuesByTask() throws -> [TrainingTask: Double] {
        let keys = try mapping(of: TrainingTask.self)
        var values: [TrainingTask: Double] = [:]
        for task in TrainingTask.allCases {
            values[task] = try keys.optional(task)?.number(.positive)
        }
        if values.isEmpty { throw error("\(path) names no task; add translation or sentiment") }
        return values
    }

    /// Each trained task's share of a batch.
    fileprivate func proportions(
        of weights: [TrainingTask: Double]
    ) throws -> [TrainingTask: Double] {
        let shares = try valuesByTask()
        if Set(shares.keys) != Set(weights.keys) {
            throw error("\(path) and tasks name different tasks; name the same ones")
        }
        let sum = shares.values.sorted().reduce(0, +)
        if abs(sum - 1) > 1e-6 { throw error("\(path) sum to \(sum), not to 1; change them") }
        return shares
    }

    /// The parts to freeze, in their fixed order.
    fileprivate func parts(
        trained weights: [TrainingTask: Double], _ sharing: EncoderSharing.Method?
    ) throws -> [Stage.Part] {
        let parts = Set(try list().map { try $0.choice(of: Stage.Part.self) })
        if sharing == .hard && parts.contains(.sentimentEncoder) {
            throw error(
                "\(path) holds sentiment_encoder, but under hard sharing sentiment has no encoder "
                    + "of its own; remove it")
        }
        let used = TrainingTask.allCases.filter { weights[$0] != nil }
            .flatMap { $0.parts(sharing) }
        if parts.isSuperset(of: used) {
            throw error("\(path) holds every part that the stage could train; leave one out")
        }
        return Stage.Part.allCases.filter(parts.contains)
    }
}

extension TrainingTask {
    /// The parts of the model that the task's loss reaches, or may reach if the sharing is not known.
    func parts(_ sharing: EncoderSharing.Method?) -> [Stage.Part] {
        switch (self, sharing) {
        case (.translation, _): [.encoder, .decoder, .embedding]
        case (.sentiment, .hard): [.encoder, .embedding, .sentimentHead]
        case (.sentiment, .separate): [.sentimentEncoder, .sentimentHead]
        case (.sentiment, .mixed), (.sentiment, nil):
            [.encoder, .embedding, .sentimentEncoder, .sentimentHead]
        }
    }
}
