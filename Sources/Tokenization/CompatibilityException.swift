import CUTF8Proc

/// The characters that `NormalizationRule.Form.nfkc` leaves as they are, because their compatibility decomposition
/// says something else or falls apart in ordinary text:
///
/// | kept | instead of |
/// |---|---|
/// | superscripts and subscripts: `m² H₂O 1ᵉʳ nº ™ ℠` | `m2 H2O 1er no TM SM` |
/// | vulgar fractions: `1½` | `11⁄2` |
/// | circled characters: `①` | `1` |
/// | pictographs: `ℹ ‼ 🈚` | `i !! 無` |
/// | spacing accents: `geht´s` | `geht`, space, combining accent, `s` |
/// | `№ ℡ ℻ ₨` | `No TEL FAX Rs`, which run into the number that follows |
/// | ellipses and leaders: `… ‥` | `... ..` |
/// | double primes: `5″` | `5′′` |
/// | letters of everyday Thai, Lao and Armenian: `ำ ຳ ໜ ໝ և` | spellings that nobody types |
/// | Hangul compatibility letters: `ㅋㅋ` | conjoining letters, which would join to syllables |
/// | Arabic word signs: `ﷺ ﷻ ﷼` | whole phrases |
///
/// All else is decomposed: ligatures (`ﬁ`), full-width and half-width forms, presentation forms, mathematical letters,
/// Roman numerals, squared abbreviations (`㎏`, and `㎡` becomes `m²`), the long s, the micro sign.
enum CompatibilityException {
    private static let kinds = [
        UTF8PROC_DECOMP_TYPE_SUPER, UTF8PROC_DECOMP_TYPE_SUB, UTF8PROC_DECOMP_TYPE_FRACTION,
        UTF8PROC_DECOMP_TYPE_CIRCLE,
    ].map(\.rawValue)

    static func contains(_ codePoint: UInt32) -> Bool {
        let properties = ScalarProperties(codePoint)
        guard properties.decompositionType.rawValue != 0 else { return false }
        return properties.isPictographic || kinds.contains(properties.decompositionType.rawValue)
            || isListed(codePoint) || isSpacingAccent(codePoint)
    }

    private static func isListed(_ codePoint: UInt32) -> Bool {
        switch codePoint {
        case 0x0587, 0x0E33, 0x0EB3, 0x0EDC, 0x0EDD: true
        case 0x2025, 0x2026, 0x2033, 0x2034, 0x2036, 0x2037, 0x2057: true
        case 0x20A8, 0x2116, 0x2121, 0x213B: true
        case 0x3131...0x318E: true
        case 0xFDFA...0xFDFC: true
        default: false
        }
    }

    /// Those that decompose into a space and combining marks.
    private static func isSpacingAccent(_ codePoint: UInt32) -> Bool {
        guard let step = UnicodeForm.nfkc.decompositionStep(of: codePoint) else { return false }
        return step.count > 1 && step[0] == 0x20
    }
}
