/// Says whether texts are negative, neutral or positive: a `TextAnalyzer` that is asked for nothing else.
public final class SentimentClassifier: Sendable {
    private let analyzer: TextAnalyzer

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - batchSize: the most sentences that are computed together, at least 1.
    public init(_ model: LoadedModel, threadCount: Int, batchSize: Int = 64) {
        analyzer = TextAnalyzer(model, threadCount: threadCount, batchSize: batchSize)
    }

    /// The scores of texts, in their order.
    public func classify(_ texts: [String]) -> [SentimentScores] { analyzer.scores(texts) }
}
