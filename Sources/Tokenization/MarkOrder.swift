/// The order of long runs of marks.
extension UnicodeForm {
    /// Runs of marks up to this length are left to ICU, which inserts each in its place: a square of the length, and no text
    /// that means something has as many (the Stream-Safe Text Format of Unicode's annex 15 allows 30).
    private static let longestUnsortedRun = 64

    /// The text with the marks of long runs in canonical order, for which texts are equivalent (Unicode 15, D108 and D109):
    /// a stable sort by combining class. What decomposes into marks in this form is decomposed first.
    func sortingLongRunsOfMarks(_ text: [UInt16]) -> [UInt16] {
        guard hasLongRunOfMarks(text) else { return text }
        var result: [UInt32] = []
        var run: [UInt32] = []
        func flush() {
            // `sort` is stable, if not documented to be: the place breaks ties.
            let sorted = run.enumerated().sorted {
                (ScalarProperties($0.element).combiningClass, $0.offset)
                    < (ScalarProperties($1.element).combiningClass, $1.offset)
            }
            result += sorted.map(\.element)
            run.removeAll()
        }
        text.forEachScalar { scalar in
            if let marks = marks(of: scalar) {
                run += marks
            } else {
                flush()
                result.append(scalar)
            }
        }
        flush()
        return [UInt16](transcoding: result)
    }

    private func hasLongRunOfMarks(_ text: [UInt16]) -> Bool {
        var count = 0
        for unit in text {
            // The first mark is U+0300. Marks beyond the basic plane count as long as their surrogates follow each other.
            let isMark =
                unit >= 0x300 && (unit & 0xF800 == 0xD800 || marks(of: UInt32(unit)) != nil)
            count = isMark ? count + 1 : 0
            if count > Self.longestUnsortedRun { return true }
        }
        return false
    }

    /// A mark, or the marks that a code point decomposes into, though its own combining class is 0, as U+0F73 does; nil for
    /// others.
    private func marks(of codePoint: UInt32) -> [UInt32]? {
        let properties = ScalarProperties(codePoint)
        if properties.combiningClass != 0 { return [codePoint] }
        guard properties.hasDecomposition, let step = decompositionStep(of: codePoint),
            step.allSatisfy({ ScalarProperties($0).combiningClass != 0 })
        else { return nil }
        return step
    }
}
