import CICU

/// One sentence of a text and the white space behind it.
public struct Sentence: Hashable, Sendable {
    /// The sentence without white space at its end.
    public let text: String
    /// What separates it from the next sentence, exactly; empty if nothing does.
    public let trailingSpace: String
}

/// Cuts a text into sentences by ICU's rules (Unicode Standard Annex 29), except after abbreviations, initials and
/// German ordinals. Nothing is lost: all `text + trailingSpace` joined are the text. White space before the first
/// sentence follows a sentence of no text.
public struct SentenceSplitter: Sendable {
    /// The code of the language; nil if it is not known, which means the abbreviations of all languages.
    public let language: String?

    private let abbreviations: Set<String>

    public init(language: String? = nil) {
        self.language = language
        abbreviations = Abbreviations.of(language)
    }

    public func split(_ text: String) -> [Sentence] {
        let units = Array(text.utf16)
        precondition(units.count <= Int32.max, "text of \(units.count) UTF-16 units is too long")
        var sentences: [Sentence] = []
        var start = 0
        for boundary in boundaries(units) {
            let piece = units[start..<boundary]
            let end = piece.lastIndex { !Self.isWhiteSpace($0) }.map { $0 + 1 } ?? start
            let isLast = boundary == units.count
            if !isLast && end < boundary && !Self.endsLine(units[end..<boundary])
                && continues(units[start..<end])
            {
                continue
            }
            sentences.append(
                Sentence(
                    text: String(decoding: units[start..<end], as: UTF16.self),
                    trailingSpace: String(decoding: units[end..<boundary], as: UTF16.self)))
            start = boundary
        }
        return sentences
    }

    /// The ends of ICU's sentences, the text's end the last.
    private func boundaries(_ units: [UInt16]) -> [Int] {
        units.withUnsafeBufferPointer { units in
            let iterator = icu_sentences(language ?? "", units.baseAddress, Int32(units.count))
            guard let iterator else { preconditionFailure("ICU cannot load its sentence rules") }
            defer { icu_close(iterator) }
            var result: [Int] = []
            while case let boundary = icu_next_boundary(iterator), boundary != ICU_DONE {
                result.append(Int(boundary))
            }
            return result
        }
    }

    /// Whether the period at the end belongs to the last word, so that the sentence goes on.
    private func continues(_ sentence: ArraySlice<UInt16>) -> Bool {
        let word = sentence.suffix(while: { !Self.isWhiteSpace($0) })
        guard word.last == Self.period else { return false }
        let opening: Set<Unicode.Scalar> = ["(", "[", "\"", "'", "«", "„", "“", "‘"]
        let scalars = String(decoding: word.dropLast(), as: UTF16.self).unicodeScalars
            .drop { opening.contains($0) }
        let name = String(String.UnicodeScalarView(scalars))
        if abbreviations.contains(name.inLowerCase()) { return true }
        if scalars.count == 1, let letter = scalars.first, letter.properties.isAlphabetic {
            // An initial; but English sentences end in the pronoun.
            return !(letter == "I" && language == "en")
        }
        return language == "de" && (1...2).contains(scalars.count)
            && scalars.allSatisfy { ("0"..."9").contains($0) }
    }

    private static let period = UInt16(UInt8(ascii: "."))

    private static func isWhiteSpace(_ unit: UInt16) -> Bool {
        Unicode.Scalar(unit)?.properties.isWhitespace ?? false
    }

    private static func endsLine(_ space: ArraySlice<UInt16>) -> Bool {
        space.contains { [0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029].contains($0) }
    }
}

extension BidirectionalCollection {
    /// The longest end of which all elements satisfy the condition.
    fileprivate func suffix(while condition: (Element) -> Bool) -> SubSequence {
        guard let last = lastIndex(where: { !condition($0) }) else { return self[...] }
        return self[index(after: last)...]
    }
}
