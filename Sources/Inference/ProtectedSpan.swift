/// A stretch of text that a translation holds as it is.
package struct ProtectedSpan: Hashable {
    package enum Kind: Hashable {
        case link, address, placeholder, tag, entity, emoji, hashtag, mention
        /// A word with a digit in it: `A380`, `mp3`, `4x4`.
        case code
        case number
    }

    package let kind: Kind
    /// The place in the text's UTF-8.
    package let range: Range<Int>
    let text: String

    /// Spans of the same identity are the same to a reader: equal texts, or numbers of equal value, for 1,000.5 in English
    /// is 1.000,5 in German.
    var identity: String { kind == .number ? NumberSpelling.canonical(text) : text }
}
