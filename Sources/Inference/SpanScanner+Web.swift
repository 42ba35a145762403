/// Links and e-mail addresses.
extension SpanScanner {
    /// The most bytes of a scheme, of what stands before the `@` of an address, and of the name of a domain, which is what the
    /// domain name system allows (RFC 1035). Without it, long runs would be read again from each of their words.
    private static let nameLimit = 253

    /// A link or an address that begins at a word.
    func web(at index: Int) -> Match? {
        guard !isWord(before: index), !isInsideDottedRun(index) else { return nil }
        let limit = min(bytes.count, index + Self.nameLimit)
        var end = index
        while end < limit, isLocal(bytes[end]) { end += 1 }
        if at(end, is: "@"), let end = addressEnd(local: index..<end) { return (.address, end) }
        return (schemeLink(at: index) ?? domainLink(at: index)).map { (.link, $0) }
    }

    /// Whether words joined by periods lead up to here, which were looked at from their first.
    private func isInsideDottedRun(_ index: Int) -> Bool {
        index > 1 && bytes[index - 1] == UInt8(ascii: ".") && isWord(before: index - 1)
    }

    /// `https://…`, `mailto:…`: what stands before the colon is not looked up in a list, two slashes are sign enough.
    private func schemeLink(at index: Int) -> Int? {
        let limit = min(bytes.count, index + Self.nameLimit)
        var colon = index
        while colon < limit, isAlphanumeric(bytes[colon]) || "+-.".utf8.contains(bytes[colon]) {
            colon += 1
        }
        guard colon > index + 1, at(colon, is: ":") else { return nil }
        let body = starts(with: "://", at: colon) ? colon + 3 : colon + 1
        if body == colon + 1 && !starts(with: "mailto:", at: index) { return nil }
        let end = linkEnd(from: body)
        return end > body ? end : nil
    }

    /// Ends of names that are links without a scheme too. More would take a missing space after a period for a link.
    private static let topLevelDomains: Set<String> = [
        "at", "ch", "com", "de", "edu", "eu", "fr", "gov", "info", "io", "net", "org", "uk",
    ]

    /// `www.example.net`, `example.org`, and with a path behind it any domain: `example.museum/path`.
    private func domainLink(at index: Int) -> Int? {
        guard let last = lastLabel(from: index) else { return nil }
        let name = String(decoding: bytes[last], as: UTF8.self)
        let end = last.upperBound
        let isWeb = starts(with: "www.", at: index) || starts(with: "WWW.", at: index)
        let hasPath =
            last.count > 1 && bytes[last].allSatisfy { Unicode.Scalar($0).isLetter }
            && at(end, is: "/") && isWord(at: end + 1)
        guard isWeb || hasPath || Self.topLevelDomains.contains(name) else { return nil }
        guard end < bytes.count, "/:?#".utf8.contains(bytes[end]) else {
            return isWord(at: end) ? nil : end
        }
        return linkEnd(from: end)
    }

    private func addressEnd(local: Range<Int>) -> Int? {
        guard let last = lastLabel(from: local.upperBound + 1), last.count > 1,
            bytes[local.upperBound - 1] != UInt8(ascii: "."),
            bytes[last].allSatisfy({ Unicode.Scalar($0).isLetter })
        else { return nil }
        return last.upperBound
    }

    /// The last label of a domain name, which has at least two with periods between them; nil if there is no such name.
    private func lastLabel(from start: Int) -> Range<Int>? {
        var last: Range<Int>?
        var first = start
        while first < start + Self.nameLimit {
            let end = labelEnd(from: first)
            if end == first { break }
            last = first..<end
            guard at(end, is: ".") else { break }
            first = end + 1
        }
        return last?.lowerBound == start ? nil : last
    }

    private func labelEnd(from start: Int) -> Int {
        let limit = min(bytes.count, start + Self.nameLimit)
        var end = start
        while end < limit, isAlphanumeric(bytes[end]) || at(end, is: "-") { end += 1 }
        return end
    }

    /// The end of a link: white space, a quotation mark or an angle bracket, without the punctuation of the sentence it stands
    /// in, and without a closing bracket that was opened before it.
    private func linkEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count, mayStandInLink(at: end) { end = nextScalar(after: end) }
        let link = bytes[start..<end]
        var unopened = Self.brackets.map { open, close in
            link.count { $0 == close } - link.count { $0 == open }
        }
        while end > start {
            let last = bytes[end - 1]
            if let kind = Self.brackets.firstIndex(where: { $0.close == last }) {
                if unopened[kind] <= 0 { return end }
                unopened[kind] -= 1
            } else if !".,;:!?'*_~|".utf8.contains(last) {
                return end
            }
            end -= 1
        }
        return end
    }

    private static let brackets: [(open: UInt8, close: UInt8)] = [
        (UInt8(ascii: "("), UInt8(ascii: ")")), (UInt8(ascii: "["), UInt8(ascii: "]")),
        (UInt8(ascii: "{"), UInt8(ascii: "}")),
    ]

    private func mayStandInLink(at index: Int) -> Bool {
        let byte = bytes[index]
        if byte >= 0x80 { return isLetter(at: index) }
        return byte > 0x20 && byte < 0x7F && !"<>\"`".utf8.contains(byte)
    }

    private func isLocal(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "._%+-".utf8.contains(byte)
    }

    func isAlphanumeric(_ byte: UInt8) -> Bool {
        let scalar = Unicode.Scalar(byte)
        return byte < 0x80 && (scalar.isLetter || ("0"..."9").contains(scalar))
    }
}
