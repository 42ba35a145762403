extension Recipe.Corpora {
    /// - Parameters:
    ///   - languages: the target languages, if the recipe names them.
    ///   - areTests: the sets are measured and not trained on.
    init(_ place: RecipeNode, languages: [String]?, areTests: Bool = false) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        let pairs = try keys.optional(.translation)?.list() ?? []
        translation = try pairs.map {
            try Recipe.TranslationCorpus($0, languages: languages, isTest: areTests)
        }
        let labelled = try keys.optional(.sentiment)?.list() ?? []
        sentiment = try labelled.map { try Recipe.SentimentCorpus($0, isTest: areTests) }
        if areTests {
            try keys.refuse(.cleaning, .balance, because: "test sets are measured as they are")
        }
        cleaning = try keys.optional(.cleaning).map(CleaningRules.init)
        balance = try keys.optional(.balance).map(Recipe.Balance.init)
        if pairs.isEmpty && labelled.isEmpty {
            throw place.error("\(place.path) names no corpus; add translation or sentiment")
        }
        try refuseRepeatedNames(
            translation.map(\.name) + sentiment.map(\.name), at: pairs + labelled)
        sha256 = try keys.optional(.sha256).map(digests)
    }
}

extension Recipe.TranslationCorpus {
    init(_ place: RecipeNode, languages: [String]?, isTest: Bool) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        if isTest {
            try keys.refuse(.weight, .cleaning, because: "a test set is not trained on")
        }
        name = try keys[.name].string()
        join = try keys.optional(.join).map(Recipe.Join.init)
        pairs = try keys.optional(.pairs)?.string()
        if join != nil {
            try keys.refuse(
                .pairs, .source, .target, because: "'join' makes the pairs of other files")
        } else if pairs == nil {
            source = try keys[.source].string()
            target = try keys[.target].string()
        } else {
            try keys.refuse(.source, .target, because: "'pairs' names the one file of both")
        }
        from = try keys[.from].string()
        to = try keys[.to].string()
        directions = try keys.optional(.directions)?.choice(of: Directions.self) ?? .forward
        weight = try keys.optional(.weight)?.number(.weight) ?? 1
        licence = try keys.optional(.licence)?.string()
        cleaning = try keys.optional(.cleaning).map(CleaningRules.init)
        guard let languages else { return }
        try Self.check(keys[.to], in: languages)
        if directions == .both { try Self.check(keys[.from], in: languages) }
    }

    private static func check(_ language: RecipeNode, in languages: [String]) throws {
        let code = try language.string()
        guard !languages.contains(code) else { return }
        let known = languages.joined(separator: ", ")
        throw language.error(
            "\(language.path) is '\(code)', not one of tokenizer.languages (\(known)); add it there"
        )
    }
}

extension Recipe.SentimentCorpus {
    init(_ place: RecipeNode, isTest: Bool) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        if isTest {
            try keys.refuse(
                .weight, .isHeldOut, .cleaning, because: "a test set is not trained on")
        }
        name = try keys[.name].string()
        file = try keys[.file].string()
        labels = try keys[.labels].choice(of: LabelScheme.self)
        through = try keys.optional(.through).map(Recipe.ParallelFiles.some)
        if labels != .probabilities {
            try keys.refuse(
                .minimumProbability,
                because: "labels of '\(labels.rawValue)' are certain, not probabilities")
        }
        minimumProbability = try keys.optional(.minimumProbability)?.number(.rate)
        language = try keys[.language].string()
        weight = try keys.optional(.weight)?.number(.weight) ?? 1
        licence = try keys.optional(.licence)?.string()
        cleaning = try keys.optional(.cleaning).map(CleaningRules.init)
        isHeldOut = try keys.optional(.isHeldOut)?.boolean() ?? true
    }
}
