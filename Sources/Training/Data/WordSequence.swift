import Kernels
import Tokenization

/// The words of a text as the hold-out compares them, each as a hash that is the same on every machine.
///
/// Words stand between white space; case and punctuation at a word's ends do not count, since corpora made from the same
/// sentences differ in both. A text without any word is one word, itself.
struct WordSequence: Hashable, Sendable {
    let hashes: [UInt64]

    init(_ text: String) {
        let words = text.inLowerCase().split(whereSeparator: \.isWhitespace).compactMap { piece in
            let scalars = String(piece).unicodeScalars
            let word = scalars.trimmingPunctuation
            return word.isEmpty ? nil : stableHash(word)
        }
        hashes = words.isEmpty ? [stableHash(text.unicodeScalars[...])] : words
    }

    /// The hash of the whole sequence.
    var key: UInt64 { hashes.reduce(phraseSeed, extendPhrase) }
}

/// The hash of no words, and of a phrase with one more word.
let phraseSeed: UInt64 = 0

func extendPhrase(_ phrase: UInt64, _ word: UInt64) -> UInt64 { SeededGenerator.seed(phrase, word) }

/// FNV-1a over UTF-8 (Fowler, Noll and Vo), its weak high bits mixed by SplitMix64's finaliser.
private func stableHash(_ text: Substring.UnicodeScalarView) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in Substring(text).utf8 {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return SeededGenerator.seed(hash)
}

extension String.UnicodeScalarView {
    /// What remains without the punctuation at both ends.
    fileprivate var trimmingPunctuation: Substring.UnicodeScalarView {
        guard let first = firstIndex(where: { !$0.isPunctuation }),
            let last = lastIndex(where: { !$0.isPunctuation })
        else { return self[endIndex...] }
        return self[first...last]
    }
}

extension Unicode.Scalar {
    fileprivate var isPunctuation: Bool {
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            true
        // The other characters that type quotation marks and apostrophes: ` and ´.
        case .modifierSymbol: value == 0x60 || value == 0xB4
        default: false
        }
    }
}
