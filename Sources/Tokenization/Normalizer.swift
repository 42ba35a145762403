/// Brings text into the one spelling that the tokenizer learns from and reads.
///
/// - White space of all kinds becomes one ASCII space, none at either end.
/// - Controls and zero-width characters are removed. Joiners stay inside words (between letters or marks, and after a
///   virama) and inside emoji; variation selectors stay after symbols and in keycaps, tags after the black flag.
/// - The code points take the form of the rule (`CompatibilityException` says what NFKC does not touch), quotes are
///   straightened by configuration.
///
/// Applying it twice changes nothing more. U+FFFD, private and unassigned code points are kept.
public struct Normalizer: Sendable {
    public let rule: NormalizationRule

    public init(_ rule: NormalizationRule = NormalizationRule()) { self.rule = rule }

    public func normalize(_ text: String) -> NormalizedText {
        var text = text
        if text.withUTF8(Self.isNormal) { return NormalizedText(text) }

        if let cleaned = text.withUTF8(cleaningPlainText) { return NormalizedText(cleaned) }

        // Canonical decomposition comes first, so that the context of a joiner is the same before and after.
        var units = text.withUTF8([UInt16].init(transcoding:))
        if rule.form != .none { units = UnicodeForm.nfd.apply(units) }
        var scalars: [UInt32] = []
        scalars.reserveCapacity(units.count)
        units.forEachScalar { append($0, to: &scalars) }
        units = [UInt16](
            transcoding: Self.collapsingSpaces(ContextualCharacters.filter(scalars)))
        if rule.form != .none { units = UnicodeForm.nfc.apply(units) }
        return NormalizedText(String(transcoding: units))
    }

    /// The Unicode form and nothing else: with `.nfkc` without exceptions.
    public static func convert(_ text: String, to form: NormalizationRule.Form) -> String {
        switch form {
        case .none: text
        case .nfc: apply(.nfc, to: text)
        case .nfkc: apply(.nfkc, to: text)
        }
    }

    private static func apply(_ form: UnicodeForm, to text: String) -> String {
        var text = text
        return String(transcoding: form.apply(text.withUTF8([UInt16].init(transcoding:))))
    }

    /// Whether normalising would change nothing under any rule; false also when it is not plain to see.
    private static func isNormal(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if text.isEmpty { return true }
        if text.first == 0x20 || text.last == 0x20 { return false }
        var previousIsSpace = false
        var index = 0
        while index < text.count {
            if index + 8 <= text.count {
                let word = text.fullWord(at: index)
                if word & .highBits == 0 {
                    let spaces = word.places(of: 0x20)
                    guard !word.hasControlInASCII,
                        spaces & (spaces << 8 | (previousIsSpace ? 0x80 : 0)) == 0
                    else { return false }
                    previousIsSpace = spaces >> 63 == 1
                    index += 8
                    continue
                }
            }
            let byte = text[index]
            if byte < 0x80 {
                guard byte > 0x20 && byte < 0x7F || byte == 0x20 && !previousIsSpace else {
                    return false
                }
                index += 1
            } else {
                guard PlainScalar.contains(decodeScalar(text, &index)) else { return false }
            }
            previousIsSpace = byte == 0x20
        }
        return true
    }

    /// The normalised text if it can be had without regard to what stands beside what: if all characters but white
    /// space, quotes and those that are removed are plain. Nil if not.
    private func cleaningPlainText(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        var isPlain = true
        let cleaned = String(unsafeUninitializedCapacity: text.count) { bytes in
            var count = 0
            func append(_ byte: UInt8) {
                if byte == 0x20 && (count == 0 || bytes[count - 1] == 0x20) { return }
                bytes[count] = byte
                count += 1
            }
            var index = 0
            while index < text.count {
                let start = index
                let scalar = decodeScalar(text, &index)
                if PlainScalar.contains(scalar) {
                    text[start..<index].forEach(append)
                    continue
                }
                switch ScalarRole(scalar) {
                case .removed: break
                case .whiteSpace: append(0x20)
                case .apostrophe where rule.straightensQuotes: append(0x27)
                case .quotationMark where rule.straightensQuotes: append(0x22)
                case .apostrophe, .quotationMark: text[start..<index].forEach(append)
                default:
                    isPlain = false
                    return 0
                }
            }
            return count > 0 && bytes[count - 1] == 0x20 ? count - 1 : count
        }
        return isPlain ? cleaned : nil
    }

    /// Decomposes a code point as the rule says and appends what is left of it.
    private func append(_ codePoint: UInt32, to scalars: inout [UInt32]) {
        if rule.form == .nfkc && codePoint >= 0x80
            && ScalarProperties(codePoint).decompositionType.rawValue != 0
            && !CompatibilityException.contains(codePoint),
            let step = UnicodeForm.nfkc.decompositionStep(of: codePoint)
        {
            for part in step { appendDecomposed(part, to: &scalars) }
        } else {
            appendCleaned(codePoint, to: &scalars)
        }
    }

    /// Parts of a compatibility decomposition may decompose in turn, canonically, too.
    private func appendDecomposed(_ codePoint: UInt32, to scalars: inout [UInt32]) {
        if !CompatibilityException.contains(codePoint),
            let step = UnicodeForm.nfkc.decompositionStep(of: codePoint)
        {
            for part in step { appendDecomposed(part, to: &scalars) }
        } else {
            appendCleaned(codePoint, to: &scalars)
        }
    }

    private func appendCleaned(_ codePoint: UInt32, to scalars: inout [UInt32]) {
        switch ScalarRole(codePoint) {
        case .removed: break
        case .whiteSpace: scalars.append(0x20)
        case .apostrophe where rule.straightensQuotes: scalars.append(0x27)
        case .quotationMark where rule.straightensQuotes: scalars.append(0x22)
        default: scalars.append(codePoint)
        }
    }

    private static func collapsingSpaces(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        for scalar in scalars where scalar != 0x20 || (result.last ?? 0x20) != 0x20 {
            result.append(scalar)
        }
        if result.last == 0x20 { result.removeLast() }
        return result
    }
}
