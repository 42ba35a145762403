import Kernels
import Tokenization
import Transformer

/// Passes sentences through the encoders of models with one tokenizer, and reads from their states what is wanted of them.
///
/// What is read depends on the sentence and the models alone. It may be used from several threads at once.
final class SentencePass: Sendable {
    /// What a search for translations needs.
    struct Search: Sendable {
        /// The start token of the target language.
        let startID: TokenID
        let options: SearchOptions
    }

    /// What is read of a sentence.
    struct Reading: Sendable {
        /// The finished hypotheses, the best first, at least one; none without a search.
        var hypotheses: [FinishedHypothesis] = []
        /// For each model those of the labels, by their raw values, before calibration; none if they were not asked for.
        var probabilities: [[Float]] = []
    }

    let members: [Ensemble.Member]
    private let groups: SentenceGroups

    /// - Parameters:
    ///   - members: at least one, of one tokenizer.
    ///   - threadCount: at least 1.
    ///   - batchSize: the most sentences that are computed together, at least 1.
    init(_ members: [Ensemble.Member], threadCount: Int, batchSize: Int) {
        self.members = members
        groups = SentenceGroups(threadCount: threadCount, batchSize: batchSize)
    }

    var tokenizer: BPETokenizer { members[0].model.tokenizer }

    /// The most tokens of a sentence that all models can take, its end included.
    var maximumLength: Int {
        members.map(\.model.model.configuration.maximumLength).min() ?? 0
    }

    /// What is read of sentences, in their order.
    ///
    /// - Parameters:
    ///   - search: nil: no translation is searched for.
    ///   - classifies: whether the sentiment is wanted.
    /// - Precondition: no sentence is longer than `maximumLength`.
    func read(
        _ sentences: [[TokenID]], search: Search? = nil, classifies: Bool = false
    ) -> [Reading] {
        let width = search?.options.width ?? 1
        let beamSearch = search.map {
            BeamSearch(members, startID: $0.startID, options: $0.options)
        }
        var tasks: Set<ModelTask> = []
        if search != nil { tasks.insert(.translation) }
        if classifies { tasks.insert(.sentiment) }
        return groups.map(sentences, hypothesisCount: width) {
            [members, tasks] batch, scratch in
            let states = members.map { member in
                member.model.model.encode(batch, for: tasks, member.model.pass(scratch.workspace))
            }
            var readings = [Reading](repeating: Reading(), count: batch.segments.count)
            for (member, states) in zip(members, states) {
                guard let states = states[.sentiment] else { continue }
                let pass = member.model.pass(scratch.workspace)
                for (index, row) in Self.probabilities(member.model, states, pass).enumerated() {
                    readings[index].probabilities.append(row)
                }
            }
            if let beamSearch {
                let found = beamSearch.search(states.compactMap { $0[.translation] }, scratch)
                for (index, hypotheses) in found.enumerated() {
                    readings[index].hypotheses = hypotheses
                }
            }
            return readings
        }
    }

    private static func probabilities(
        _ loaded: LoadedModel, _ states: EncoderStates, _ pass: Pass
    ) -> [[Float]] {
        let mark = pass.arena.mark
        defer { pass.arena.release(to: mark) }
        let logits = loaded.model.sentimentLogits(states, pass)
        let logSums = pass.arena.allocate(logits.rows)
        softmax(logits, logSums: logSums, workspace: pass.workspace)
        return (0..<logits.rows).map { row in
            Array(UnsafeBufferPointer(start: logits.row(row), count: logits.columns))
        }
    }
}
