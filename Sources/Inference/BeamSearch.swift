import Kernels
import Tokenization
import Transformer

/// Beam search (Graves 2012; Sutskever et al. 2014, section 3.2) over the sentences of a batch at once. A sentence whose
/// search is over leaves the batch. With a beam of 1 it is greedy search.
struct BeamSearch {
    private let loaded: LoadedModel
    private let startID: TokenID
    private let options: SearchOptions
    private let candidates: TokenCandidates

    /// - Parameter startID: the start token of the target language.
    init(_ loaded: LoadedModel, startID: TokenID, options: SearchOptions) {
        self.loaded = loaded
        self.startID = startID
        self.options = options
        candidates = TokenCandidates(loaded.tokenizer.vocabulary)
    }

    /// The finished hypotheses of each sentence, the best first, at least one.
    ///
    /// - Precondition: no sentence is longer than the model's maximum length.
    func search(_ source: EncoderStates, _ scratch: Scratch) -> [[FinishedHypothesis]] {
        let pass = loaded.pass(scratch.workspace)
        let arena = scratch.workspace.arena
        let (mark, cacheMark) = (arena.mark, scratch.cache.mark)
        defer {
            arena.release(to: mark)
            scratch.cache.release(to: cacheMark)
        }
        let decoder = DecoderStep(loaded.model.decoder, source, cache: scratch.cache, pass)
        var beams = beams(of: source)
        var active = Array(beams.indices)
        while !active.isEmpty {
            let stepMark = arena.mark
            step(&beams, active, decoder, pass)
            arena.release(to: stepMark)
            active.removeAll { beams[$0].live.isEmpty }
        }
        return beams.map(\.finished)
    }

    private func beams(of source: EncoderStates) -> [Beam] {
        source.segments.lengths.enumerated().map { sentence, length in
            Beam(
                sentence: sentence,
                maximumLength: options.maximumLength(
                    sourceLength: length, model: loaded.model.configuration.maximumLength),
                eosID: loaded.tokenizer.vocabulary.eosID, options: options)
        }
    }

    /// Takes all live hypotheses of the active sentences one token further.
    private func step(
        _ beams: inout [Beam], _ active: [Int], _ decoder: DecoderStep, _ pass: Pass
    ) {
        let hypotheses = active.flatMap { beams[$0].live }
        var prefixes = hypotheses.map(\.prefix)
        let states = decoder.states(
            after: hypotheses.map { $0.tokens.last ?? startID }, appendingTo: &prefixes)
        let counts = active.flatMap { beams[$0].expansionCounts }
        let expansions = expansions(states, counts, pass)
        var row = 0
        for sentence in active {
            let rows = row..<row + beams[sentence].live.count
            beams[sentence].setPrefixes(prefixes[rows])
            beams[sentence].advance(expansions[rows])
            row = rows.upperBound
        }
    }

    /// Rows of states whose logits exist at a time: they stay in cache until all is read from them.
    private static let chunkRows = 48

    /// The best continuations of each row of states.
    private func expansions(_ states: Matrix, _ counts: [Int], _ pass: Pass) -> [Expansion] {
        var expansions: [Expansion] = []
        expansions.reserveCapacity(states.rows)
        for first in stride(from: 0, to: states.rows, by: Self.chunkRows) {
            let rows = first..<min(states.rows, first + Self.chunkRows)
            let mark = pass.arena.mark
            let logits = loaded.model.logits(states.rows(rows), pass)
            for row in rows {
                let values = UnsafeBufferPointer(
                    start: logits.row(row - first), count: logits.columns)
                expansions.append(expansion(of: values, counts[row]))
            }
            pass.arena.release(to: mark)
        }
        return expansions
    }

    private func expansion(of logits: UnsafeBufferPointer<Float>, _ count: Int) -> Expansion {
        let logSum = logSumExponentials(logits)
        return Expansion(
            subwords: candidates.best(count, of: logits).map { token in
                ScoredToken(
                    id: token.id, logProbability: logProbability(token.logProbability, logSum))
            },
            endLogProbability: logProbability(
                logits[Int(loaded.tokenizer.vocabulary.eosID)], logSum))
    }

    /// Numbers that overflowed count as impossible, so that they can be put in order.
    private func logProbability(_ logit: Float, _ logSum: Float) -> Float {
        let difference = logit - logSum
        return difference.isNaN ? -.infinity : difference
    }
}
