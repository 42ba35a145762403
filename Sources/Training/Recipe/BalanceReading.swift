extension Recipe {
    /// How evenly corpora and classes are drawn.
    public struct Balance: Codable, Hashable, Sendable {
        /// Of the sizes of the corpora for translation.
        public var translation: SamplingTemperature?
        /// Of the sizes of the corpora for sentiment.
        public var sentiment: SamplingTemperature?
        /// Of the classes within each corpus for sentiment.
        public var classes: SamplingTemperature?

        enum CodingKeys: String, RecipeKey {
            case translation, sentiment, classes
        }
    }
}

extension Recipe.Balance {
    init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: CodingKeys.self)
        translation = try keys.optional(.translation).map(SamplingTemperature.init)
        sentiment = try keys.optional(.sentiment).map(SamplingTemperature.init)
        classes = try keys.optional(.classes).map(SamplingTemperature.init)
    }
}
