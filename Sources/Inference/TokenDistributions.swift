import Foundation
import Kernels
import Tokenization
import Transformer

/// What models find probable as the next token of hypotheses: one by its own logits, several by the weighted mean of their
/// probabilities.
struct TokenDistributions {
    private let members: [Ensemble.Member]
    private let candidates: TokenCandidates
    private let eosID: TokenID

    /// - Parameter members: at least one, of one tokenizer.
    init(_ members: [Ensemble.Member]) {
        self.members = members
        let vocabulary = members[0].model.tokenizer.vocabulary
        candidates = TokenCandidates(vocabulary)
        eosID = vocabulary.eosID
    }

    /// Rows of states whose distributions exist at a time: they stay in cache until all is read from them.
    private static let chunkRows = 48

    /// The best continuations of each row of states.
    ///
    /// - Parameters:
    ///   - states: of each model's decoder, `[rows, modelDimension]`.
    ///   - counts: for each row, how many subwords are wanted.
    func expansions(_ states: [Matrix], _ counts: [Int], _ passes: [Pass]) -> [Expansion] {
        var expansions: [Expansion] = []
        expansions.reserveCapacity(counts.count)
        for first in stride(from: 0, to: counts.count, by: Self.chunkRows) {
            let rows = first..<min(counts.count, first + Self.chunkRows)
            let arena = passes[0].arena
            let mark = arena.mark
            let chunk = states.map { $0.rows(rows) }
            let values =
                members.count == 1
                ? members[0].model.model.logits(chunk[0], passes[0])
                : meanProbabilities(chunk, passes)
            for row in rows {
                let values = UnsafeBufferPointer(
                    start: values.row(row - first), count: values.columns)
                expansions.append(expansion(of: values, counts[row]))
            }
            arena.release(to: mark)
        }
        return expansions
    }

    /// `[rows, vocabularySize]`.
    private func meanProbabilities(_ states: [Matrix], _ passes: [Pass]) -> Matrix {
        let model = members[0].model.model
        let (arena, workspace) = (passes[0].arena, passes[0].workspace)
        let mean = arena.zeros(states[0].rows, model.configuration.vocabularySize)
        let mark = arena.mark
        for index in members.indices {
            let logits = members[index].model.model.logits(states[index], passes[index])
            softmax(logits, logSums: arena.allocate(logits.rows), workspace: workspace)
            addScaled(
                logits, scale: Float(members[index].weight), into: mean, workspace: workspace)
            arena.release(to: mark)
        }
        return mean
    }

    /// - Parameter values: the logits of one model, or the mean probabilities of several: the same order of tokens.
    private func expansion(
        of values: UnsafeBufferPointer<Float>, _ count: Int
    ) -> Expansion {
        let logSum = members.count == 1 ? logSumExponentials(values) : 0
        func logProbability(_ value: Float) -> Float {
            let result = members.count == 1 ? value - logSum : log(value)
            // Numbers that overflowed count as impossible, so that they can be put in order.
            return result.isNaN ? -.infinity : result
        }
        return Expansion(
            subwords: candidates.best(count, of: values).map { token in
                ScoredToken(id: token.id, logProbability: logProbability(token.logProbability))
            },
            endLogProbability: logProbability(values[Int(eosID)]))
    }
}
