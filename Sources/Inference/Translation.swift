/// The translation of a text.
public struct Translation: Hashable, Sendable {
    /// A possible translation.
    public struct Alternative: Hashable, Sendable {
        /// On one line: it never holds a line break.
        public let text: String
        /// The log-probability per target token, ends included.
        public let score: Float

        public init(text: String, score: Float) {
            self.text = text
            self.score = score
        }
    }

    /// As many as were asked for, the best first. Each is a different sequence of subwords; rarely two give one text.
    public let alternatives: [Alternative]

    /// - Precondition: there is an alternative.
    public init(alternatives: [Alternative]) {
        precondition(!alternatives.isEmpty, "a translation without text")
        self.alternatives = alternatives
    }

    /// The best.
    public var text: String { alternatives[0].text }
    /// Its log-probability per target token, ends included; 0 if the text was empty.
    public var score: Float { alternatives[0].score }
}
