import HeapModule

/// Finds one merge after the other. Counts of pairs are kept up to date instead of counted anew: a merge touches only
/// the segments in which its pair occurs. A mark of case and the token behind it are a pair only if that is the whole
/// word.
struct MergeLearner {
    /// One distinct segment: `tokens[start..<end]`, shortened as merges are applied.
    private struct Segment {
        let start: Int
        /// Behind the mark of case, if there is one.
        let firstLetter: Int
        var end: Int
        let count: Int
    }

    private struct Pair {
        let merge: Vocabulary.Merge
        var count = 0
        /// The latest of its occurrences.
        var occurrence = Occurrence.none
    }

    /// A segment that a pair is or was in. The occurrences of a pair are a linked list, which holds each of its
    /// segments at least once.
    private struct Occurrence {
        let segment: Int32
        let previous: Int32

        static let none: Int32 = -1
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
    private var occurrences: [Occurrence] = []
    private var pairNumbers = PairTable(minimumCapacity: 1 << 14)
    private var candidates = Heap<Candidate>()
    private let firstCharacterID: TokenID

    /// The order of the segments does not matter: what is merged next is a function of counts and spellings alone.
    init(_ segmentCounts: borrowing WordCounts, _ vocabulary: Vocabulary) {
        firstCharacterID = vocabulary.firstCharacterID
        segmentCounts.forEach { append($0, count: $1, vocabulary) }
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
            var next = pair.occurrence
            while next != Occurrence.none {
                let occurrence = occurrences[Int(next)]
                apply(pair.merge, result, to: Int(occurrence.segment))
                next = occurrence.previous
            }
            noteCandidates(from: known, vocabulary)
            return true
        }
        return false
    }

    private mutating func append(
        _ segment: UnsafeBufferPointer<UInt8>, count: Int, _ vocabulary: Vocabulary
    ) {
        let start = tokens.count
        SegmentSpeller.forEachCharacter(of: segment) { character in
            // One byte token stands for all that is spelled by bytes: no merge touches it.
            tokens.append(vocabulary.token(spelled: character) ?? vocabulary.firstByteID)
        }
        let isMarked = segment.first.map(CaseMark.isMark) ?? false
        segments.append(
            Segment(
                start: start, firstLetter: isMarked ? start + 1 : start, end: tokens.count,
                count: count))
    }

    /// Counts the pairs of a segment.
    private mutating func count(_ segment: Int) {
        let (first, end) = (segments[segment].firstLetter, segments[segment].end)
        for index in first..<max(first, end - 1) {
            add(tokens[index], tokens[index + 1], in: segment)
        }
        countMark(segment)
    }

    /// Counts the pair of a mark and a word that is one token.
    private mutating func countMark(_ segment: Int) {
        let (start, first) = (segments[segment].start, segments[segment].firstLetter)
        guard start < first, segments[segment].end == first + 1 else { return }
        add(tokens[start], tokens[first], in: segment)
    }

    private mutating func add(_ left: TokenID, _ right: TokenID, in segment: Int) {
        guard let number = number(left, right) else { return }
        pairs[number].count += segments[segment].count
        let latest = pairs[number].occurrence
        if latest == Occurrence.none || occurrences[Int(latest)].segment != segment {
            pairs[number].occurrence = Int32(occurrences.count)
            occurrences.append(Occurrence(segment: Int32(segment), previous: latest))
        }
    }

    private mutating func remove(_ left: TokenID, _ right: TokenID, in segment: Int) {
        guard let number = number(left, right) else { return }
        pairs[number].count -= segments[segment].count
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

    /// Joins each occurrence of the pair in a segment, from left to right, and keeps the counts true: the pairs with
    /// its neighbours give way to those of the result with them.
    private mutating func apply(_ merge: Vocabulary.Merge, _ result: TokenID, to segment: Int) {
        let (start, end) = (segments[segment].start, segments[segment].end)
        let first = segments[segment].firstLetter
        var kept = start
        var index = start
        while index < end {
            let token = tokens[index]
            guard token == merge.left, index + 1 < end, tokens[index + 1] == merge.right else {
                tokens[kept] = token
                kept += 1
                index += 1
                continue
            }
            remove(merge.left, merge.right, in: segment)
            if kept > first {
                remove(tokens[kept - 1], merge.left, in: segment)
                add(tokens[kept - 1], result, in: segment)
            }
            if index + 2 < end {
                remove(merge.right, tokens[index + 2], in: segment)
                add(result, tokens[index + 2], in: segment)
            }
            tokens[kept] = result
            kept += 1
            index += 2
        }
        segments[segment].end = kept
        if kept < end { countMark(segment) }
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
