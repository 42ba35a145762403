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
        var rest = shown
        while let first = rest.first {
            // The first byte of all symbols.
            if first == 0xE2, let sign = sign(at: rest) {
                spelling.append(sign.byte)
                rest = rest.dropFirst(sign.symbol.count)
            } else {
                spelling.append(first)
                rest = rest.dropFirst()
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

    private func sign(at shown: ArraySlice<UInt8>) -> Sign? {
        Self.signs.first { sign in
            (hasCaseMarks || !CaseMark.isMark(sign.byte)) && shown.starts(with: sign.symbol)
        }
    }
}
