/// What stands for the capitals of a word that is spelled in lower case (`NormalizationRule.LetterCase.marked`), so
/// that `haus`, `Haus` and `HAUS` share their subwords.
///
/// A word is a segment of letters here (`WordSegmenter`): `E-Mail` has two, `L'Été` too. Each has a mark of its own, so
/// that a word is spelled the same wherever it stands. What no mark gives back, code point by code point, stays as it
/// is: `iPhone`, `İzmir`, `ẞ`.
///
/// The mark comes before the space of the word, `⇧ ▁haus`: what follows it is what stands in a text in lower case,
/// while `haus` without its space would be found inside of other words only.
///
/// For the same reason a mark is merged last, and only with a word that is one subword by then. As a letter among
/// letters it would be merged first, being among the most frequent, and `⇧▁h` would take the word's beginning away
/// from what the word shares with others.
///
/// A mark is spelled by a byte that no UTF-8 has; no text can be taken for one.
enum CaseMark: UInt8, CaseIterable, Sendable {
    /// A capital and nothing else in upper case: `Haus`, `I`.
    case title = 0xFE
    /// Upper case, and more than the first letter of it.
    case upper = 0xFF

    static func isMark(_ byte: UInt8) -> Bool { byte >= title.rawValue }

    /// The character that stands for the mark where a subword is shown: `⇧` or `⇪`, as on a keyboard. A vocabulary with
    /// marks spells these characters of a text by bytes, so that the two cannot be taken for each other.
    var symbol: Unicode.Scalar {
        switch self {
        case .title: "\u{21E7}"
        case .upper: "\u{21EA}"
        }
    }

    /// The mark and the lower case of a segment; nil if it stays as it is.
    static func split(_ segment: UnsafeBufferPointer<UInt8>) -> (mark: CaseMark, lower: [UInt8])? {
        guard let first = segment.first, first >= 0x80 || isCapital(first) else { return nil }
        if segment.allSatisfy({ $0 < 0x80 }) { return splitASCII(segment) }
        var end = 0
        guard ScalarProperties(decodeScalar(segment, &end)).isCapital else { return nil }
        let rest = segment[end...]
        let lowerRest = rest.inLowerCase()
        let isTitle = lowerRest.elementsEqual(rest)
        let mark = isTitle ? Self.title : .upper
        // As a whole if all of it changes: a sigma depends on what stands before it.
        let lower = isTitle ? segment[..<end].inLowerCase() + lowerRest : segment.inLowerCase()
        return mark.applied(to: lower[...]).elementsEqual(segment) ? (mark, lower) : nil
    }

    /// The same of a segment that begins with a capital and has nothing but ASCII: no mark loses any of that.
    private static func splitASCII(
        _ segment: UnsafeBufferPointer<UInt8>
    ) -> (mark: CaseMark, lower: [UInt8])? {
        let isTitle = !segment.dropFirst().contains(where: isCapital)
        if !isTitle && segment.contains(where: { (0x61...0x7A).contains($0) }) { return nil }
        return (isTitle ? .title : .upper, segment.inLowerCase())
    }

    /// Of an ASCII character.
    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

    /// The text of what subwords spell, without its marks. Each changes the segment behind it or behind its space, up
    /// to the next mark; one without such a segment is left out.
    static func restore(_ spelling: [UInt8]) -> [UInt8] {
        guard var start = spelling.firstIndex(where: isMark) else { return spelling }
        var text = Array(spelling[..<start])
        while start < spelling.count, let mark = CaseMark(rawValue: spelling[start]) {
            let end = spelling[(start + 1)...].firstIndex(where: isMark) ?? spelling.count
            text += mark.applied(to: spelling[(start + 1)..<end])
            start = end
        }
        return text
    }

    /// - Parameter spelling: up to the next mark; bytes that are no UTF-8 become U+FFFD.
    private func applied(to spelling: ArraySlice<UInt8>) -> [UInt8] {
        var text = String(decoding: spelling, as: UTF8.self)
        return text.withUTF8 { text in
            let start = text.first == 0x20 ? 1 : 0
            let wordEnd = text.firstSpace(from: start) ?? text.count
            let end = start + extent(in: UnsafeBufferPointer(rebasing: text[start..<wordEnd]))
            return text[..<start] + text[start..<end].inUpperCase() + text[end...]
        }
    }

    /// How many bytes of a word the mark before it changes.
    private func extent(in word: UnsafeBufferPointer<UInt8>) -> Int {
        var end = 0
        switch self {
        case .title:
            if !word.isEmpty { _ = decodeScalar(word, &end) }
        case .upper:
            WordSegmenter.forEachSegment(of: word) { if $0.lowerBound == 0 { end = $0.upperBound } }
        }
        return end
    }
}
