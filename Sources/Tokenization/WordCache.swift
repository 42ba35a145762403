import Synchronization

/// The tokens of words seen before. A bounded number: when full it forgets all, since the common words come back at
/// once.
final class WordCache {
    private static let wordLimit = 1 << 16
    private static let byteLimit = 1 << 21
    /// Longer words are rare and seldom come back.
    static let wordByteLimit = 64

    private var words = ByteStringTable()
    private var ends: [Int] = []
    private var tokens: [TokenID] = []

    /// Appends the word's tokens; false if it is not known.
    func append(_ word: UnsafeBufferPointer<UInt8>, to result: inout [TokenID]) -> Bool {
        guard let index = words.find(word) else { return false }
        result.append(contentsOf: tokens[(index == 0 ? 0 : ends[index - 1])..<ends[index]])
        return true
    }

    /// Notes the tokens of a word that is not known.
    func insert(_ word: UnsafeBufferPointer<UInt8>, _ wordTokens: ArraySlice<TokenID>) {
        if words.count >= Self.wordLimit || words.byteCount >= Self.byteLimit {
            words.removeAll()
            ends.removeAll(keepingCapacity: true)
            tokens.removeAll(keepingCapacity: true)
        }
        _ = words.insert(word)
        tokens.append(contentsOf: wordTokens)
        ends.append(tokens.count)
    }
}

/// Lends each thread that encodes a cache of its own, so that locks are taken once a text, not once a word.
final class WordCachePool: Sendable {
    private let idle = Mutex<[Box]>([])

    /// A cache is used by the one thread that holds it, and the mutex orders the threads.
    private struct Box: @unchecked Sendable {
        let cache: WordCache
    }

    func withCache<Result>(_ body: (WordCache) -> Result) -> Result {
        let box = idle.withLock { $0.popLast() } ?? Box(cache: WordCache())
        defer { idle.withLock { $0.append(box) } }
        return body(box.cache)
    }
}
