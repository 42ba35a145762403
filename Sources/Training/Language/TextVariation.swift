import Foundation
import Kernels

/// Ways in which people write that corpora of whole, careful sentences lack.
enum TextVariation {
    private static let fragmentProbability = 0.4
    private static let plainProbability = 0.1
    private static let longestFragment = 3

    /// The text, now and then one to three words of it, now and then without accents.
    static func vary(_ text: String, using generator: inout SeededGenerator) -> String {
        var text = text
        if generator.nextUnit() < fragmentProbability { text = fragment(of: text, &generator) }
        if generator.nextUnit() < plainProbability {
            text = withoutAccents(text, digraphs: generator.next(below: 2) == 0)
        }
        return text
    }

    /// One to three words that stand together.
    private static func fragment(of text: String, _ generator: inout SeededGenerator) -> String {
        let words = text.split(separator: " ")
        guard !words.isEmpty else { return text }
        let start = generator.next(below: words.count)
        let end = min(words.count, start + 1 + generator.next(below: longestFragment))
        return words[start..<end].joined(separator: " ")
    }

    private static let digraphs: [Unicode.Scalar: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue",
    ]
    private static let ligatures: [Unicode.Scalar: String] = [
        "ß": "ss", "œ": "oe", "æ": "ae", "Œ": "Oe", "Æ": "Ae",
    ]

    /// The text as typed where there are no accents.
    ///
    /// - Parameter digraphs: whether `ä` becomes `ae` and not `a`.
    static func withoutAccents(_ text: String, digraphs: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
            if let letters = ligatures[scalar] ?? (digraphs ? Self.digraphs[scalar] : nil) {
                result.append(contentsOf: letters.unicodeScalars)
            } else if scalar.isASCII {
                result.append(scalar)
            } else {
                result.append(
                    contentsOf: String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
                        .filter { $0.properties.generalCategory != .nonspacingMark })
            }
        }
        return String(result)
    }
}
