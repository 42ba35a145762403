extension Stage {
    /// Labels that the model itself gives to one side of parallel texts when the stage begins, for the stage to learn the
    /// sentiment of the other side from: annotation projection (Yarowsky et al. 2001, "Inducing Multilingual Text Analysis
    /// Tools via Robust Projection across Aligned Corpora") by a teacher that is the student's earlier self.
    public struct Projection: Codable, Hashable, Sendable {
        /// The names of corpora for translation.
        public var corpora: [String]
        /// The language that is labelled.
        public var from: String
        /// The languages that get the labels.
        public var languages: [String]
        /// Less probable labels are left out; of a balanced projection, by the corrected probabilities.
        public var minimumProbability: Double
        /// The most texts of each language; 0: all.
        public var most: Int
        /// Whether each class has as many texts in a language as its rarest, those with the most probable labels, after
        /// the probabilities were corrected for how often the model expects each class.
        public var isBalanced: Bool
        /// How often an epoch of the stage holds each text.
        public var weight: Double

        enum CodingKeys: String, RecipeKey {
            case corpora, from, languages
            case minimumProbability = "minimum_probability"
            case most
            case isBalanced = "balanced"
            case weight
        }
    }
}

extension Stage.Projection {
    /// - Parameters:
    ///   - trained: the tasks of the stage.
    ///   - known: the corpora of the recipe.
    init(_ place: RecipeNode, trained: [TrainingTask], corpora known: Recipe.Corpora) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        guard trained.contains(.sentiment) else {
            throw place.error(
                "\(place.path) gives labels of sentiment, but the stage does not train it; add "
                    + "the task or leave it out")
        }
        from = try keys[.from].string()
        let languageNodes = try keys[.languages].list()
        languages = try languageNodes.map { try $0.string() }
        try refuseRepeatedNames(languages, at: languageNodes)
        let corpusNodes = try keys[.corpora].list()
        corpora = try corpusNodes.map { try $0.string() }
        try refuseRepeatedNames(corpora, at: corpusNodes)
        minimumProbability = try keys.optional(.minimumProbability)?.number(.rate) ?? 0.9
        most = try keys.optional(.most)?.integer(in: 0...Int(Int32.max)) ?? 0
        isBalanced = try keys.optional(.isBalanced)?.boolean() ?? false
        weight = try keys.optional(.weight)?.number(.weight) ?? 1
        for node in corpusNodes { try refuseUnsuitable(node, known.translation) }
        for node in languageNodes {
            try refuseUnpaired(node, known.translation.filter { corpora.contains($0.name) })
        }
    }

    /// Refuses the name of a corpus that is not there or has nothing to label.
    private func refuseUnsuitable(
        _ node: RecipeNode, _ known: [Recipe.TranslationCorpus]
    ) throws {
        let name = try node.string()
        guard let corpus = known.first(where: { $0.name == name }) else {
            let names = known.map(\.name).joined(separator: ", ")
            throw node.error(
                "\(node.path) is '\(name)', no corpus of corpora.translation; there are: \(names)")
        }
        guard corpus.from == from || corpus.to == from else {
            throw node.error(
                "\(node.path): '\(name)' has the languages \(corpus.from) and \(corpus.to), not "
                    + "'\(from)'; leave it out")
        }
    }

    /// Refuses a language that no corpus pairs with the one that is labelled.
    private func refuseUnpaired(
        _ node: RecipeNode, _ corpora: [Recipe.TranslationCorpus]
    ) throws {
        let language = try node.string()
        let isPaired = corpora.contains { corpus in
            Set([corpus.from, corpus.to]) == [from, language] && language != from
        }
        if !isPaired {
            throw node.error(
                "\(node.path): none of the corpora pairs '\(from)' with '\(language)'; add one, "
                    + "or leave the language out")
        }
    }
}

extension Recipe {
    /// Refuses labels from a model that has not learned any.
    func refuseEarlyProjection(at stages: [RecipeNode]) throws {
        for (index, stage) in curriculum.enumerated() where stage.project != nil {
            let hasLearned = curriculum[..<index].contains { $0.tasks[.sentiment] != nil }
            guard hasLearned || initialModel != nil else {
                throw stages[index].error(
                    "\(stages[index].path).project would take its labels from a model that has "
                        + "learned none; put a stage that trains sentiment before it, or begin "
                        + "with 'init'")
            }
        }
    }
}
