/// What language a text is in, as far as can be told.
public struct LanguageEstimate: Hashable, Sendable {
    /// The code for text in none of the languages that are known: "undetermined" of ISO 639-2 and BCP 47.
    public static let undetermined = "und"

    /// The most probable language; nil if the text is more probably in none of those that are known.
    public let language: String?

    /// The probability that this is right, from 0 to 1.
    public let probability: Double

    /// The language, or `undetermined`.
    public var code: String { language ?? Self.undetermined }
}
