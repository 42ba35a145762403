import Kernels
import Transformer

/// Says whether texts are negative, neutral or positive.
///
/// An answer depends on its text and the model alone. It may be used from several threads at once.
public final class SentimentClassifier: Sendable {
    private let loaded: LoadedModel
    private let partition: TextPartition
    private let groups: SentenceGroups

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - batchSize: the most sentences that are computed together, at least 1.
    public init(_ model: LoadedModel, threadCount: Int, batchSize: Int = 64) {
        loaded = model
        partition = TextPartition(model)
        groups = SentenceGroups(threadCount: threadCount, batchSize: batchSize)
    }

    /// The scores of texts, in their order. A text that is empty after normalisation is neutral; one that is longer than
    /// the model's maximum length has the mean of its parts, weighted by their tokens. The model's temperature is applied
    /// last.
    public func classify(_ texts: [String]) -> [SentimentScores] {
        let texts = texts.map(partition.parts)
        let scores = groups.map(texts.flatMap { $0.map(\.tokens) }) { [loaded] batch, scratch in
            let pass = loaded.pass(scratch.workspace)
            let states = loaded.model.encoder.encode(batch, pass)
            let logits = loaded.model.sentimentLogits(states, pass)
            let logSums = scratch.workspace.arena.allocate(logits.rows)
            softmax(logits, logSums: logSums, workspace: scratch.workspace)
            return (0..<logits.rows).map { row in
                Array(UnsafeBufferPointer(start: logits.row(row), count: logits.columns))
            }
        }
        var first = 0
        return texts.map { parts in
            defer { first += parts.count }
            return pool(parts, scores[first..<first + parts.count])
        }
    }

    private func pool(_ parts: [TextPart], _ scores: ArraySlice<[Float]>) -> SentimentScores {
        guard !parts.isEmpty else { return .ofEmptyText }
        var sums = [Float](repeating: 0, count: SentimentLabel.allCases.count)
        for (part, probabilities) in zip(parts, scores) {
            for (label, probability) in probabilities.enumerated() {
                sums[label] += probability * Float(part.tokens.count)
            }
        }
        let total = sums.reduce(0, +)
        let scores = SentimentScores(probabilities: sums.map { $0 / total })
        let temperature = loaded.model.configuration.sentimentTemperature
        return temperature.map(scores.scaled) ?? scores
    }
}
