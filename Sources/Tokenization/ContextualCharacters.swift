/// Joiners, variation selectors and tags: invisible characters that mean something in the right place only.
///
/// Every test looks at classes of neighbours that do not depend on the order of combining marks, so that what stays
/// once stays when the text, reordered by normalisation, is filtered again.
enum ContextualCharacters {
    /// The text without those that stand in the wrong place.
    static func filter(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        var index = 0
        while index < scalars.count {
            guard isContextual(scalars[index]) else {
                result.append(scalars[index])
                index += 1
                continue
            }
            let end = scalars[index...].firstIndex { !isContextual($0) } ?? scalars.count
            appendRun(
                scalars[index..<end], before: end < scalars.count ? scalars[end] : nil, to: &result)
            index = end
        }
        return result
    }

    private static func isContextual(_ scalar: UInt32) -> Bool {
        guard scalar > 0x7F else { return false }
        return switch ScalarRole(scalar) {
        case .joiner, .variationSelector, .tag: true
        default: false
        }
    }

    /// Of a run of such characters there stay tags or one variation selector, then one joiner.
    private static func appendRun(
        _ run: ArraySlice<UInt32>, before next: UInt32?, to result: inout [UInt32]
    ) {
        guard let base = result.last else { return }
        var run = run
        let isPictograph = isPictographic(base)
        if ScalarRole(run.first!) == .variationSelector && selects(base, before: next) {
            result.append(run.removeFirst())
        } else if base == 0x1F3F4 {
            let tags = run.prefix { ScalarRole($0) == .tag }
            result.append(contentsOf: tags)
            run = run.dropFirst(tags.count)
        }
        guard let joiner = run.first(where: { ScalarRole($0) == .joiner }) else { return }
        let joins =
            isPictograph
            ? joiner == 0x200D && next.map(isPictographic) ?? false
            : isInWord(base) && (next.map(isInWord) ?? false || endsInVirama(result))
        if joins { result.append(joiner) }
    }

    private static func selects(_ base: UInt32, before next: UInt32?) -> Bool {
        let properties = ScalarProperties(base)
        if properties.isSymbol || properties.isPictographic { return true }
        let isKeycap = base == 0x23 || base == 0x2A || (0x30...0x39).contains(base)
        return isKeycap && next == 0x20E3
    }

    private static func isPictographic(_ scalar: UInt32) -> Bool {
        // The modifiers of skin colour continue a pictograph.
        (0x1F3FB...0x1F3FF).contains(scalar) || ScalarProperties(scalar).isPictographic
    }

    private static func isInWord(_ scalar: UInt32) -> Bool {
        let properties = ScalarProperties(scalar)
        return properties.isLetter || properties.isMark
    }

    /// Whether a virama is among the marks at the end: there a joiner changes a letter's shape even at a word's end.
    private static func endsInVirama(_ scalars: [UInt32]) -> Bool {
        for scalar in scalars.reversed() {
            let combiningClass = ScalarProperties(scalar).combiningClass
            if combiningClass == 9 { return true }
            if combiningClass == 0 { return false }
        }
        return false
    }
}
