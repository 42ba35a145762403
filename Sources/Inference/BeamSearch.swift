import Kernels
import Tokenization
import Transformer

/// Beam search (Graves 2012; Sutskever et al. 2014, section 3.2) over the sentences of a batch at once, by one model or by
/// the mean of the probabilities that several give to the next token. A sentence whose search is over leaves the batch. With
/// a beam of 1 it is greedy search.
struct BeamSearch {
    private let members: [Ensemble.Member]
    private let startID: TokenID
    private let options: SearchOptions
    private let vocabulary: Vocabulary
    private let distributions: TokenDistributions

    /// - Parameters:
    ///   - members: at least one, of one tokenizer.
    ///   - startID: the start token of the target language.
    init(_ members: [Ensemble.Member], startID: TokenID, options: SearchOptions) {
        self.members = members
        self.startID = startID
        self.options = options
        vocabulary = members[0].model.tokenizer.vocabulary
        distributions = TokenDistributions(members)
    }

    /// The finished hypotheses of each sentence, the best first, at least one.
    ///
    /// - Parameter sources: the states of the same sentences in the encoder of each model.
    /// - Precondition: no sentence is longer than any model's maximum length.
    func search(_ sources: [EncoderStates], _ scratch: Scratch) -> [[FinishedHypothesis]] {
        let passes = members.map { $0.model.pass(scratch.workspace) }
        let arena = scratch.workspace.arena
        let (mark, cacheMark) = (arena.mark, scratch.cache.mark)
        defer {
            arena.release(to: mark)
            scratch.cache.release(to: cacheMark)
        }
        let decoders = members.indices.map { index in
            DecoderStep(
                members[index].model.model.decoder, sources[index], cache: scratch.cache,
                passes[index])
        }
        var beams = beams(of: sources[0])
        var active = Array(beams.indices)
        while !active.isEmpty {
            let stepMark = arena.mark
            step(&beams, active, decoders, passes)
            arena.release(to: stepMark)
            active.removeAll { beams[$0].live.isEmpty }
        }
        return beams.map(\.finished)
    }

    private func beams(of source: EncoderStates) -> [Beam] {
        let modelMaximum = members.map(\.model.model.configuration.maximumLength).min() ?? 0
        return source.segments.lengths.enumerated().map { sentence, length in
            Beam(
                sentence: sentence, modelCount: members.count,
                maximumLength: options.maximumLength(sourceLength: length, model: modelMaximum),
                eosID: vocabulary.eosID, options: options)
        }
    }

    /// Takes all live hypotheses of the active sentences one token further.
    private func step(
        _ beams: inout [Beam], _ active: [Int], _ decoders: [DecoderStep], _ passes: [Pass]
    ) {
        let hypotheses = active.flatMap { beams[$0].live }
        let tokens = hypotheses.map { $0.tokens.last ?? startID }
        let states = decoders.indices.map { model in
            var prefixes = hypotheses.map { $0.prefixes[model] }
            let states = decoders[model].states(after: tokens, appendingTo: &prefixes)
            for (sentence, rows) in liveRows(beams, active) {
                beams[sentence].setPrefixes(prefixes[rows], ofModel: model)
            }
            return states
        }
        let counts = active.flatMap { beams[$0].expansionCounts }
        let expansions = distributions.expansions(states, counts, passes)
        for (sentence, rows) in liveRows(beams, active) {
            beams[sentence].advance(expansions[rows])
        }
    }

    /// Where the live hypotheses of each active sentence stand among those of all.
    private func liveRows(
        _ beams: [Beam], _ active: [Int]
    ) -> [(sentence: Int, rows: Range<Int>)] {
        var row = 0
        return active.map { sentence in
            defer { row += beams[sentence].live.count }
            return (sentence, row..<row + beams[sentence].live.count)
        }
    }
}
