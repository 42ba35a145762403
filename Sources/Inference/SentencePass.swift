import Kernels
import Tokenization
import Transformer

/// Passes sentences through the encoder, and reads from its states what is wanted of them.
///
/// What is read depends on the sentence and the model alone. It may be used from several threads at once.
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
        /// Of the labels, by their raw values, before calibration; none if they were not asked for.
        var probabilities: [Float] = []
    }

    private let loaded: LoadedModel
    private let groups: SentenceGroups

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - batchSize: the most sentences that are computed together, at least 1.
    init(_ model: LoadedModel, threadCount: Int, batchSize: Int) {
        loaded = model
        groups = SentenceGroups(threadCount: threadCount, batchSize: batchSize)
    }

    /// What is read of sentences, in their order.
    ///
    /// - Parameters:
    ///   - search: nil: no translation is searched for.
    ///   - classifies: whether the sentiment is wanted.
    /// - Precondition: no sentence is longer than the model's maximum length.
    func read(
        _ sentences: [[TokenID]], search: Search? = nil, classifies: Bool = false
    ) -> [Reading] {
        let width = search?.options.width ?? 1
        let beamSearch = search.map { BeamSearch(loaded, startID: $0.startID, options: $0.options) }
        var tasks: Set<ModelTask> = []
        if search != nil { tasks.insert(.translation) }
        if classifies { tasks.insert(.sentiment) }
        return groups.map(sentences, hypothesisCount: width) { [loaded, tasks] batch, scratch in
            let pass = loaded.pass(scratch.workspace)
            let states = loaded.model.encode(batch, for: tasks, pass)
            var readings = [Reading](repeating: Reading(), count: batch.segments.count)
            if let states = states[.sentiment] {
                for (index, row) in Self.probabilities(loaded, states, pass).enumerated() {
                    readings[index].probabilities = row
                }
            }
            if let beamSearch, let states = states[.translation] {
                for (index, found) in beamSearch.search(states, scratch).enumerated() {
                    readings[index].hypotheses = found
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
