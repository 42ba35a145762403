/// What is done to a text before it is cut into subwords, besides cleaning white space, controls and zero-width
/// characters. Stored with the tokenizer.
public struct NormalizationRule: Codable, Hashable, Sendable {
    /// The Unicode normalisation form (Unicode Standard Annex 15).
    public enum Form: String, Codable, CaseIterable, Sendable {
        /// Code points stay as they are.
        case none
        /// Canonical composition.
        case nfc
        /// Compatibility composition. A `Normalizer` leaves out what it damages (`CompatibilityException`).
        case nfkc
    }

    /// How subwords spell the words that have capitals.
    public enum LetterCase: String, Codable, CaseIterable, Sendable {
        /// As they are.
        case cased
        /// In lower case, behind a mark that tells one capital from all capitals. Decoding gives the capitals back.
        case marked
    }

    public var form: Form

    /// Whether typographic apostrophes (`’ ‘ ‚ ‛ ʼ`) become `'` and quotation marks (`“ ” „ ‟`) become `"`.
    ///
    /// On by default, since texts of one language mix both kinds and a small model should not have to learn each
    /// contraction twice. Guillemets and primes stay: they are not variants of an ASCII sign.
    public var straightensQuotes: Bool

    /// Not for the `Normalizer`, which leaves letters as they are, but for the tokenizer.
    public var letterCase: LetterCase

    public init(
        form: Form = .nfkc, straightensQuotes: Bool = true, letterCase: LetterCase = .cased
    ) {
        self.form = form
        self.straightensQuotes = straightensQuotes
        self.letterCase = letterCase
    }

    private enum CodingKeys: String, CodingKey {
        case form
        case straightensQuotes = "straightens_quotes"
        case letterCase = "case"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        form = try container.decode(Form.self, forKey: .form)
        straightensQuotes = try container.decode(Bool.self, forKey: .straightensQuotes)
        letterCase = try container.decodeIfPresent(LetterCase.self, forKey: .letterCase) ?? .cased
    }

    /// The key `case` is left out where it says nothing: rules without marks are coded as before there were any.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(form, forKey: .form)
        try container.encode(straightensQuotes, forKey: .straightensQuotes)
        if letterCase != .cased { try container.encode(letterCase, forKey: .letterCase) }
    }
}
