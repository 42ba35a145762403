import Tokenization

/// Translates texts: a `TextAnalyzer` that is asked for nothing else.
public final class Translator: Sendable {
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

    /// The translations of texts, in their order.
    ///
    /// - Parameter source: the language of the texts, if it is known. If it is not, a text that is in the target language
    ///   already is not changed, as far as can be told.
    /// - Throws: `InferenceError` when the models do not know the target language, or cannot translate together.
    public func translate(
        _ texts: [String], from source: String? = nil, to language: String,
        options: SearchOptions = SearchOptions()
    ) throws -> [Translation] {
        let request = TranslationRequest(
            to: language, from: source.map(SourceLanguage.given) ?? .automatic, options: options)
        return try analyzer.answers(texts, AnswerRequest(translation: request))
            .compactMap(\.translation)
    }

    /// The finished hypotheses of each sentence, the best first, at least one.
    ///
    /// - Precondition: no sentence is longer than the model's maximum length.
    package func search(
        _ sentences: [[TokenID]], startID: TokenID, options: SearchOptions
    ) -> [[FinishedHypothesis]] {
        analyzer.pass.read(sentences, search: .init(startID: startID, options: options))
            .map(\.hypotheses)
    }
}
