import Transformer

// What a recipe says of the model.

extension Recipe.Sizes {
    init(_ place: RecipeNode, _ tokenizer: Recipe.TokenizerRule) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        let size = 1...Int(Int32.max)
        encoderLayerCount = try keys[.encoderLayerCount].integer(in: size)
        decoderLayerCount = try keys[.decoderLayerCount].integer(in: size)
        modelDimension = try keys[.modelDimension].integer(in: size)
        feedForwardDimension = try keys[.feedForwardDimension].integer(in: size)
        headCount = try keys[.headCount].integer(in: size)
        maximumLength = try keys.optional(.maximumLength)?.integer(in: size) ?? 256
        sentimentLayers = try keys.optional(.sentimentLayers)?.list()
            .map { try $0.integer(in: 0...Int(Int32.max)) }
        sharing = try keys.optional(.sharing).map(EncoderSharing.init)
        pooling = try keys.optional(.pooling).map(TokenPooling.init)
        try refuseImpossible(keys, tokenizer)
    }

    /// The sizes as the model takes them.
    public func configuration(vocabularySize: Int, languages: [String]) -> ModelConfiguration {
        ModelConfiguration(
            encoderLayerCount: encoderLayerCount, decoderLayerCount: decoderLayerCount,
            modelDimension: modelDimension, feedForwardDimension: feedForwardDimension,
            headCount: headCount, maximumLength: maximumLength, vocabularySize: vocabularySize,
            languages: languages, sentimentLayers: sentimentLayers, sharing: sharing,
            pooling: pooling)
    }

    /// What the model says against its sizes, in the recipe's words and at the line of the key it begins with.
    private func refuseImpossible(
        _ keys: RecipeMapping<CodingKeys>, _ tokenizer: Recipe.TokenizerRule
    ) throws {
        let sizes = configuration(
            vocabularySize: tokenizer.vocabularySize, languages: tokenizer.languages)
        guard var problem = sizes.problem else { return }
        let names: [(String, CodingKeys)] = [
            ("encoder_layer_count", .encoderLayerCount),
            ("decoder_layer_count", .decoderLayerCount),
            ("model_dimension", .modelDimension),
            ("feed_forward_dimension", .feedForwardDimension), ("head_count", .headCount),
            ("maximum_length", .maximumLength), ("sentiment_layers", .sentimentLayers),
            ("sharing", .sharing), ("pooling", .pooling),
        ]
        var place = keys.place
        for (name, key) in names {
            if problem.hasPrefix(name) { place = keys.optional(key) ?? place }
            problem = problem.replacing(name, with: key.rawValue)
        }
        problem = problem.replacing("own_layer_count", with: EncoderSharing.ownLayersKey)
        throw place.error("impossible model: \(problem); change one of them")
    }
}

extension LayerGrowth {
    private enum Keys: String, RecipeKey {
        case encoderLayerCount = "encoder_layers"
        case decoderLayerCount = "decoder_layers"
    }

    fileprivate static let encoderLayersKey = Keys.encoderLayerCount.rawValue
    fileprivate static let decoderLayersKey = Keys.decoderLayerCount.rawValue

    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: Keys.self)
        let size = 1...Int(Int32.max)
        self.init(
            encoderLayerCount: try keys.optional(.encoderLayerCount)?.integer(in: size),
            decoderLayerCount: try keys.optional(.decoderLayerCount)?.integer(in: size))
        if encoderLayerCount == nil && decoderLayerCount == nil {
            throw place.error(
                "\(place.path) adds no layers; give \(Self.encoderLayersKey) or "
                    + "\(Self.decoderLayersKey), or remove it")
        }
    }

    /// `problem(of:)` in the recipe's words.
    func problemInRecipe(of configuration: ModelConfiguration) -> String? {
        problem(of: configuration)?
            .replacing("encoder_layer_count", with: Self.encoderLayersKey)
            .replacing("decoder_layer_count", with: Self.decoderLayersKey)
    }
}

extension Recipe {
    /// What recipes call those keys that stand in JSON by the names that the model gives them.
    static let namesOfModelKeys = [
        "ownLayerCount": EncoderSharing.ownLayersKey, "topK": TokenPooling.topKKey,
        "encoderLayerCount": LayerGrowth.encoderLayersKey,
        "decoderLayerCount": LayerGrowth.decoderLayersKey,
    ]
}

extension EncoderSharing {
    private enum Keys: String, RecipeKey {
        case method
        case ownLayerCount = "own_layers"
    }

    /// What recipes call `own_layer_count`.
    fileprivate static let ownLayersKey = Keys.ownLayerCount.rawValue

    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: Keys.self)
        self.init(try keys[.method].choice(of: Method.self))
        switch method {
        case .mixed: ownLayerCount = try keys[.ownLayerCount].integer(in: 1...Int(Int32.max))
        case .hard: try keys.refuse(.ownLayerCount, because: "hard sharing shares all layers")
        case .separate:
            try keys.refuse(.ownLayerCount, because: "separate encoders share no layer")
        }
    }
}

extension TokenPooling {
    private enum Keys: String, RecipeKey {
        case method
        case topK = "top_k"
        case threshold
    }

    /// What recipes call `topK`.
    fileprivate static let topKKey = Keys.topK.rawValue

    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: Keys.self)
        self.init(try keys[.method].choice(of: Method.self))
        if method != .hardAttention {
            try keys.refuse(.topK, .threshold, because: "only hard_attention leaves tokens out")
        } else if let count = keys.optional(.topK) {
            topK = try count.integer(in: 1...Int(Int32.max))
            try keys.refuse(.threshold, because: "top_k says already which tokens count")
        } else if let share = keys.optional(.threshold) {
            threshold = try share.number(.share)
        } else {
            throw place.error(
                "\(place.path) needs top_k or threshold to say which tokens count; add one")
        }
    }
}
