import Transformer

/// What is asked of texts: a translation, the sentiment, or both.
public struct AnswerRequest: Hashable, Sendable {
    /// Nil: no translation.
    public var translation: TranslationRequest?
    /// Nil: no sentiment.
    public var sentiment: SentimentRequest?
    /// Whether the sentiment of a translation is compared with that of its text. Only with a translation and a sentiment.
    public var watchesPolarity: Bool

    public init(
        translation: TranslationRequest? = nil, sentiment: SentimentRequest? = nil,
        watchesPolarity: Bool = false
    ) {
        self.translation = translation
        self.sentiment = sentiment
        self.watchesPolarity = watchesPolarity
    }
}

/// The translation that is asked for.
public struct TranslationRequest: Hashable, Sendable {
    /// The code of the language to translate into.
    public var target: String
    public var source: SourceLanguage
    public var options: SearchOptions

    public init(
        to target: String, from source: SourceLanguage = .automatic,
        options: SearchOptions = SearchOptions()
    ) {
        self.target = target
        self.source = source
        self.options = options
    }
}

/// The language that texts are in.
public enum SourceLanguage: Hashable, Sendable {
    /// That of each text is found out.
    case automatic
    /// The user says so, and is believed.
    case given(String)
}

/// The sentiment that is asked for.
public struct SentimentRequest: Hashable, Sendable {
    /// The labels to choose among; nil: all. Not empty.
    public var labels: Set<SentimentLabel>?
    /// The probability below which no label is given; nil: one is always given.
    public var abstentionThreshold: Float?
    /// Of texts that are not translated as well: where sentences of texts that are too long end depends on it.
    public var source: SourceLanguage

    public init(
        labels: Set<SentimentLabel>? = nil, abstentionThreshold: Float? = nil,
        source: SourceLanguage = .automatic
    ) {
        self.labels = labels
        self.abstentionThreshold = abstentionThreshold
        self.source = source
    }
}
