/// Spells a word by the segments that merges never cross (`WordSegmenter`): the first with the space before the word,
/// those with capitals, where the rule asks for it, by a `CaseMark`, the space, if any, and the lower case.
struct SegmentSpeller: Sendable {
    private let marksCase: Bool

    init(_ rule: NormalizationRule) { marksCase = rule.letterCase == .marked }

    /// Calls `body` with each segment; once, with the space alone, for an empty word.
    func forEachSegment(
        of word: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: word.count + 1) { spaced in
            spaced[0] = 0x20
            _ = UnsafeMutableBufferPointer(rebasing: spaced[1...]).initialize(fromContentsOf: word)
            WordSegmenter.forEachSegment(of: word) { segment in
                let isFirst = segment.lowerBound == 0
                if marksCase,
                    let (mark, lower) = CaseMark.split(UnsafeBufferPointer(rebasing: word[segment]))
                {
                    let spelling = [mark.rawValue] + (isFirst ? [0x20] : []) + lower
                    spelling.withUnsafeBufferPointer(body)
                } else {
                    let start = isFirst ? 0 : segment.lowerBound + 1
                    body(UnsafeBufferPointer(rebasing: spaced[start...segment.upperBound]))
                }
            }
        }
    }

    /// Calls `body` with each character of a segment: a mark of case, the space, a code point.
    @inline(__always)
    static func forEachCharacter(
        of segment: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var index = 0
        while index < segment.count {
            let start = index
            if CaseMark.isMark(segment[index]) {
                index += 1
            } else {
                _ = decodeScalar(segment, &index)
            }
            body(UnsafeBufferPointer(rebasing: segment[start..<index]))
        }
    }
}
