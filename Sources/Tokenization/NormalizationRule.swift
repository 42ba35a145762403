/// What a `Normalizer` does besides cleaning white space, controls and zero-width characters. Stored with the
/// tokenizer.
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

    public var form: Form

    /// Whether typographic apostrophes (`’ ‘ ‚ ‛ ʼ`) become `'` and quotation marks (`“ ” „ ‟`) become `"`.
    ///
    /// On by default, since texts of one language mix both kinds and a small model should not have to learn each
    /// contraction twice. Guillemets and primes stay: they are not variants of an ASCII sign.
    public var straightensQuotes: Bool

    public init(form: Form = .nfkc, straightensQuotes: Bool = true) {
        self.form = form
        self.straightensQuotes = straightensQuotes
    }

    private enum CodingKeys: String, CodingKey {
        case form
        case straightensQuotes = "straightens_quotes"
    }
}
