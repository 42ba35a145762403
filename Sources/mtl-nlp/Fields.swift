import Foundation

/// `text` as one field of a line with tabular fields: what would end the field or, for any reader, the line becomes a
/// space.
func field(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text.unicodeScalars.map { endsField($0) ? " " : $0 })
    return String(scalars)
}

/// Python's `str.splitlines` knows the most ends of lines.
private func endsField(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t"..."\r", "\u{1C}"..."\u{1E}", "\u{85}", "\u{2028}", "\u{2029}": true
    default: false
    }
}

/// A score or probability with four decimals and a point, whatever the locale.
func field(_ number: some BinaryFloatingPoint) -> String {
    let text = String(format: "%.4f", Double(number))
    return text == "-0.0000" ? "0.0000" : text
}
