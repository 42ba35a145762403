/// Checks JSON (RFC 8259) and finds where its parts are, without giving them a meaning.
///
/// Foundation's readers do not serve here: `JSONDecoder` passes over what it is not asked for without checking it, and
/// `JSONSerialization` refuses numbers that a `Double` cannot hold.
///
/// Two things are refused that the grammar allows: containers in more than `maximumDepth` others, and half of a surrogate
/// pair, which is no text.
struct JSONScanner {
    /// That of Foundation's readers.
    static let maximumDepth = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The keys and values of an object, which must be all there is but white space and a byte order mark, which the
    /// standard lets readers pass over. A key has its quotes.
    mutating func object() throws(JSONSyntaxError) -> [(key: Range<Int>, value: Range<Int>)] {
        var members: [(key: Range<Int>, value: Range<Int>)] = []
        if bytes.starts(with: "\u{FEFF}".utf8) { place = 3 }
        skipSpace()
        guard peek == UInt8(ascii: "{") else { throw expected("'{'") }
        try list(until: "}") { scanner throws(JSONSyntaxError) in
            let key = try scanner.key()
            members.append((key, try scanner.value(depth: 1)))
        }
        skipSpace()
        guard place == bytes.count else { throw expected("the end") }
        return members
    }

    // MARK: Values

    /// Reads a value and the white space around it; the range is without that.
    private mutating func value(depth: Int) throws(JSONSyntaxError) -> Range<Int> {
        skipSpace()
        let start = place
        switch peek {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"):
            try nest(depth, until: "}") { scanner throws(JSONSyntaxError) in
                _ = try scanner.key()
                _ = try scanner.value(depth: depth + 1)
            }
        case UInt8(ascii: "["):
            try nest(depth, until: "]") { scanner throws(JSONSyntaxError) in
                _ = try scanner.value(depth: depth + 1)
            }
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
        let range = start..<place
        skipSpace()
        return range
    }

    /// Reads a key and the colon behind it; the range is that of the key.
    private mutating func key() throws(JSONSyntaxError) -> Range<Int> {
        skipSpace()
        let start = place
        guard peek == UInt8(ascii: "\"") else { throw expected("a key in quotes") }
        try string()
        let range = start..<place
        skipSpace()
        guard take(":") else { throw expected("':'") }
        return range
    }

    private mutating func nest(
        _ depth: Int, until end: Unicode.Scalar,
        _ element: (inout JSONScanner) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        guard depth < Self.maximumDepth else { throw expected("no deeper nesting") }
        try list(until: end, element)
    }

    /// Reads a container: elements with commas between them.
    private mutating func list(
        until end: Unicode.Scalar,
        _ element: (inout JSONScanner) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        place += 1
        skipSpace()
        if take(end) { return }
        repeat { try element(&self) } while take(",")
        guard take(end) else { throw expected("',' or '\(end)'") }
    }

    private mutating func literal(_ name: String) throws(JSONSyntaxError) {
        for byte in name.utf8 {
            guard peek == byte else { throw expected("'\(name)'") }
            place += 1
        }
    }

    private mutating func number() throws(JSONSyntaxError) {
        _ = take("-")
        if !take("0") { try digits(orElse: "a value") }
        if take(".") { try digits(orElse: "a digit") }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits(orElse: "a digit")
        }
    }

    private mutating func digits(orElse expectation: String) throws(JSONSyntaxError) {
        guard isDigit(peek) else { throw expected(expectation) }
        while isDigit(peek) { place += 1 }
    }

    // MARK: Strings

    private mutating func string() throws(JSONSyntaxError) {
        place += 1
        while let byte = peek, byte >= 0x20 {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"): try escape()
            default: break
            }
        }
        throw expected(peek == nil ? "'\"'" : "an escape instead of a control character")
    }

    private mutating func escape() throws(JSONSyntaxError) {
        guard take("u") else {
            for letter in "\"\\/bfnrt".unicodeScalars where take(letter) { return }
            throw expected("an escape")
        }
        let unit = try codeUnit()
        if UTF16.isTrailSurrogate(unit) { throw expected("the first half of a surrogate pair") }
        guard UTF16.isLeadSurrogate(unit) else { return }
        guard take("\\"), take("u"), UTF16.isTrailSurrogate(try codeUnit()) else {
            throw expected("the second half of a surrogate pair")
        }
    }

    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw expected("a hexadecimal digit")
            }
            unit = unit << 4 | UInt16(digit)
            place += 1
        }
        return unit
    }

    // MARK: Bytes

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: byte) else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { (0x30...0x39).contains($0) } ?? false
    }

    private func expected(_ expectation: String) -> JSONSyntaxError {
        JSONSyntaxError(expected: expectation, byte: place + 1)
    }
}
