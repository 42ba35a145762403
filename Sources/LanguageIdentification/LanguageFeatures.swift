/// What a text shows of its language: every run of one to four letters within its words, and the words.
///
/// The letters of words differ so much between languages that a short list of frequent runs tells them apart (Cavnar
/// and Trenkle 1994, "N-Gram-Based Text Categorization"). The space on either side of a word belongs to it, so that
/// beginnings and ends are runs of their own. A run is known by a bucket that its letters are hashed to (Joulin et al.
/// 2016, "Bag of Tricks for Efficient Text Classification", section 2.2); those that fall together share one.
package struct LanguageFeatures: Sendable {
    /// The number of buckets, a power of two. Part of the file's format.
    package static let bucketCount = 1 << 16

    private static let longestRun = 4
    /// Longer words hardly ever come twice.
    private static let longestWord = 20

    /// The bucket of each run and word, in the order of the text; empty for a text without a letter.
    package let buckets: [UInt16]

    package init(_ text: String) {
        let letters = LetterWords(text).letters
        var buckets: [UInt16] = []
        buckets.reserveCapacity(letters.count * (Self.longestRun + 1))
        var start = 0
        while start + 1 < letters.count {
            let next = letters[(start + 1)...].firstIndex(of: 0x20) ?? letters.endIndex - 1
            Self.append(word: letters[start...next], to: &buckets)
            start = next
        }
        self.buckets = buckets
    }

    /// Appends the runs of a word, which has its spaces on both sides, and the word.
    private static func append(word: ArraySlice<UInt32>, to buckets: inout [UInt16]) {
        for start in word.indices {
            var hash = offsetBasis
            for index in start..<min(start + longestRun, word.endIndex) {
                hash = extend(hash, word[index])
                if index == start && word[index] == 0x20 { continue }
                buckets.append(bucket(hash))
            }
        }
        if (longestRun + 1...longestWord).contains(word.count) {
            buckets.append(bucket(word.reduce(offsetBasis, extend)))
        }
    }

    // The hash of Fowler, Noll and Vo (FNV-1a), by code points instead of bytes.
    private static let offsetBasis: UInt32 = 0x811C_9DC5

    private static func extend(_ hash: UInt32, _ letter: UInt32) -> UInt32 {
        (hash ^ letter) &* 0x0100_0193
    }

    /// The hash in 16 bits, the upper ones folded onto the lower.
    private static func bucket(_ hash: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: hash ^ hash >> 15)
    }
}
