import Kernels
import Tokenization
import Transformer

// Each part of a recipe from its place in the file. The values after `??` are the defaults.

extension Recipe {
    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        name = try keys[.name].string()
        licence = try keys.optional(.licence)?.string() ?? "not stated"
        terms = try keys.optional(.terms)?.string()
        seed = try keys.optional(.seed)?.integer(in: 0...Int.max) ?? 1
        precision = try keys.optional(.precision)?.choice(of: Precision.self) ?? .fp32
        initialModel = try keys.optional(.initialModel)?.string()
        if initialModel == nil {
            let tokenizer = try TokenizerRule(keys[.tokenizer])
            self.tokenizer = tokenizer
            model = try Sizes(keys[.model], tokenizer)
            try keys.refuse(.growth, because: "only the model of 'init' grows")
        } else {
            try keys.refuse(.tokenizer, .model, because: "the model of 'init' has its own")
        }
        growth = try keys.optional(.growth).map(LayerGrowth.init)
        storage = try keys.optional(.storage)?.choice(of: Storage.self)
        corpora = try Corpora(keys[.corpora], languages: tokenizer?.languages)
        holdOut = try HoldOutRule(keys.part(.holdOut, of: HoldOutRule.CodingKeys.self))
        validation = try Validation(
            keys.part(.validation, of: Validation.CodingKeys.self), languages: tokenizer?.languages)
        patience = try keys.optional(.patience)?.integer(in: 0...1_000_000) ?? 0
        optimizer = try OptimizerRule(keys.part(.optimizer, of: OptimizerRule.CodingKeys.self))
        regularization = try Regularization(
            keys.part(.regularization, of: Regularization.CodingKeys.self))
        let averaging = try keys.part(.averaging, of: Averaging.CodingKeys.self)
        self.averaging = Averaging(
            checkpoints: try averaging.optional(.checkpoints)?.integer(in: 1...64) ?? 1)
        let checkpoint = try keys.part(.checkpoint, of: CheckpointRule.CodingKeys.self)
        self.checkpoint = CheckpointRule(
            everySeconds: try checkpoint.optional(.everySeconds)?.integer(in: 1...1_000_000) ?? 600)
        let corpora = corpora
        let sharing = model.map { $0.sharing?.method ?? .hard }
        let stages = try keys[.curriculum].list()
        curriculum = try stages.map { try Stage($0, corpora: corpora, sharing: sharing) }
        try refuseRepeatedNames(curriculum.map(\.name), at: stages)
        try refuseEarlyProjection(at: stages)
    }
}

extension Recipe.TokenizerRule {
    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        vocabularySize = try keys[.vocabularySize].integer(in: 300...1_000_000)
        let names = try keys[.languages].list()
        languages = try names.map { try $0.string() }
        try refuseRepeatedNames(languages, at: names)
        if let problem = Vocabulary.problem(ofLanguages: languages) {
            throw try keys[.languages].error("\(place.path): \(problem); correct it")
        }
        normalization = try keys.optional(.normalization).map(NormalizationRule.init) ?? .init()
    }
}

extension NormalizationRule {
    private enum Keys: String, RecipeKey {
        case form
        case straightensQuotes = "straightens_quotes"
        case letterCase = "case"
    }

    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: Keys.self)
        self.init()
        form = try keys.optional(.form)?.choice(of: Form.self) ?? form
        straightensQuotes =
            try keys.optional(.straightensQuotes)?.boolean() ?? straightensQuotes
        letterCase = try keys.optional(.letterCase)?.choice(of: LetterCase.self) ?? letterCase
    }
}

extension Recipe.HoldOutRule {
    init(_ keys: RecipeMapping<CodingKeys>) throws {
        fraction = try keys.optional(.fraction)?.number(.half) ?? 0.02
        seed = try keys.optional(.seed)?.integer(in: 0...Int.max) ?? 1
    }
}

extension Recipe.Validation {
    init(_ keys: RecipeMapping<CodingKeys>, languages: [String]?) throws {
        everySteps = try keys.optional(.everySteps)?.integer(in: 1...Int.max) ?? 500
        beamSize = try keys.optional(.beamSize)?.integer(in: 1...64) ?? 4
        batchSize = try keys.optional(.batchSize)?.integer(in: 1...65536) ?? 64
        sentences = try keys.optional(.sentences)?.integer(in: 0...Int.max) ?? 0
        tests =
            try keys.optional(.tests).map {
                try Recipe.Corpora($0, languages: languages, areTests: true)
            } ?? Recipe.Corpora(translation: [], sentiment: [])
    }
}

extension Recipe.OptimizerRule {
    init(_ keys: RecipeMapping<CodingKeys>) throws {
        name = try keys.optional(.name)?.choice(of: Method.self) ?? .adam
        switch name {
        case .adam:
            try keys.refuse(.momentum, because: "adam has no momentum but beta1")
            try keys.refuse(.weightDecay, because: "adam has no weight decay, adamw has")
        case .adamw: try keys.refuse(.momentum, because: "adamw has no momentum but beta1")
        case .sgd: try keys.refuse(.beta1, .beta2, .epsilon, because: "it is of adam and adamw")
        }
        beta1 = try keys.optional(.beta1)?.number(.rate) ?? 0.9
        beta2 = try keys.optional(.beta2)?.number(.rate) ?? 0.98
        epsilon = try keys.optional(.epsilon)?.number(.positive) ?? 1e-9
        momentum = try keys.optional(.momentum)?.number(.rate) ?? 0.9
        weightDecay = try keys.optional(.weightDecay)?.number(.rate) ?? 0
        maximumGradientNorm = try keys.optional(.maximumGradientNorm)?.number(.notNegative) ?? 1
    }
}

extension Recipe.Regularization {
    init(_ keys: RecipeMapping<CodingKeys>) throws {
        dropout = try keys.optional(.dropout)?.number(.rate) ?? 0.1
        labelSmoothing = try keys.optional(.labelSmoothing)?.number(.rate) ?? 0.1
        bpeDropout = try keys.optional(.bpeDropout)?.number(.rate) ?? 0
        wordDropout = try keys.optional(.wordDropout)?.number(.rate) ?? 0
        wordSwap = try keys.optional(.wordSwap)?.number(.rate)
        caseAugmentation = try keys.optional(.caseAugmentation)?.number(.rate)
        l1 = try keys.optional(.l1)?.number(.notNegative)
        l2 = try keys.optional(.l2)?.number(.notNegative)
    }
}

/// Names tell the elements of a list apart in logs and errors.
func refuseRepeatedNames(_ names: [String], at places: [RecipeNode]) throws {
    var seen: Set<String> = []
    for (name, place) in zip(names, places) where !seen.insert(name).inserted {
        throw place.error("\(place.path) repeats '\(name)'; give each its own name")
    }
}
