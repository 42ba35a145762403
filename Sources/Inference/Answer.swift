import Transformer

/// What is answered to a text.
public struct Answer: Hashable, Sendable {
    /// Nil if none was asked for.
    public let translation: Translation?
    /// Nil if none was asked for.
    public let sentiment: SentimentAnswer?
    /// The code of the text's language, as it was given or found out; nil if it is not known.
    public let language: String?
    /// How the answer came about, the translation's flags among them.
    public internal(set) var flags: AnswerFlags

    public init(
        translation: Translation?, sentiment: SentimentAnswer?, language: String?,
        flags: AnswerFlags
    ) {
        self.translation = translation
        self.sentiment = sentiment
        self.language = language
        self.flags = flags
    }
}

/// How a text feels.
public struct SentimentAnswer: Hashable, Sendable {
    /// Calibrated if the model is, and restricted to the labels that were asked for. A text that is empty after
    /// normalisation is neutral whatever the labels.
    public let scores: SentimentScores
    /// The most probable label; nil where the model abstains.
    public let label: SentimentLabel?

    public init(scores: SentimentScores, label: SentimentLabel?) {
        self.scores = scores
        self.label = label
    }
}
