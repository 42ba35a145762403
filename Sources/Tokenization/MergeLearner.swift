import HeapModule

/// Finds one merge after the other. Counts of pairs are kept up to date instead of counted anew: a merge touches only
/// the segments in which its pair occurs.
struct MergeLearner {
    /// One distinct segment: `tokens[start..<end]`, shortened as merges are applied.
    private struct Segment {
        let start: Int
        var end: Int
        let count: Int
    }

    private struct Pair {
        let merge: Vocabulary.Merge
        var count = 0
        /// The segments that the pair is or was in, each at least once.
        var segments: [Int32] = []
    }

    /// A pair with a count that may have fallen since. The greatest is merged first.
    private struct Candidate: Comparable {
        let count: Int
        /// The left spelling, a zero, which no spelling has, and the right one: compares as the two do in turn.
        let spelling: [UInt8]
        let pair: Int

        static func < (left: Candidate, right: Candidate) -> Bool {
            if left.count != right.count { return left.count < right.count }
            return right.spelling.lexicographicallyPrecedes(left.spelling)
        }

        static func == (left: Candidate, right: Candidate) -> Bool {
            left.pair == right.pair && left.count == right.count
        }
    }

    private var tokens: [TokenID] = []
    private var segments: [Segment] = []
    private var pairs: [Pair] = []
    private var pairNumbers = PairTable(minimumCapacity: 1 << 14)
    private var candidates = Heap<Candidate>()
    private let firstCharacterID: TokenID

    init(_ words: [(word: ArraySlice<UInt8>, count: Int)], _ vocabulary: Vocabulary) {
        firstCharacterID = vocabulary.firstCharacterID
        for (segment, count) in Self.segmentCounts(words).sorted {
            append(segment, count: count, vocabulary)
        }
        for index in segments.indices { count(index) }
        noteCandidates(from: 0, vocabulary)
    }

    /// Merges the most frequent pair and adds it to the vocabulary; false if no pair is left.
    mutating func learnMerge(_ vocabulary: inout Vocabulary) -> Bool {
        while let candidate = candidates.popMax() {
            let pair = pairs[candidate.pair]
            if pair.count < candidate.count {
                // Stale: back to where it belongs now.
                noteCandidate(candidate.pair, candidate.spelling)
                continue
            }
            guard let result = vocabulary.append(pair.merge) else { continue }
            let known = pairs.count
            for segment in pair.segments { apply(pair.merge, result, to: Int(segment)) }
            noteCandidates(from: known, vocabulary)
            return true
        }
        return false
    }

    /// Segments of all words; the first of a word with its space.
    private static func segmentCounts(
        _ words: [(word: ArraySlice<UInt8>, count: Int)]
    ) -> WordCounts {
        var counts = WordCounts()
        for (word, count) in words {
            ([0x20] + word).withUnsafeBufferPointer { spaced in
                let word = UnsafeBufferPointer(rebasing: spaced[1...])
                WordSegmenter.forEachSegment(of: word) { segment in
                    let start = segment.lowerBound == 0 ? 0 : segment.lowerBound + 1
                    counts.add(
                        UnsafeBufferPointer(rebasing: spaced[start...segment.upperBound]),
                        count: count)
                }
            }
        }
        return counts
    }

    private mutating func append(
        _ segment: ArraySlice<UInt8>, count: Int, _ vocabulary: Vocabulary
    ) {
        let start = tokens.count
        for scalar in String(decoding: segment, as: UTF8.self).unicodeScalars {
            let spelling = Array(String(scalar).utf8)
            // One byte token stands for all that is spelled by bytes: no merge touches it.
            tokens.append(vocabulary.token(spelled: spelling) ?? vocabulary.firstByteID)
        }
        segments.append(Segment(start: start, end: tokens.count, count: count))
    }

    /// Counts the pairs of a segment.
    private mutating func count(_ segment: Int) {
        let (start, end, count) = (
            segments[segment].start, segments[segment].end, segments[segment].count
        )
        for index in start..<max(start, end - 1) {
            guard let number = number(tokens[index], tokens[index + 1]) else { continue }
            pairs[number].count += count
            if pairs[number].segments.last != Int32(segment) {
                pairs[number].segments.append(Int32(segment))
            }
        }
    }

    /// The number of a pair, which is new if it has none; nil if it cannot be merged.
    private mutating func number(_ left: TokenID, _ right: TokenID) -> Int? {
        guard left >= firstCharacterID, right >= firstCharacterID else { return nil }
        let number = Int(pairNumbers.insert(left, right, Int32(pairs.count)))
        if number == pairs.count {
            pairs.append(Pair(merge: Vocabulary.Merge(left: left, right: right)))
        }
        return number
    }

    /// Joins each occurrence of the pair in a segment, from left to right, and keeps the counts true.
    private mutating func apply(_ merge: Vocabulary.Merge, _ result: TokenID, to segment: Int) {
        let (start, end, count) = (
            segments[segment].start, segments[segment].end, segments[segment].count
        )
        guard
            (start..<max(start, end - 1)).contains(where: {
                tokens[$0] == merge.left && tokens[$0 + 1] == merge.right
            })
        else { return }
        for index in start..<end - 1 {
            if let number = number(tokens[index], tokens[index + 1]) {
                pairs[number].count -= count
            }
        }
        var kept = start
        var index = start
        while index < end {
            let joins =
                tokens[index] == merge.left && index + 1 < end && tokens[index + 1] == merge.right
            tokens[kept] = joins ? result : tokens[index]
            kept += 1
            index += joins ? 2 : 1
        }
        segments[segment].end = kept
        for index in start..<max(start, kept - 1) {
            guard let number = number(tokens[index], tokens[index + 1]) else { continue }
            pairs[number].count += count
            // The segment is known to the pairs that it already had.
            if tokens[index] == result || tokens[index + 1] == result {
                if pairs[number].segments.last != Int32(segment) {
                    pairs[number].segments.append(Int32(segment))
                }
            }
        }
    }

    private mutating func noteCandidates(from first: Int, _ vocabulary: Vocabulary) {
        for number in first..<pairs.count {
            let merge = pairs[number].merge
            let spelling =
                vocabulary.spellings[Int(merge.left)] + [0] + vocabulary.spellings[Int(merge.right)]
            noteCandidate(number, spelling)
        }
    }

    private mutating func noteCandidate(_ pair: Int, _ spelling: [UInt8]) {
        guard pairs[pair].count > 0 else { return }
        candidates.insert(Candidate(count: pairs[pair].count, spelling: spelling, pair: pair))
    }
}
