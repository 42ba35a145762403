/// A value to be written as JSON, on one line.
public enum JSONValue: Sendable {
    case integer(Int)
    /// A number in the spelling it is to have.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])

    /// The JSON text. Neither a line break nor anything else that some reader may take for one is in it.
    public var text: String {
        var text = String.UnicodeScalarView()
        append(to: &text)
        return String(text)
    }

    /// The text of an object of these members, followed by those of `others` whose keys it does not have.
    public static func text(
        _ members: [(key: String, value: JSONValue)], followedBy others: [JSONObject.Member]
    ) -> String {
        let keys = Set(members.map(\.key))
        let own = members.map { JSONValue.string($0.key).text + ":" + $0.value.text }
        let rest = others.filter { !keys.contains($0.key) }
            .map { $0.keySpelling + ":" + $0.valueSpelling }
        return "{" + (own + rest).joined(separator: ",") + "}"
    }

    private func append(to text: inout String.UnicodeScalarView) {
        switch self {
        case .integer(let number): text += String(number).unicodeScalars
        case .number(let spelling): text += spelling.unicodeScalars
        case .string(let string): Self.append(string, to: &text)
        case .array(let values):
            Self.append(values, between: "[", "]", to: &text) { $0.append(to: &$1) }
        case .object(let members):
            Self.append(members, between: "{", "}", to: &text) { member, text in
                Self.append(member.key, to: &text)
                text.append(":")
                member.value.append(to: &text)
            }
        }
    }

    private static func append<Element>(
        _ elements: [Element], between start: Unicode.Scalar, _ end: Unicode.Scalar,
        to text: inout String.UnicodeScalarView,
        _ append: (Element, inout String.UnicodeScalarView) -> Void
    ) {
        text.append(start)
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(",") }
            append(element, &text)
        }
        text.append(end)
    }

    private static func append(_ string: String, to text: inout String.UnicodeScalarView) {
        text.append("\"")
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                text.append("\\")
                text.append(scalar)
            case "\n": text += "\\n".unicodeScalars
            case "\r": text += "\\r".unicodeScalars
            case "\t": text += "\\t".unicodeScalars
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text +=
                    "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
                    .unicodeScalars
            default: text.append(scalar)
            }
        }
        text.append("\"")
    }
}
