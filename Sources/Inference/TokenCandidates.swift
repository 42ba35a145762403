import Tokenization

/// A token and the logarithm of its probability after a hypothesis.
struct ScoredToken: Hashable {
    let id: TokenID
    let logProbability: Float
}

/// Which tokens may follow in a translation: every subword; the end, by its own rule; no other special token.
struct TokenCandidates {
    private let isSubword: [Bool]

    init(_ vocabulary: Vocabulary) {
        isSubword = (0..<vocabulary.count).map { !vocabulary.isSpecial(TokenID($0)) }
    }

    /// The subwords with the `count` largest logits, the largest first; of equal ones the lower ID comes first. Numbers
    /// that are not above minus infinity are passed over.
    func best(_ count: Int, of logits: UnsafeBufferPointer<Float>) -> [ScoredToken] {
        guard count > 0 else { return [] }
        var best: [ScoredToken] = []
        best.reserveCapacity(count)
        var threshold = -Float.infinity
        for (index, logit) in logits.enumerated() where logit > threshold {
            guard isSubword[index] else { continue }
            if best.count == count { best.removeLast() }
            let place = best.lastIndex { $0.logProbability >= logit }.map { $0 + 1 } ?? 0
            best.insert(ScoredToken(id: TokenID(index), logProbability: logit), at: place)
            if best.count == count { threshold = best[count - 1].logProbability }
        }
        return best
    }
}
