extension Vocabulary {
    /// What a spelling looks like: text with `▁` for the space and the symbols of the marks of case.
    static func shown(_ spelling: [UInt8]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(spelling.count + 2)
        for byte in spelling {
            if byte == 0x20 || CaseMark.isMark(byte),
                let sign = signs.first(where: { $0.byte == byte })
            {
                bytes += sign.symbol
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What spells a subword that looks so; the symbols of marks stand for themselves in a vocabulary without marks.
    func spelling(ofShown shown: ArraySlice<UInt8>) -> [UInt8] {
        var spelling: [UInt8] = []
        spelling.reserveCapacity(shown.count)
        var index = shown.startIndex
        while index < shown.endIndex {
            if let byte = signedByte(at: index, of: shown) {
                spelling.append(byte)
                index += Self.symbolLength
            } else {
                spelling.append(shown[index])
                index += 1
            }
        }
        return spelling
    }

    /// What spells a base character.
    func spelling(of character: UInt32) -> [UInt8] {
        let text = String(Unicode.Scalar(character) ?? "\u{FFFD}").utf8
        return spelling(ofShown: Array(text)[...])
    }

    /// A byte of spellings that has a symbol, and the UTF-8 of that.
    private typealias Sign = (byte: UInt8, symbol: [UInt8])

    private static let signs: [Sign] =
        [(0x20, Array("\u{2581}".utf8))]
        + CaseMark.allCases.map { ($0.rawValue, Array(String($0.symbol).utf8)) }

    /// The bytes of a symbol: all are from U+2000 to U+2FFF.
    private static let symbolLength = 3

    /// The byte whose symbol stands at a place. A vocabulary has a symbol in nearly every merge, all of which are read when
    /// the program starts, hence no search through `signs`.
    private func signedByte(at index: Int, of shown: ArraySlice<UInt8>) -> UInt8? {
        guard shown[index] == 0xE2, index + 2 < shown.endIndex else { return nil }
        switch (shown[index + 1], shown[index + 2]) {
        case (0x96, 0x81): return 0x20
        case (0x87, 0xA7): return hasCaseMarks ? CaseMark.title.rawValue : nil
        case (0x87, 0xAA): return hasCaseMarks ? CaseMark.upper.rawValue : nil
        default: return nil
        }
    }
}
