import Transformer

extension SamplingRule {
    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        method = try keys[.method].choice(of: Method.self)
        temperature = 1
        if method == .temperature {
            temperature = try keys[.temperature].number(.positive)
        } else {
            try keys.refuse(.temperature, because: "it is of the method temperature")
        }
    }
}

extension LossWeightRule {
    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        method = try keys[.method].choice(of: Method.self)
        if method != .uncertainty && method != .gradNorm {
            try keys.refuse(.learningRate, because: "it is of uncertainty and gradnorm")
        }
        if method != .dynamicWeightAverage {
            try keys.refuse(.temperature, .window, because: "it is of dynamic_weight_average")
        }
        if method != .gradNorm { try keys.refuse(.alpha, because: "it is of gradnorm") }
        learningRate = try keys.optional(.learningRate)?.number(.positive) ?? 0.01
        temperature = try keys.optional(.temperature)?.number(.positive) ?? 2
        window = try keys.optional(.window)?.integer(in: 1...1_000_000) ?? 100
        alpha = try keys.optional(.alpha)?.number(.notNegative) ?? 1.5
    }
}

extension SurgeryRule {
    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        method = try keys[.method].choice(of: Method.self)
        if method != .cagrad { try keys.refuse(.c, because: "it is of cagrad") }
        c = try keys.optional(.c)?.number(.rate) ?? 0.4
    }
}

extension Stage {
    /// Refuses methods that the stage's tasks, what they share, what it freezes, or another of its methods rule out.
    ///
    /// - Parameter sharing: of the model; nil: not known before it is read.
    func refuseImpossibleMethods(
        _ keys: RecipeMapping<CodingKeys>, _ sharing: EncoderSharing.Method?
    ) throws {
        for (key, name) in namedMethods {
            guard let place = keys.optional(key) else { continue }
            if trainedTasks.count == 1 {
                throw place.error(
                    "\(place.path) is \(name), but the stage trains \(trainedTasks[0].rawValue) "
                        + "only; remove it or add a task")
            }
            guard comparesGradients(key) else { continue }
            if sampling != nil {
                throw place.error(
                    "\(place.path) is \(name), which needs the gradients of all tasks in every "
                        + "step, but sampling takes one task a step; remove one of them")
            }
            if sharing == .separate {
                throw place.error(
                    "\(place.path) is \(name), but under separate sharing the tasks share nothing; "
                        + "remove it or share the encoder")
            }
            if sharedParts(sharing).isEmpty {
                throw place.error(
                    "\(place.path) is \(name), but the stage freezes all that its tasks share; "
                        + "remove it or thaw the encoder or the embedding")
            }
        }
        if sampling != nil {
            try keys.refuse(.proportions, because: "sampling gives a whole step to one task")
        }
    }

    /// The parts that all the stage's tasks reach and that it does not freeze.
    private func sharedParts(_ sharing: EncoderSharing.Method?) -> Set<Part> {
        trainedTasks.reduce(Set(Part.allCases).subtracting(freeze)) {
            $0.intersection($1.parts(sharing))
        }
    }

    /// The methods of the stage that do something, with the keys that they stand under.
    private var namedMethods: [(CodingKeys, String)] {
        var methods: [(CodingKeys, String)] = []
        if let sampling { methods.append((.sampling, sampling.method.rawValue)) }
        if let lossWeights, lossWeights.method != .fixed {
            methods.append((.lossWeights, lossWeights.method.rawValue))
        }
        if let gradientSurgery, gradientSurgery.method != .none {
            methods.append((.gradientSurgery, gradientSurgery.method.rawValue))
        }
        return methods
    }

    /// Whether a method of the stage compares the tasks' gradients of what they share.
    var comparesGradients: Bool {
        namedMethods.contains { key, _ in comparesGradients(key) }
    }

    private func comparesGradients(_ key: CodingKeys) -> Bool {
        key == .gradientSurgery || key == .lossWeights && weighting.needsGradientNorms
    }
}
