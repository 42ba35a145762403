import Kernels

/// Strings of what goes wrong: marks in any order, joiners, selectors, tags, white space, Hangul, emoji, all planes.
struct RandomUnicode {
    private static let pools: [[ClosedRange<UInt32>]] = [
        [0x61...0x7A, 0x20...0x20],
        [0x00...0xFF],
        [0x0300...0x036F, 0x0591...0x05BD, 0x064B...0x065F, 0x093C...0x094D, 0x3099...0x309A],
        [0x200B...0x200F, 0x2028...0x202F, 0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF...0xFEFF],
        [0x200C...0x200D, 0x20E3...0x20E3, 0xFE0F...0xFE0F, 0x1F3F4...0x1F3FF],
        [0xE0020...0xE007F, 0xE0100...0xE0110],
        [0x0900...0x0D7F, 0x0600...0x06FF, 0x0E00...0x0EFF],
        [0x1100...0x11FF, 0xAC00...0xAC40, 0x3130...0x318E],
        [0x2000...0x2BFF],
        [0xFB00...0xFFFF],
        [0x1F300...0x1FAFF],
        [0x10000...0x1FFFF],
        [0x2581...0x2581, 0x20...0x20, 0x3C...0x3E],
        [0x0000...0x10FFFF],
    ]

    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func string(maximumLength: Int = 24) -> String {
        var result = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...maximumLength, using: &generator) {
            let pool = Self.pools.randomElement(using: &generator) ?? []
            guard let range = pool.randomElement(using: &generator),
                let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator))
            else { continue }
            result.append(scalar)
        }
        return String(result)
    }
}

extension String {
    /// Equality of code points; `==` is canonical equivalence.
    func isIdentical(to other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// The code points, for messages.
    var codePoints: String {
        unicodeScalars.map { String($0.value, radix: 16, uppercase: true) }.joined(separator: " ")
    }
}
