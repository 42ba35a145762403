import Dispatch
import Synchronization

/// How often each word, the text between two spaces, occurs in normalised text.
struct WordCounts: ~Copyable, Sendable {
    private var words = ByteStringTable()
    private var counts: [Int] = []

    /// Lines that a thread takes at a time.
    private static let chunkSize = 2048

    /// Normalises and counts on several threads. Who counts what, and with that the order of the words, is left to
    /// chance; their sums are not.
    static func count(
        _ lines: [String], _ normalizer: Normalizer, threadCount: Int
    ) -> WordCounts {
        let next = Atomic(0)
        let total = Mutex(WordCounts())
        DispatchQueue.concurrentPerform(iterations: threadCount) { _ in
            var counts = WordCounts()
            while true {
                let start = next.wrappingAdd(chunkSize, ordering: .relaxed).oldValue
                guard start < lines.count else { break }
                for line in lines[start..<min(start + chunkSize, lines.count)] {
                    counts.add(normalizer.normalize(line))
                }
            }
            total.withLock { total in counts.forEach { total.add($0, count: $1) } }
        }
        return total.withLock { total in
            let result = total
            total = WordCounts()
            return result
        }
    }

    var isEmpty: Bool { counts.isEmpty }

    /// Calls `body` with each word and its count.
    func forEach(_ body: (UnsafeBufferPointer<UInt8>, Int) -> Void) {
        for index in counts.indices {
            words[index].withUnsafeBufferPointer { body($0, counts[index]) }
        }
    }

    /// How often each segment of the words occurs.
    func segments(_ speller: SegmentSpeller) -> WordCounts {
        var segments = WordCounts()
        forEach { word, count in
            speller.forEachSpelling(of: word) { segments.add($0, count: count) }
        }
        return segments
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
}
