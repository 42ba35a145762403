import Transformer

/// Says whether texts are negative, neutral or positive: a `TextAnalyzer` that is asked for nothing else.
public final class SentimentClassifier: Sendable {
    private let analyzer: TextAnalyzer

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - batchSize: the most sentences that are computed together, at least 1.
    public init(_ ensemble: Ensemble, threadCount: Int, batchSize: Int = 64) {
        analyzer = TextAnalyzer(ensemble, threadCount: threadCount, batchSize: batchSize)
    }

    /// The same for a model that answers alone.
    public convenience init(_ model: LoadedModel, threadCount: Int, batchSize: Int = 64) {
        self.init(Ensemble(model), threadCount: threadCount, batchSize: batchSize)
    }

    /// The scores of texts, in their order.
    ///
    /// - Parameter labels: those to choose among; nil: all.
    public func classify(
        _ texts: [String], labels: Set<SentimentLabel>? = nil
    ) -> [SentimentScores] {
        analyzer.scores(texts, labels: labels)
    }
}
