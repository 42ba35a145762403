/// Cuts a word into the segments that merges never cross (`WordSegmenter`) and says how subwords spell each: by a
/// `CaseMark`, if the rule asks for it, the space before the word, if it is the first, and the letters.
struct SegmentSpeller: Sendable {
    private let marksCase: Bool

    init(_ rule: NormalizationRule) { marksCase = rule.letterCase == .marked }

    /// Calls `body` with each segment: its mark, whether it is the first, and its letters, in lower case behind a mark.
    /// Once, without letters, for an empty word.
    @inline(__always)
    func forEachSegment(
        of word: UnsafeBufferPointer<UInt8>,
        _ body: (CaseMark?, Bool, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        WordSegmenter.forEachSegment(of: word) { range in
            let isFirst = range.lowerBound == 0
            let segment = UnsafeBufferPointer(rebasing: word[range])
            if marksCase, let (mark, lower) = CaseMark.split(segment) {
                lower.withUnsafeBufferPointer { body(mark, isFirst, $0) }
            } else {
                body(nil, isFirst, segment)
            }
        }
    }

    /// Calls `body` with what spells each segment.
    func forEachSpelling(
        of word: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var spelling: [UInt8] = []
        forEachSegment(of: word) { mark, isFirst, letters in
            spelling.removeAll(keepingCapacity: true)
            if let mark { spelling.append(mark.rawValue) }
            if isFirst { spelling.append(0x20) }
            spelling.append(contentsOf: letters)
            spelling.withUnsafeBufferPointer(body)
        }
    }

    /// Calls `body` with each character of a spelling: a mark of case, the space, a code point.
    static func forEachCharacter(
        of spelling: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var index = 0
        while index < spelling.count {
            let start = index
            if CaseMark.isMark(spelling[index]) {
                index += 1
            } else {
                _ = decodeScalar(spelling, &index)
            }
            body(UnsafeBufferPointer(rebasing: spelling[start..<index]))
        }
    }
}
