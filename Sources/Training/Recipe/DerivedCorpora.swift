// Corpora that are made of other corpora.

extension Recipe {
    /// Sentences and their translations: either one file of `pairs`, or a `source` and a `target` file.
    public struct ParallelFiles: Codable, Hashable, Sendable {
        public var pairs: String?
        public var source: String?
        public var target: String?

        enum CodingKeys: String, RecipeKey {
            case pairs, source, target
        }

        /// The files, as the recipe names them.
        var names: [String] { [source, target, pairs].compactMap(\.self) }
    }

    /// Pairs whose sides translate the same sentence of a third language, the pivot: see `JoinedPairs`.
    public struct Join: Codable, Hashable, Sendable {
        /// Two, both with the pivot for their sources; their targets are the sides of the pairs.
        public var pairs: [ParallelFiles]
        /// The most pairs that a sentence of the pivot gives.
        public var mostPerSentence: Int

        enum CodingKeys: String, RecipeKey {
            case pairs
            case mostPerSentence = "most_per_sentence"
        }
    }
}

extension Recipe.ParallelFiles {
    /// - Parameter place: the name of a file of pairs, or a mapping.
    init(_ place: RecipeNode) throws {
        guard place.node.scalar == nil else {
            pairs = try place.string()
            return
        }
        let keys = try place.mapping(of: CodingKeys.self)
        pairs = try keys.optional(.pairs)?.string()
        if pairs == nil {
            source = try keys[.source].string()
            target = try keys[.target].string()
        } else {
            try keys.refuse(.source, .target, because: "'pairs' names the one file of both")
        }
    }

    /// - Parameter place: as for one, or a list of such places.
    static func some(_ place: RecipeNode) throws -> [Self] {
        try place.node.sequence == nil ? [Self(place)] : place.list().map(Self.init)
    }
}

extension Recipe.Join {
    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        let places = try keys[.pairs].list()
        guard places.count == 2 else {
            throw try keys[.pairs].error(
                "\(place.path).pairs joins two corpora, not \(places.count); name two")
        }
        pairs = try places.map(Recipe.ParallelFiles.init)
        mostPerSentence = try keys.optional(.mostPerSentence)?.integer(in: 1...1000) ?? 2
    }
}
