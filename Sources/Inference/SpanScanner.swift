/// Finds what must not be translated: links, e-mail addresses, placeholders, tags, entities, numbers, emoji, hashtags,
/// names after `@`.
///
/// One pass over the bytes. What can begin a span is looked at, the longest reading first; the rest is passed over. Units and
/// the letters behind an ordinal are text.
package struct SpanScanner {
    private let text: String
    let bytes: UnsafeBufferPointer<UInt8>

    /// The spans of a text, in order, none overlapping another.
    package static func spans(of text: String) -> [ProtectedSpan] {
        var text = text
        text.makeContiguousUTF8()
        var copy = text
        return copy.withUTF8 { bytes in
            guard bytes.contains(where: mayBeginSpan) else { return [] }
            return SpanScanner(text: text, bytes: bytes).spans()
        }
    }

    /// Marks that a text without any span has none of, the period and the colon aside.
    private static func mayBeginSpan(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "0"..."9", "#", "$", "%", "&", ".", ":", "<", "@", "{", "\u{80}"...: true
        default: false
        }
    }

    private func spans() -> [ProtectedSpan] {
        var spans: [ProtectedSpan] = []
        var index = 0
        while index < bytes.count {
            if let (kind, end) = span(at: index) {
                spans.append(
                    ProtectedSpan(
                        kind: kind, range: index..<end,
                        text: String(decoding: bytes[index..<end], as: UTF8.self)))
                index = end
            } else if isWord(at: index) {
                index = wordEnd(from: index, stoppingAtDigits: true)
            } else {
                index = nextScalar(after: index)
            }
        }
        return spans
    }

    typealias Match = (kind: ProtectedSpan.Kind, end: Int)

    private func span(at index: Int) -> Match? {
        switch Unicode.Scalar(bytes[index]) {
        case "{": return braces(at: index).map { (.placeholder, $0) }
        case "$": return dollar(at: index).map { (.placeholder, $0) }
        case "%": return percent(at: index).map { (.placeholder, $0) }
        case "<": return tag(at: index).map { (.tag, $0) }
        case "&": return entity(at: index).map { (.entity, $0) }
        case "#": return keycap(at: index) ?? hash(at: index)
        case "@": return mention(at: index).map { (.mention, $0) }
        case "*": return keycap(at: index)
        case "+", "-": return signedNumber(at: index, signEnd: index + 1)
        case "0"..."9":
            return keycap(at: index) ?? web(at: index) ?? code(at: index)
                ?? (.number, numberEnd(from: index))
        case "A"..."Z", "a"..."z", "_": return web(at: index) ?? code(at: index)
        case "\u{80}"...: return beyondASCII(at: index)
        default: return nil
        }
    }

    private func beyondASCII(at index: Int) -> Match? {
        let scalar = scalar(at: index)
        if scalar == "\u{2212}" {
            return signedNumber(at: index, signEnd: nextScalar(after: index))
        }
        if scalar.isEmoji {
            let start = text.utf8.index(text.startIndex, offsetBy: index)
            // Of what begins here: before it may stand a mark that joins.
            return (.emoji, index + (text[start...].first?.utf8.count ?? 1))
        }
        if scalar.properties.numericType == .decimal || scalar.isNumberByItself {
            return (.number, numberEnd(from: index))
        }
        return scalar.properties.isAlphabetic ? code(at: index) : nil
    }

    // MARK: Numbers and codes

    /// A sign belongs to a number where nothing that it could join stands before it.
    private func signedNumber(at index: Int, signEnd: Int) -> Match? {
        guard isDigit(at: signEnd), index == 0 || " (,;:=/[\"'".utf8.contains(bytes[index - 1])
        else {
            return nil
        }
        return (.number, numberEnd(from: signEnd))
    }

    /// The end of a number: digits, and what may stand behind them or alone (`2½`, `½`).
    private func numberEnd(from start: Int) -> Int {
        let end = digitGroupsEnd(from: start)
        let isFollowed = end < bytes.count && scalar(at: end).isNumberByItself
        return isFollowed ? nextScalar(after: end) : end
    }

    /// The end of digits with their separators.
    private func digitGroupsEnd(from start: Int) -> Int {
        var end = digitsEnd(from: start)
        // Thousands behind spaces.
        if end - start <= 3 {
            while at(end, is: " "), digitsEnd(from: end + 1) == end + 4 { end += 4 }
        }
        while end < bytes.count {
            let next = digitsEnd(from: end + 1)
            switch Unicode.Scalar(bytes[end]) {
            case ".", ",": if next == end + 1 { return end }
            case ":": if next != end + 3 { return end }
            case "'": if next != end + 4 { return end }
            default: return end
            }
            end = next
        }
        return end
    }

    func digitsEnd(from start: Int) -> Int {
        var end = start
        while isDigit(at: end) { end = nextScalar(after: end) }
        return end
    }

    /// A word in which a digit follows a letter. `2nd` and `5kg` are a number and text.
    private func code(at index: Int) -> Match? {
        guard !isWord(before: index) else { return nil }
        let end = wordEnd(from: index)
        if keycap(at: end - 1) != nil { return nil }
        var hasLetter = false
        var place = index
        while place < end {
            if isDigit(at: place) {
                if hasLetter { return (.code, end) }
            } else {
                hasLetter = true
            }
            place = nextScalar(after: place)
        }
        return nil
    }

    /// A digit, `#` or `*` in a box.
    private func keycap(at index: Int) -> Match? {
        for tail in ["\u{FE0F}\u{20E3}", "\u{20E3}"] where starts(with: tail, at: index + 1) {
            return (.emoji, index + 1 + tail.utf8.count)
        }
        return nil
    }

    // MARK: Names

    /// `#word`, or `#NAME#`, which is a placeholder.
    private func hash(at index: Int) -> Match? {
        guard !isWord(before: index) else { return nil }
        let end = wordEnd(from: index + 1)
        guard (index + 1..<end).contains(where: { isLetter(at: $0) }) else { return nil }
        return at(end, is: "#") ? (.placeholder, end + 1) : (.hashtag, end)
    }

    /// `@name`, with a server behind it if there is one: `@name@example.org`.
    private func mention(at index: Int) -> Int? {
        guard !isWord(before: index), isLetter(at: index + 1) || at(index + 1, is: "_") else {
            return nil
        }
        var end = wordEnd(from: index + 1)
        while end < bytes.count, ".-@".utf8.contains(bytes[end]), isWord(at: end + 1) {
            end = wordEnd(from: end + 1)
        }
        return end
    }
}

extension SpanScanner {
    // MARK: What stands where

    func at(_ index: Int, is scalar: Unicode.Scalar) -> Bool {
        index < bytes.count && bytes[index] == UInt8(ascii: scalar)
    }

    func starts(with prefix: String, at index: Int) -> Bool {
        index <= bytes.count && bytes[index...].starts(with: prefix.utf8)
    }

    func scalar(at index: Int) -> Unicode.Scalar {
        bytes[index] < 0x80
            ? Unicode.Scalar(bytes[index])
            : String(decoding: bytes[index..<nextScalar(after: index)], as: UTF8.self)
                .unicodeScalars.first ?? "\u{FFFD}"
    }

    func nextScalar(after index: Int) -> Int {
        var next = index + 1
        while next < bytes.count && bytes[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }

    func isDigit(at index: Int) -> Bool {
        guard index < bytes.count else { return false }
        if bytes[index] < 0x80 { return Self.digits.contains(bytes[index]) }
        return scalar(at: index).properties.numericType == .decimal
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    func isLetter(at index: Int) -> Bool {
        guard index < bytes.count else { return false }
        return scalar(at: index).isLetter
    }

    func isSpace(at index: Int) -> Bool { index < bytes.count && bytes[index] <= 0x20 }

    /// A letter, a digit or the low line.
    func isWord(at index: Int) -> Bool {
        at(index, is: "_") || isLetter(at: index) || isDigit(at: index)
    }

    func isWord(before index: Int) -> Bool {
        var start = index - 1
        while start > 0 && bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start >= 0 && isWord(at: start)
    }

    func wordEnd(from start: Int, stoppingAtDigits: Bool = false) -> Int {
        var end = start
        while isWord(at: end) && !(stoppingAtDigits && end > start && isDigit(at: end)) {
            end = nextScalar(after: end)
        }
        return end
    }

    /// The first place from `start` on, and before `limit` bytes are over, at which `end` stands.
    func place(of end: String, from start: Int, limit: Int) -> Int? {
        let first = end.utf8.first
        var index = start
        while index < min(bytes.count, start + limit) {
            if bytes[index] == first && starts(with: end, at: index) { return index }
            index += 1
        }
        return nil
    }
}

extension Unicode.Scalar {
    /// A letter or a mark that belongs to one.
    var isLetter: Bool {
        isASCII ? ("a"..."z").contains(self) || ("A"..."Z").contains(self) : properties.isAlphabetic
    }

    /// A character that is a number by itself: `½`, `①`. Raised and lowered digits belong to what they stand at, and letters
    /// that are numbers in some language are words.
    fileprivate var isNumberByItself: Bool {
        guard value >= 0xBC, !properties.isAlphabetic else { return false }
        switch properties.numericType {
        case .numeric: return true
        case .digit: return value >= 0x2460
        default: return false
        }
    }

    /// What is an emoji by itself, digits and the like excepted.
    fileprivate var isEmoji: Bool {
        (value == 0xA9 || value == 0xAE || value >= 0x203C) && properties.isEmoji
    }
}

extension String {
    func utf8Range(_ range: Range<Int>) -> Range<String.Index> {
        let start = utf8.index(startIndex, offsetBy: range.lowerBound)
        return start..<utf8.index(start, offsetBy: range.count)
    }

    /// Whether a letter stands in a stretch of the UTF-8.
    func hasLetter(in range: Range<Int>) -> Bool {
        self[utf8Range(range)].unicodeScalars.contains(where: \.isLetter)
    }
}
