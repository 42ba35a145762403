import Foundation

/// `text` as one field of a line with tabular fields: what would end the field or the line becomes a space.
func field(_ text: String) -> String {
    let breaks: Set<Unicode.Scalar> = ["\t", "\n", "\r", "\u{2028}", "\u{2029}"]
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text.unicodeScalars.map { breaks.contains($0) ? " " : $0 })
    return String(scalars)
}

/// A score or probability with four decimals and a point, whatever the locale.
func field(_ number: some BinaryFloatingPoint) -> String {
    String(format: "%.4f", Double(number))
}
