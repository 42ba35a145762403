import Kernels
import Tokenization

/// A token and the logarithm of its probability after a hypothesis.
struct ScoredToken: Hashable {
    let id: TokenID
    let logProbability: Float
}

/// Which tokens may follow in a translation: every subword; the end, by its own rule; no other special token.
struct TokenCandidates {
    /// Special tokens come before the subwords.
    private let firstSubword: Int

    init(_ vocabulary: Vocabulary) {
        firstSubword =
            (0..<vocabulary.count).first { !vocabulary.isSpecial(TokenID($0)) } ?? vocabulary.count
    }

    /// The subwords with the `count` largest logits, the largest first; of equal ones the lower ID comes first. Numbers
    /// that are not above minus infinity are passed over.
    func best(_ count: Int, of logits: UnsafeBufferPointer<Float>) -> [ScoredToken] {
        largest(count, of: UnsafeBufferPointer(rebasing: logits[firstSubword...])).map {
            ScoredToken(id: TokenID(firstSubword + $0.index), logProbability: $0.value)
        }
    }
}
