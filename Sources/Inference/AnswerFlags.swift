/// What is worth knowing about how an answer came about.
public struct AnswerFlags: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The text was empty after normalisation.
    public static let empty = AnswerFlags(rawValue: 1 << 0)
    /// The text was not UTF-8; what was not is read as U+FFFD.
    public static let badUTF8 = AnswerFlags(rawValue: 1 << 1)
    /// A sentence was cut into parts: it was too long for the model, or its translation ended too soon.
    public static let split = AnswerFlags(rawValue: 1 << 2)
    /// The model did not keep what must not be translated and it was put back, or made up more of it and that was taken away.
    public static let repaired = AnswerFlags(rawValue: 1 << 3)
    /// The text, or a part that holds words, is given as it was.
    public static let copied = AnswerFlags(rawValue: 1 << 4)
    /// The text was in the target language already.
    public static let targetLanguage = AnswerFlags(rawValue: 1 << 5)
    /// The model fell into a loop, said too much, said nothing or copied: what is given is a second choice.
    public static let degenerate = AnswerFlags(rawValue: 1 << 6)
    /// The translation feels other than the text.
    public static let polarityFlip = AnswerFlags(rawValue: 1 << 7)
    /// The model is not sure of its answer.
    public static let lowConfidence = AnswerFlags(rawValue: 1 << 8)

    private static let allNames = [
        "empty", "bad-utf8", "split", "repaired", "copied", "target-language", "degenerate",
        "polarity-flip", "low-confidence",
    ]

    /// The names of the flags that are set, as JSON lines have them, in a fixed order.
    public var names: [String] {
        Self.allNames.indices.filter { rawValue >> $0 & 1 == 1 }.map { Self.allNames[$0] }
    }
}
