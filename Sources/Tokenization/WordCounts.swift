import Dispatch

/// How often each word, the text between two spaces, occurs in normalised text.
struct WordCounts: Sendable {
    private var words = ByteStringTable()
    private var counts: [Int] = []

    /// Lines that a thread takes at a time.
    private static let chunkSize = 2048

    /// Normalises and counts on several threads. Sums do not depend on who counted what, so neither does the result,
    /// which `sorted` puts in order.
    static func count(
        _ lines: [String], _ normalizer: Normalizer, threadCount: Int
    ) -> WordCounts {
        var parts = Array(repeating: WordCounts(), count: threadCount)
        parts.withUnsafeMutableBufferPointer { parts in
            // Each iteration writes its own element only.
            nonisolated(unsafe) let parts = parts
            DispatchQueue.concurrentPerform(iterations: threadCount) { thread in
                var counts = WordCounts()
                for start in stride(
                    from: thread * chunkSize, to: lines.count, by: threadCount * chunkSize)
                {
                    for line in lines[start..<min(start + chunkSize, lines.count)] {
                        counts.add(normalizer.normalize(line))
                    }
                }
                parts[thread] = counts
            }
        }
        var total = parts.removeFirst()
        for part in parts { total.add(part) }
        return total
    }

    /// The words in the order of their bytes, with their counts.
    var sorted: [(word: ArraySlice<UInt8>, count: Int)] {
        counts.indices.map { (words[$0], counts[$0]) }
            .sorted { $0.word.lexicographicallyPrecedes($1.word) }
    }

    mutating func add(_ word: UnsafeBufferPointer<UInt8>, count: Int) {
        let index = words.insert(word)
        if index == counts.count { counts.append(0) }
        counts[index] += count
    }

    private mutating func add(_ text: NormalizedText) {
        var string = text.string
        string.withUTF8 { forEachWord(of: $0) { add($0, count: 1) } }
    }

    private mutating func add(_ other: WordCounts) {
        for index in other.counts.indices {
            other.words[index].withUnsafeBufferPointer { add($0, count: other.counts[index]) }
        }
    }
}
