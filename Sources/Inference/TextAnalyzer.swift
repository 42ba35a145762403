import LanguageIdentification
import Transformer

/// Answers texts: translation, sentiment, or both from one pass of the encoder.
///
/// An answer depends on its text, the model and the request alone: neither on the other texts nor on their order, the
/// batch size, or the number of threads. It may be used from several threads at once.
public final class TextAnalyzer: Sendable {
    private let loaded: LoadedModel
    private let translator: Translator
    private let classifier: SentimentClassifier

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - batchSize: the most sentences that are computed together, at least 1.
    public init(_ model: LoadedModel, threadCount: Int, batchSize: Int = 64) {
        loaded = model
        translator = Translator(model, threadCount: threadCount, batchSize: batchSize)
        classifier = SentimentClassifier(model, threadCount: threadCount, batchSize: batchSize)
    }

    /// The answers to texts, in their order.
    ///
    /// - Throws: `InferenceError` when the model does not know the target language.
    public func answers(_ texts: [String], _ request: AnswerRequest) throws -> [Answer] {
        let translations = try request.translation.map { translation in
            let source: String? =
                if case .given(let language) = translation.source { language } else { nil }
            return try translator.translate(
                texts, from: source, to: translation.target, options: translation.options)
        }
        let scores = request.sentiment.map { _ in classifier.classify(texts) }
        return texts.indices.map { index in
            answer(
                texts[index], translations?[index],
                request.sentiment.flatMap { request in
                    scores.map { sentiment($0[index], of: texts[index], request) }
                }, request)
        }
    }

    private func answer(
        _ text: String, _ translation: Translation?, _ sentiment: SentimentAnswer?,
        _ request: AnswerRequest
    ) -> Answer {
        var flags = translation?.flags ?? []
        if isEmpty(text) { flags.insert(.empty) }
        if let sentiment, sentiment.label == nil { flags.insert(.lowConfidence) }
        return Answer(
            translation: translation, sentiment: sentiment,
            language: language(of: text, request.translation?.source ?? .automatic), flags: flags)
    }

    private func sentiment(
        _ scores: SentimentScores, of text: String, _ request: SentimentRequest
    ) -> SentimentAnswer {
        if isEmpty(text) { return SentimentAnswer(scores: .ofEmptyText, label: .neutral) }
        let scores = request.labels.map(scores.restricted) ?? scores
        let abstains = request.abstentionThreshold.map { scores.probability < $0 } ?? false
        return SentimentAnswer(scores: scores, label: abstains ? nil : scores.label)
    }

    private func language(of text: String, _ source: SourceLanguage) -> String? {
        switch source {
        case .given(let language): language
        case .automatic: loaded.languageIdentifier?.identify(text).language
        }
    }

    private func isEmpty(_ text: String) -> Bool {
        loaded.tokenizer.normalizer.normalize(text).string.isEmpty
    }
}
