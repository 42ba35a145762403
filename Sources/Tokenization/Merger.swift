import HeapModule

/// Joins neighbouring tokens of one segment, the merge that was learned first before all others, the leftmost of
/// several places first (Sennrich et al. 2016, section 3.2).
struct Merger: Sendable {
    /// The longest segment in which scanning for the next merge beats keeping a heap.
    private static let scanLimit = 24

    private var merges: PairTable
    /// The tokens of the marks of case; none that occurs if the vocabulary has no marks.
    private let marks: (title: TokenID, upper: TokenID)

    init(_ vocabulary: Vocabulary) {
        marks = (vocabulary.token(of: .title) ?? -1, vocabulary.token(of: .upper) ?? -1)
        merges = PairTable(minimumCapacity: vocabulary.merges.count)
        for (index, merge) in vocabulary.merges.enumerated() {
            _ = merges.insert(merge.left, merge.right, vocabulary.firstMergeID + TokenID(index))
        }
    }

    /// Merges the tokens from `start` on as far as possible.
    func merge(_ tokens: inout [TokenID], from start: Int) {
        merge(&tokens, from: start, isDropped: { false })
    }

    /// Merges the tokens from `start` on, passing over each possible merge with the given probability at each step
    /// (BPE-dropout, Provilkov et al. 2020, algorithm 1): of the merges that remain the first is done, then all are
    /// possible again; when none remains, it ends. In very long segments some merge nearly always remains, so that
    /// little varies.
    func merge(
        _ tokens: inout [TokenID], from start: Int, dropout: Double,
        using generator: inout some RandomNumberGenerator
    ) {
        // Unlike `Double.random`, this is fast with a generator whose type is not known here.
        let threshold = UInt64(dropout * 0x1p53)
        merge(&tokens, from: start) { generator.next() >> 11 < threshold }
    }

    /// A mark of case is merged when all else is, with a word that is one token by then.
    @inline(__always)
    private func merge(_ tokens: inout [TokenID], from start: Int, isDropped: () -> Bool) {
        let isMarked = tokens[start] == marks.title || tokens[start] == marks.upper
        let first = isMarked ? start + 1 : start
        if tokens.count - first <= Self.scanLimit {
            mergeByScanning(&tokens, from: first, isDropped: isDropped)
        } else {
            mergeByHeap(&tokens, from: first, isDropped: isDropped)
        }
        guard isMarked, tokens.count == first + 1,
            let result = merges.find(tokens[start], tokens[first]), !isDropped()
        else { return }
        tokens.removeLast()
        tokens[start] = result
    }

    @inline(__always)
    private func mergeByScanning(
        _ tokens: inout [TokenID], from start: Int, isDropped: () -> Bool
    ) {
        let count = tokens.count - start
        guard count > 1 else { return }
        let end = tokens.withUnsafeMutableBufferPointer { tokens in
            withUnsafeTemporaryAllocation(of: TokenID.self, capacity: Self.scanLimit) { results in
                mergeByScanning(
                    UnsafeMutableBufferPointer(rebasing: tokens[start...]), results, isDropped)
            }
        }
        tokens.removeLast(count - end)
    }

    /// Merges all tokens and returns how many are left.
    ///
    /// - Parameter results: room for what each token and the next one give.
    @inline(__always)
    private func mergeByScanning(
        _ tokens: UnsafeMutableBufferPointer<TokenID>,
        _ results: UnsafeMutableBufferPointer<TokenID>, _ isDropped: () -> Bool
    ) -> Int {
        func result(_ index: Int) -> TokenID {
            merges.find(tokens[index], tokens[index + 1]) ?? .max
        }
        var count = tokens.count
        for index in 0..<count - 1 { results[index] = result(index) }
        while true {
            var best = TokenID.max
            var position = -1
            for index in 0..<count - 1 where results[index] < best && !isDropped() {
                best = results[index]
                position = index
            }
            guard position >= 0 else { return count }
            count -= 1
            tokens[position] = best
            for index in position + 1..<max(position + 1, count) {
                tokens[index] = tokens[index + 1]
                results[index - 1] = results[index]
            }
            if position > 0 { results[position - 1] = result(position - 1) }
            if position + 1 < count { results[position] = result(position) }
        }
    }

    /// Whether a merge is dropped is asked in the order of preference, up to the first that is not: the others have no
    /// say, so this is the same as asking for all.
    @inline(__always)
    private func mergeByHeap(
        _ tokens: inout [TokenID], from start: Int, isDropped: () -> Bool
    ) {
        var chain = Chain(tokens[start...], merges)
        var dropped: [Candidate] = []
        while let candidate = chain.nextCandidate() {
            if isDropped() {
                dropped.append(candidate)
            } else {
                chain.apply(candidate)
                chain.restore(dropped)
                dropped.removeAll(keepingCapacity: true)
            }
        }
        tokens.replaceSubrange(start..., with: chain.tokens)
    }
}

/// A merge that was possible when it was noted. The order is that of preference.
private struct Candidate: Comparable {
    private let key: UInt64

    init(result: TokenID, position: Int) {
        key = UInt64(UInt32(bitPattern: result)) << 32 | UInt64(position)
    }

    var result: TokenID { TokenID(truncatingIfNeeded: key >> 32) }
    var position: Int { Int(key & 0xFFFF_FFFF) }

    static func < (left: Candidate, right: Candidate) -> Bool { left.key < right.key }
}

/// The tokens of a segment as a linked list, and a heap of the merges that are possible in it.
private struct Chain {
    private var values: [TokenID]
    private var next: [Int32]
    private var previous: [Int32]
    private var candidates: Heap<Candidate>
    private let merges: PairTable

    private static let none: Int32 = -1
    /// The value of a place that was merged into the one on its left.
    private static let gone: TokenID = -1

    init(_ tokens: ArraySlice<TokenID>, _ merges: PairTable) {
        values = Array(tokens)
        let count = Int32(values.count)
        next = (0..<count).map { $0 + 1 < count ? $0 + 1 : Self.none }
        previous = (0..<count).map { $0 - 1 }
        var possible: [Candidate] = []
        for index in 0..<max(0, values.count - 1) {
            if let result = merges.find(values[index], values[index + 1]) {
                possible.append(Candidate(result: result, position: index))
            }
        }
        candidates = Heap(possible)
        self.merges = merges
    }

    var tokens: [TokenID] { values.filter { $0 != Self.gone } }

    /// Takes out the first merge that is still possible.
    mutating func nextCandidate() -> Candidate? {
        while let candidate = candidates.popMin() {
            if isPossible(candidate) { return candidate }
        }
        return nil
    }

    mutating func restore(_ dropped: [Candidate]) { candidates.insert(contentsOf: dropped) }

    mutating func apply(_ candidate: Candidate) {
        let left = candidate.position
        let right = Int(next[left])
        values[left] = candidate.result
        values[right] = Self.gone
        next[left] = next[right]
        if next[left] != Self.none { previous[Int(next[left])] = Int32(left) }
        note(left)
        if previous[left] != Self.none { note(Int(previous[left])) }
    }

    private func isPossible(_ candidate: Candidate) -> Bool {
        let left = candidate.position
        guard values[left] != Self.gone, next[left] != Self.none else { return false }
        return merges.find(values[left], values[Int(next[left])]) == candidate.result
    }

    private mutating func note(_ left: Int) {
        guard next[left] != Self.none else { return }
        if let result = merges.find(values[left], values[Int(next[left])]) {
            candidates.insert(Candidate(result: result, position: left))
        }
    }
}
