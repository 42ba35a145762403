import CUTF8Proc

/// Runs of marks up to this length are left to ICU, which inserts each in its place: a square of the length, and no text
/// that means something has as many (the Stream-Safe Text Format of Unicode's annex 15 allows 30).
private let longestUnsortedRun = 64

/// The text with the marks of long runs in canonical order, for which texts are equivalent (Unicode 15, D108 and D109):
/// a stable sort by combining class.
func sortingLongRunsOfMarks(_ text: [UInt16]) -> [UInt16] {
    guard hasLongRunOfMarks(text) else { return text }
    var result = String.UnicodeScalarView()
    var run: [(scalar: Unicode.Scalar, combiningClass: Int16)] = []
    func flush() {
        // `sort` is stable, if not documented to be: the place breaks ties.
        let sorted = run.enumerated().sorted {
            ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
        }
        result.append(contentsOf: sorted.map(\.element.scalar))
        run.removeAll()
    }
    for scalar in String(decoding: text, as: UTF16.self).unicodeScalars {
        let combiningClass = combiningClass(scalar.value)
        if combiningClass == 0 {
            flush()
            result.append(scalar)
        } else {
            run.append((scalar, combiningClass))
        }
    }
    flush()
    return Array(String(result).utf16)
}

private func hasLongRunOfMarks(_ text: [UInt16]) -> Bool {
    var count = 0
    for unit in text {
        // The first mark is U+0300. Marks beyond the basic plane count as long as their surrogates follow each other.
        let isMark = unit >= 0x300 && (UTF16.isSurrogate(unit) || combiningClass(UInt32(unit)) != 0)
        count = isMark ? count + 1 : 0
        if count > longestUnsortedRun { return true }
    }
    return false
}

private func combiningClass(_ codePoint: UInt32) -> Int16 {
    utf8proc_get_property(Int32(bitPattern: codePoint)).pointee.combining_class
}

extension UTF16 {
    fileprivate static func isSurrogate(_ unit: UInt16) -> Bool { unit & 0xF800 == 0xD800 }
}
