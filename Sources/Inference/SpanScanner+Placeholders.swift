/// Places that a program fills, and markup.
extension SpanScanner {
    /// The most bytes of a placeholder or an entity's name: what opens a brace and does not close it soon is text.
    private static let placeholderLimit = 200
    /// The most bytes of a tag with its attributes, or of a message format with its cases.
    private static let markupLimit = 1000

    /// The deepest braces of a message format: a choice in a choice in a choice, and names in them.
    private static let nestingLimit = 8

    // MARK: Braces

    /// `{{name}}`, `{% if %}`, `{name}`, `{0}`, `{0:N2}`, `{}`, `{n, plural, one {# file} other {# files}}`.
    func braces(at index: Int) -> Int? {
        for (open, close) in [("{{", "}}"), ("{%", "%}")] where starts(with: open, at: index) {
            guard
                var end = place(of: close, from: index + 2, limit: Self.placeholderLimit).map({
                    $0 + 2
                })
            else { return nil }
            while at(end, is: "}") { end += 1 }
            return end
        }
        return name(inBracesAt: index) ?? tight(inBracesAt: index)
    }

    /// A name, and a format behind it.
    private func name(inBracesAt index: Int) -> Int? {
        let start = spaceEnd(from: index + 1)
        var end = start
        while end < bytes.count, isAlphanumeric(bytes[end]) || "_.-$".utf8.contains(bytes[end]) {
            end += 1
        }
        if end == start { return nil }
        end = spaceEnd(from: end)
        if at(end, is: "}") { return end + 1 }
        return at(end, is: ",") || at(end, is: ":") ? closingBrace(from: end) : nil
    }

    /// Anything without white space.
    private func tight(inBracesAt index: Int) -> Int? {
        var end = index + 1
        while end < min(bytes.count, index + Self.placeholderLimit), !isSpace(at: end) {
            if at(end, is: "}") { return end + 1 }
            if at(end, is: "{") { return nil }
            end += 1
        }
        return nil
    }

    /// The end of braces in which others may stand.
    private func closingBrace(from start: Int) -> Int? {
        var depth = 1
        for index in start..<min(bytes.count, start + Self.markupLimit) {
            if at(index, is: "{") { depth += 1 }
            if at(index, is: "}") { depth -= 1 }
            if depth == 0 { return index + 1 }
            if depth > Self.nestingLimit { return nil }
        }
        return nil
    }

    private func spaceEnd(from start: Int) -> Int {
        var end = start
        while at(end, is: " ") { end += 1 }
        return end
    }

    // MARK: Dollar and percent

    /// `${name}`, `$NAME`, `$1`. More digits are an amount of money: its number is kept, its sign is text.
    func dollar(at index: Int) -> Int? {
        guard !isWord(before: index) else { return nil }
        if at(index + 1, is: "{") { return closingBrace(from: index + 2) }
        if isLetter(at: index + 1) || at(index + 1, is: "_") { return wordEnd(from: index + 1) }
        guard digitsEnd(from: index + 1) == index + 2, !isWord(at: index + 2) else { return nil }
        let isAmount = (at(index + 2, is: ".") || at(index + 2, is: ",")) && isDigit(at: index + 3)
        return isAmount ? nil : index + 2
    }

    /// `%{name}`, `%(name)s`, `%NAME%`, `%%`, `%1`, `%s`, `%1$s`, `%-5.2f`, `%ld`. A space is no flag: `5 % der` is text.
    func percent(at index: Int) -> Int? {
        if at(index + 1, is: "%") { return index + 2 }
        if at(index + 1, is: "{") { return braces(at: index + 1) }
        if at(index + 1, is: "(") {
            guard let close = place(of: ")", from: index + 2, limit: Self.placeholderLimit),
                close > index + 2, close + 1 < bytes.count,
                !bytes[index..<close].contains(UInt8(ascii: " ")), isConversion(bytes[close + 1])
            else { return nil }
            return close + 2
        }
        return conversion(at: index) ?? variable(at: index) ?? position(at: index)
    }

    /// A conversion of C's `printf`. Where an amount in per cent may stand before the sign (`20 %auf`), no letter may follow.
    private func conversion(at index: Int) -> Int? {
        var end = index + 1
        let digitsEnd = digitsEnd(from: end)
        if digitsEnd > end && at(digitsEnd, is: "$") { end = digitsEnd + 1 }
        while end < bytes.count, "-+#0".utf8.contains(bytes[end]) { end += 1 }
        while end < bytes.count, isDigit(at: end) || "*.".utf8.contains(bytes[end]) { end += 1 }
        for length in ["hh", "ll", "h", "l", "q", "j", "z", "t", "L"]
        where starts(with: length, at: end) && end + length.utf8.count < bytes.count
            && isConversion(bytes[end + length.utf8.count])
        {
            end += length.utf8.count
            break
        }
        guard end < bytes.count, isConversion(bytes[end]) else { return nil }
        if isLetter(at: end + 1) && (followsAmount(index) || !"sdi@".utf8.contains(bytes[end])) {
            return nil
        }
        return end + 1
    }

    private func isConversion(_ byte: UInt8) -> Bool { "diouxXfFeEgGaAcspn@".utf8.contains(byte) }

    private func followsAmount(_ index: Int) -> Bool {
        index > 0 && isDigit(at: index - 1)
            || index > 1 && bytes[index - 1] == UInt8(ascii: " ") && isDigit(at: index - 2)
    }

    /// `%NAME%`
    private func variable(at index: Int) -> Int? {
        let end = wordEnd(from: index + 1)
        return end > index + 1 && isLetter(at: index + 1) && at(end, is: "%") ? end + 1 : nil
    }

    /// `%1`, as Qt writes it.
    private func position(at index: Int) -> Int? {
        let end = digitsEnd(from: index + 1)
        guard (1...2).contains(end - index - 1), !isWord(at: end), !followsAmount(index) else {
            return nil
        }
        return end
    }

    // MARK: Markup

    /// `<b>`, `</b>`, `<br/>`, `<a href="…">`, `<0>`, `<!-- … -->`. Of words between signs of inequality an attribute with a
    /// value tells a tag.
    func tag(at index: Int) -> Int? {
        if starts(with: "<!--", at: index) {
            return place(of: "-->", from: index + 4, limit: Self.markupLimit).map { $0 + 3 }
        }
        let start = at(index + 1, is: "/") ? index + 2 : index + 1
        var end = start
        while end < bytes.count, isAlphanumeric(bytes[end]) || "-_:.".utf8.contains(bytes[end]) {
            end += 1
        }
        guard end > start, isAlphanumeric(bytes[start]) else { return nil }
        if at(end, is: ">") { return end + 1 }
        if starts(with: "/>", at: end) { return end + 2 }
        return isSpace(at: end) ? tagEnd(from: end) : nil
    }

    private func tagEnd(from start: Int) -> Int? {
        var quote: UInt8?
        var hasAttribute = false
        for index in start..<min(bytes.count, start + Self.markupLimit) {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "=") {
                hasAttribute = true
            } else if byte == UInt8(ascii: "<") {
                return nil
            } else if byte == UInt8(ascii: ">") {
                let isClosed = bytes[index - 1] == UInt8(ascii: "/")
                let isEmpty = bytes[start..<index].allSatisfy { $0 == 0x20 }
                return hasAttribute || isClosed || isEmpty ? index + 1 : nil
            }
        }
        return nil
    }

    /// `&amp;`, `&#38;`, `&#x26;`; no name has one letter, but `AT&T;` has.
    func entity(at index: Int) -> Int? {
        var start = index + 1
        if at(start, is: "#") { start += 1 }
        let end = wordEnd(from: start)
        guard (2...32).contains(end - start), at(end, is: ";"),
            bytes[start..<end].allSatisfy(isAlphanumeric)
        else { return nil }
        return end + 1
    }
}
