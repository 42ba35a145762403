import CICU

/// One sentence of a text and the white space behind it.
public struct Sentence: Hashable, Sendable {
    /// The sentence without white space at its end.
    public let text: String
    /// What separates it from the next sentence, exactly; empty if nothing does.
    public let trailingSpace: String

    package init(text: String, trailingSpace: String) {
        self.text = text
        self.trailingSpace = trailingSpace
    }
}

/// Cuts a text into sentences by ICU's rules (Unicode Standard Annex 29), except after abbreviations, initials, ordinals
/// and numbers of lists, and where no white space follows an ASCII mark: in `a?b=c`, `wow!!1`. Nothing is lost: all
/// `text + trailingSpace` joined are the text. White space before the first sentence follows a sentence of no text.
public struct SentenceSplitter: Sendable {
    /// The code of the language; nil if it is not known, which means the abbreviations of all languages.
    public let language: String?

    private let abbreviations: Abbreviations

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
            if !isLast && !Self.endsLine(units[end..<boundary])
                && continues(units[start..<end], space: end..<boundary, units)
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

    /// Whether a sentence goes on behind what ICU takes for its end.
    ///
    /// - Parameter space: where the white space behind it stands in the text.
    private func continues(
        _ sentence: ArraySlice<UInt16>, space: Range<Int>, _ text: [UInt16]
    ) -> Bool {
        // Scripts that put no space between sentences have marks of their own.
        if space.isEmpty { return sentence.last.map { $0 < 0x80 } ?? false }
        let word = sentence.suffix(while: { !Self.isWhiteSpace($0) })
        guard word.last == Self.period else { return false }
        let scalars = String(decoding: word.dropLast(), as: UTF16.self).unicodeScalars
            .drop { Self.openingMarks.contains($0) }
        let name = String(String.UnicodeScalarView(scalars)).inLowerCase()
        if name.unicodeScalars.allSatisfy(Self.digits.contains) {
            return continues(
                afterNumberOf: scalars.count, isWhole: word.count == sentence.count,
                text[space.upperBound...])
        }
        return belongsToPeriod(name)
            || name.split(separator: "-").last.map {
                belongsToPeriod(String($0))
            } ?? false
            || abbreviations.wordsBeforeNumbers.contains(name)
                && Self.beginsWithDigit(text[space.upperBound...])
    }

    /// Whether a word has its period from being an abbreviation.
    private func belongsToPeriod(_ name: String) -> Bool {
        if abbreviations.words.contains(name) { return true }
        let letters = name.split(separator: ".", omittingEmptySubsequences: false)
        let areInitials = letters.allSatisfy { letter in
            letter.unicodeScalars.count == 1
                && letter.unicodeScalars.allSatisfy(\.properties.isAlphabetic)
        }
        // English sentences end in the pronoun and in times of day.
        return areInitials && !(name == "i" && language ?? "en" == "en") && name != "a.m"
            && name != "p.m"
    }

    /// Whether a sentence goes on behind a number and a period.
    ///
    /// - Parameter isWhole: whether there is nothing else in it: then the number is that of an item in a list.
    private func continues(
        afterNumberOf digitCount: Int, isWhole: Bool, _ rest: ArraySlice<UInt16>
    ) -> Bool {
        guard (1...2).contains(digitCount) else { return false }
        if isWhole || language == "de" { return true }
        if abbreviations.ordinalNouns.isEmpty { return false }
        // The month of a date may be a number, too.
        let next = String(decoding: rest.prefix(while: { !Self.isWhiteSpace($0) }), as: UTF16.self)
        let word = next.inLowerCase().unicodeScalars.prefix(while: \.properties.isAlphabetic)
        return abbreviations.ordinalNouns.contains(String(word)) || next.isOrdinal
    }

    private static let openingMarks: Set<Unicode.Scalar> = [
        "(", "[", "\"", "'", "«", "„", "“", "‘",
    ]
    private static let digits: ClosedRange<Unicode.Scalar> = "0"..."9"

    private static func beginsWithDigit(_ text: ArraySlice<UInt16>) -> Bool {
        text.first.flatMap(Unicode.Scalar.init).map(digits.contains) ?? false
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

extension String {
    /// Whether it is a number of one or two digits with a period, as the month in `3. 5. 2020`.
    fileprivate var isOrdinal: Bool {
        (2...3).contains(utf8.count) && last == "."
            && utf8.dropLast().allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }
}
