import Synchronization

/// The tokens of words seen before. A bounded number: when full it forgets all, since the common words come back at
/// once.
struct WordCache: ~Copyable, Sendable {
    private static let wordLimit = 1 << 16
    private static let byteLimit = 1 << 21
    /// Longer words are rare and seldom come back.
    static let wordByteLimit = 64

    private var words = ByteStringTable(count: wordLimit, byteCount: byteLimit)
    /// Where the tokens of each word begin in `tokens`, and where those of the next one will.
    private var starts = [0]
    private var tokens: [TokenID] = []

    /// Takes its memory at once: buffers that grow with the text would leave holes in the heap for good.
    init() {
        starts.reserveCapacity(Self.wordLimit + 1)
        tokens.reserveCapacity(4 * Self.wordLimit)
    }

    /// Appends the word's tokens; false if it is not known.
    func append(_ word: UnsafeBufferPointer<UInt8>, to result: inout [TokenID]) -> Bool {
        guard let index = words.find(word) else { return false }
        for position in starts[index]..<starts[index + 1] { result.append(tokens[position]) }
        return true
    }

    /// Notes the tokens of a word that is not known.
    mutating func insert(_ word: UnsafeBufferPointer<UInt8>, _ wordTokens: ArraySlice<TokenID>) {
        if words.count >= Self.wordLimit || words.byteCount >= Self.byteLimit { self = WordCache() }
        _ = words.insert(word)
        tokens.append(contentsOf: wordTokens)
        starts.append(tokens.count)
    }
}

/// Lends each thread that encodes a cache of its own, so that locks are taken once a text, not once a word.
final class WordCachePool: Sendable {
    private let idle = Mutex<[Box]>([])

    /// A cache is used by the one thread that holds it, and the mutex orders the threads.
    private final class Box: @unchecked Sendable {
        var cache = WordCache()
    }

    @inline(__always)
    func withCache<Result>(_ body: (inout WordCache) -> Result) -> Result {
        let box = idle.withLock { $0.popLast() } ?? Box()
        defer { idle.withLock { $0.append(box) } }
        return body(&box.cache)
    }
}
