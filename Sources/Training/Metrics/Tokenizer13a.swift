/// The tokenization of NIST's mteval-v13a, which is the one that published BLEU scores use.
///
/// Scalars, not characters, are its unit: Swift's characters would hide a full stop under a combining mark.
enum Tokenizer13a {
    typealias Scalars = [Unicode.Scalar]

    /// The tokens of one segment.
    static func tokens(of segment: String) -> [ArraySlice<Unicode.Scalar>] {
        var text = unescape(Array(segment.unicodeScalars))
        // The rules look at neighbours, so the first and the last scalar get one.
        text = spaceSymbols(in: [" "] + text + [" "])
        text = separate(.second, in: text) { !$0.isASCIIDigit && $1.isPoint }
        text = separate(.first, in: text) { $0.isPoint && !$1.isASCIIDigit }
        text = separate(.second, in: text) { $0.isASCIIDigit && $1 == "-" }
        return text.split(whereSeparator: \.isPythonWhitespace)
    }

    /// Joins what was split at line ends, and gives back the signs that SGML writes as entities: one after the other,
    /// so that `&amp;lt;` becomes `<`.
    private static func unescape(_ segment: Scalars) -> Scalars {
        let end = segment.lastIndex { !$0.isPythonWhitespace }.map { $0 + 1 } ?? 0
        var text = Scalars(segment[..<end])
        replace("<skipped>", by: "", in: &text)
        replace("-\n", by: "", in: &text)
        replace("\n", by: " ", in: &text)
        replace("&quot;", by: "\"", in: &text)
        replace("&amp;", by: "&", in: &text)
        replace("&lt;", by: "<", in: &text)
        replace("&gt;", by: ">", in: &text)
        return text
    }

    private static func replace(_ pattern: String, by replacement: String, in text: inout Scalars) {
        guard text.contains(pattern.unicodeScalars.first!) else { return }
        text = text.replacing(pattern.unicodeScalars, with: replacement.unicodeScalars)
    }

    /// Puts spaces around each symbol.
    private static func spaceSymbols(in text: Scalars) -> Scalars {
        var result = Scalars()
        result.reserveCapacity(2 * text.count)
        for scalar in text {
            if scalar.isSymbol {
                result += [" ", scalar, " "]
            } else {
                result.append(scalar)
            }
        }
        return result
    }

    private enum Part { case first, second }

    /// Puts spaces around one part of each pair of neighbours that matches. A pair takes its scalars away from the next
    /// one, as a regular expression does: in `a,,1` the second comma has no partner and stays at the digit.
    private static func separate(
        _ part: Part, in text: Scalars, where matches: (Unicode.Scalar, Unicode.Scalar) -> Bool
    ) -> Scalars {
        var result = Scalars()
        result.reserveCapacity(2 * text.count)
        var index = 0
        while index < text.count {
            let scalar = text[index]
            guard index + 1 < text.count, matches(scalar, text[index + 1]) else {
                result.append(scalar)
                index += 1
                continue
            }
            switch part {
            case .first: result += [" ", scalar, " ", text[index + 1]]
            case .second: result += [scalar, " ", text[index + 1], " "]
            }
            index += 2
        }
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }

    fileprivate var isPoint: Bool { self == "." || self == "," }

    /// ASCII punctuation that always stands alone: all but the apostrophe, comma, hyphen and full stop; and the space.
    fileprivate var isSymbol: Bool {
        switch self {
        case " "..."&", "("..."+", "/", ":"..."@", "["..."`", "{"..."~": true
        default: false
        }
    }
}
