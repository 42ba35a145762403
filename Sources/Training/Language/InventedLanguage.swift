import Kernels

/// Text in languages that do not exist, made from text in one that does: examples of "none of the languages", so that an
/// identifier does not take every unknown language for the least unlike of those it knows.
///
/// The lengths of words and what is written between them stay as they are.
enum InventedLanguage {
    /// A text of a language drawn for it alone.
    static func rewrite(_ text: String, using generator: inout SeededGenerator) -> String {
        switch generator.next(below: 8) {
        case 0..<4: substitution(text, &generator)
        case 4: mapLetters(of: text) { _ in letters[generator.next(below: letters.count)] }
        case 5: accents(text, &generator)
        default: foreignScript(text, &generator)
        }
    }

    private static let vowels: [Unicode.Scalar] = Array("aeiouy".unicodeScalars)
    private static let consonants: [Unicode.Scalar] = Array("bcdfghjklmnpqrstvwxz".unicodeScalars)
    private static let letters = vowels + consonants

    /// Each letter stands for another throughout, vowels for vowels, so that the words remain pronounceable.
    private static func substitution(
        _ text: String, _ generator: inout SeededGenerator
    ) -> String {
        var substitutes: [Unicode.Scalar: Unicode.Scalar] = [:]
        for alphabet in [vowels, consonants] {
            var shuffled = alphabet
            generator.shuffle(&shuffled)
            for (letter, substitute) in zip(alphabet, shuffled) { substitutes[letter] = substitute }
        }
        return mapLetters(of: text) { substitutes[$0] ?? $0 }
    }

    /// A few letters carry accents; which do, of all in the blocks Latin-1 and Latin Extended-A, the text chooses.
    private static func accents(_ text: String, _ generator: inout SeededGenerator) -> String {
        var accented: [Unicode.Scalar: Unicode.Scalar] = [:]
        for _ in 0..<1 + generator.next(below: 5) {
            let letter = letters[generator.next(below: letters.count)]
            accented[letter] = Unicode.Scalar(0xE0 + UInt32(generator.next(below: 0xA0)))
        }
        return substitution(mapLetters(of: text) { accented[$0] ?? $0 }, &generator)
    }

    /// Letters of another script; now and then a word stays Latin, as names and brands do.
    private static func foreignScript(
        _ text: String, _ generator: inout SeededGenerator
    ) -> String {
        text.split(separator: " ").map { word in
            generator.next(below: 8) == 0 ? String(word) : mapLetters(of: String(word)) { _ in "ж" }
        }.joined(separator: " ")
    }

    /// Replaces letters, which `substitute` gets in lower case.
    private static func mapLetters(
        of text: String, _ substitute: (Unicode.Scalar) -> Unicode.Scalar
    ) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.lowercased().unicodeScalars {
            result.append(scalar.properties.isAlphabetic ? substitute(scalar) : scalar)
        }
        return String(result)
    }
}
