/// The translation of a text.
public struct Translation: Hashable, Sendable {
    /// A possible translation.
    public struct Alternative: Hashable, Sendable {
        /// On one line: it never holds a line break.
        public let text: String
        /// The log-probability per target token, ends included.
        public let score: Float
        /// The target tokens whose mean the score is; 0 of what the model did not say.
        public let tokenCount: Int

        public init(text: String, score: Float, tokenCount: Int) {
            self.text = text
            self.score = score
            self.tokenCount = tokenCount
        }
    }

    /// As many as were asked for, the best first. Those of a sentence differ in their texts; where the search found too few
    /// that differ and can be given, the last is repeated. A wider beam finds more.
    public let alternatives: [Alternative]
    /// How it came about.
    public let flags: AnswerFlags

    /// - Precondition: there is an alternative.
    public init(alternatives: [Alternative], flags: AnswerFlags = []) {
        precondition(!alternatives.isEmpty, "a translation without text")
        self.alternatives = alternatives
        self.flags = flags
    }

    /// The best.
    public var text: String { alternatives[0].text }
    /// Its log-probability per target token, ends included; 0 if the text was empty.
    public var score: Float { alternatives[0].score }
}
