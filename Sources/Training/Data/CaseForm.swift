import Inference
import Tokenization

/// A way in which people write a whole text.
enum CaseForm: CaseIterable {
    /// ALL CAPS.
    case upper
    /// no capitals at all
    case lower
    /// Every Word Begins With A Capital.
    case title

    /// Whether the translation of such a text is written so too. ALL CAPS are meant; who types without capitals, or like a
    /// headline, wants them where they belong.
    var isKeptInTranslation: Bool { self == .upper }

    /// A text in this form. Links, placeholders, tags, names and the like stay as they are, since what is case there is not
    /// a matter of taste.
    func apply(to text: String) -> String {
        var result = ""
        var rest = text[...]
        for span in SpanScanner.spans(of: text) where span.kind != .number && span.kind != .emoji {
            let start = text.utf8.index(text.startIndex, offsetBy: span.range.lowerBound)
            let end = text.utf8.index(start, offsetBy: span.range.count)
            result += change(rest[..<start])
            result += text[start..<end]
            rest = text[end...]
        }
        return result + change(rest)
    }

    private func change(_ text: Substring) -> String {
        switch self {
        case .upper: String(text).inUpperCase()
        case .lower: String(text).inLowerCase()
        case .title: Self.capitalizing(text)
        }
    }

    /// The text with a capital at the beginning of each word, where words stand between white space.
    private static func capitalizing(_ text: Substring) -> String {
        var result = String.UnicodeScalarView()
        var isAtStart = true
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            if isAtStart && properties.isAlphabetic {
                result.append(contentsOf: properties.titlecaseMapping.unicodeScalars)
            } else {
                result.append(scalar)
            }
            if properties.isWhitespace {
                isAtStart = true
            } else if properties.isAlphabetic || properties.numericType != nil {
                isAtStart = false
            }
        }
        return String(result)
    }
}
