import CICU
import CUTF8Proc

/// What the normaliser does with a code point, its Unicode form apart.
enum ScalarRole {
    case kept
    /// Controls and characters without width or meaning of their own.
    case removed
    case whiteSpace
    /// U+200C and U+200D.
    case joiner
    /// U+FE00 to U+FE0F.
    case variationSelector
    /// The letters of a flag's region, invisible elsewhere.
    case tag
    case apostrophe
    case quotationMark

    init(_ codePoint: UInt32) {
        switch codePoint {
        case 0x20...0x7E: self = codePoint == 0x20 ? .whiteSpace : .kept
        case 0x09...0x0D, 0x85: self = .whiteSpace
        case 0x200C, 0x200D: self = .joiner
        case 0xFE00...0xFE0F: self = .variationSelector
        case 0xE0020...0xE007F: self = .tag
        case 0x2018...0x201B, 0x02BC: self = .apostrophe
        case 0x201C...0x201F: self = .quotationMark
        // The combining grapheme joiner, interlinear annotation, and selectors of ideographs' glyphs.
        case 0x034F, 0xFFF9...0xFFFB, 0xE0100...0xE01EF: self = .removed
        default:
            let properties = ScalarProperties(codePoint)
            if properties.isWhiteSpace {
                self = .whiteSpace
            } else if properties.category == UTF8PROC_CATEGORY_CC
                // Visible format characters, such as the Arabic number sign, are not ignorable.
                || (properties.category == UTF8PROC_CATEGORY_CF && properties.isIgnorable)
            {
                self = .removed
            } else {
                self = .kept
            }
        }
    }
}

/// Code points that no rule changes, whatever stands beside them, as long as that is plain, too: most of all text.
enum PlainScalar {
    /// The blocks of Latin, Greek, Cyrillic, Arabic, Indic and common punctuation, looked up in advance.
    private static let table: [Bool] = (0..<0x2500).map(compute)

    static func contains(_ codePoint: UInt32) -> Bool {
        codePoint < 0x2500 ? table[Int(codePoint)] : compute(codePoint)
    }

    private static func compute(_ codePoint: UInt32) -> Bool {
        let signed = Int32(bitPattern: codePoint)
        return ScalarRole(codePoint) == .kept && ScalarProperties(codePoint).combiningClass == 0
            && icu_is_nfc(signed)
            && (icu_is_nfkc(signed) || CompatibilityException.contains(codePoint))
    }
}
