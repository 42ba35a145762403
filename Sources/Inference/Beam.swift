import Tokenization
import Transformer

/// A translation as far as it has come.
struct Hypothesis {
    var tokens: [TokenID] = []
    /// Of all its tokens.
    var logProbability: Float = 0
    /// What the decoder of each model has seen.
    var prefixes: [DecoderStep.Prefix]
}

/// A translation that has ended.
package struct FinishedHypothesis: Hashable, Sendable {
    /// Without the end.
    package let tokens: [TokenID]
    /// Of all its tokens and the end.
    let logProbability: Float
    /// What it is ranked by.
    let rankingScore: Float

    /// The number of tokens, the end included.
    var length: Int { tokens.count + 1 }
}

/// What may follow a hypothesis.
struct Expansion {
    /// The most probable subwords, the best first.
    let subwords: [ScoredToken]
    /// The logarithm of the probability that the translation ends here.
    let endLogProbability: Float
}

/// The search for the translations of one sentence: the hypotheses that live, those that have ended.
struct Beam {
    private let options: SearchOptions
    private let maximumLength: Int
    private let eosID: TokenID
    /// The best first; empty when the search is over.
    private(set) var live: [Hypothesis]
    /// The best first, at most as many as the beam is wide.
    private(set) var finished: [FinishedHypothesis] = []

    /// - Parameters:
    ///   - modelCount: the models that search together.
    ///   - maximumLength: the most tokens of a translation, the end included.
    init(
        sentence: Int, modelCount: Int = 1, maximumLength: Int, eosID: TokenID,
        options: SearchOptions
    ) {
        self.options = options
        self.maximumLength = maximumLength
        self.eosID = eosID
        let empty = DecoderStep.Prefix(sentence: sentence)
        live = [Hypothesis(prefixes: Array(repeating: empty, count: modelCount))]
    }

    /// The number of subwords that the next step needs of each live hypothesis, those included that it may not use; 0 if all
    /// must end.
    var expansionCounts: [Int] {
        live.map { length == maximumLength ? 0 : options.width + blockedTokens(after: $0).count }
    }

    /// The tokens of a live hypothesis after the next step.
    private var length: Int { (live.first?.tokens.count ?? 0) + 1 }

    /// Goes one token further: of all expansions those with the highest log-probability live on, as many as the beam is
    /// wide; ends that rank among as many are finished. Of equal ones the lower token ID comes first, then the better
    /// hypothesis.
    ///
    /// - Parameter expansions: one for each live hypothesis.
    mutating func advance(_ expansions: ArraySlice<Expansion>) {
        var next: [Hypothesis] = []
        let isLast = length == maximumLength
        for (rank, candidate) in candidates(expansions).enumerated() {
            if candidate.token.id == eosID {
                if rank < options.width || isLast { finish(candidate) }
            } else if next.count < options.width {
                var hypothesis = live[candidate.parent]
                hypothesis.tokens.append(candidate.token.id)
                hypothesis.logProbability = candidate.token.logProbability
                next.append(hypothesis)
            }
        }
        live = next
        if isDecided { live = [] }
    }

    /// Remembers what the decoder of a model has seen of each live hypothesis.
    mutating func setPrefixes(_ prefixes: ArraySlice<DecoderStep.Prefix>, ofModel model: Int) {
        for (index, prefix) in prefixes.enumerated() { live[index].prefixes[model] = prefix }
    }

    /// A live hypothesis with one more token.
    private struct Candidate {
        let parent: Int
        /// With the log-probability of the whole.
        let token: ScoredToken
    }

    private var mayEnd: Bool { length >= min(options.minimumLength, maximumLength) }

    private func candidates(_ expansions: ArraySlice<Expansion>) -> [Candidate] {
        var candidates: [Candidate] = []
        for (parent, (hypothesis, expansion)) in zip(live, expansions).enumerated() {
            let end = ScoredToken(id: eosID, logProbability: expansion.endLogProbability)
            let blocked = blockedTokens(after: hypothesis)
            let subwords = expansion.subwords.filter { !blocked.contains($0.id) }
            for token in subwords.prefix(options.width) + (mayEnd ? [end] : []) {
                candidates.append(
                    Candidate(
                        parent: parent,
                        token: ScoredToken(
                            id: token.id,
                            logProbability: hypothesis.logProbability + token.logProbability)))
            }
        }
        return candidates.sorted { a, b in
            if a.token.logProbability != b.token.logProbability {
                return a.token.logProbability > b.token.logProbability
            }
            return (a.token.id, a.parent) < (b.token.id, b.parent)
        }
    }

    /// The tokens that would repeat an n-gram of the hypothesis.
    private func blockedTokens(after hypothesis: Hypothesis) -> Set<TokenID> {
        guard let size = options.blockedNGramSize, hypothesis.tokens.count >= size else {
            return []
        }
        let tokens = hypothesis.tokens
        let last = tokens.suffix(size - 1)
        let starts = 0...tokens.count - size
        return Set(
            starts.lazy.filter { tokens[$0..<$0 + size - 1].elementsEqual(last) }
                .map { tokens[$0 + size - 1] })
    }

    private mutating func finish(_ candidate: Candidate) {
        let score = options.rankingScore(candidate.token.logProbability, length: length)
        let place = finished.lastIndex { $0.rankingScore >= score }.map { $0 + 1 } ?? 0
        guard place < options.width else { return }
        if finished.count == options.width { finished.removeLast() }
        finished.insert(
            FinishedHypothesis(
                tokens: live[candidate.parent].tokens,
                logProbability: candidate.token.logProbability, rankingScore: score),
            at: place)
    }

    /// Whether a beam's width has finished, or no live hypothesis can still enter the answer: its log-probability only
    /// falls, and the longest translation divides it by the most.
    private var isDecided: Bool {
        if finished.count >= options.width { return true }
        guard finished.count >= options.alternativeCount, let best = live.first else {
            return false
        }
        let bound = options.rankingScore(best.logProbability, length: maximumLength)
        return bound <= finished[options.alternativeCount - 1].rankingScore
    }
}
