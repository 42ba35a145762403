import Tokenization
import Transformer

/// Answers texts: translation, sentiment, or both from one pass of the encoder.
///
/// An answer depends on its text, the model and the request alone: neither on the other texts nor on their order, the
/// batch size, or the number of threads. It may be used from several threads at once.
public final class TextAnalyzer: Sendable {
    /// How probable the sentiment of a text and that of its translation must be for their contradiction to be an alarm.
    public static let leastProbabilityOfFlip: Float = 0.7

    private let loaded: LoadedModel
    let pass: SentencePass
    private let partition: TextPartition
    private let threadCount: Int

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - batchSize: the most sentences that are computed together, at least 1.
    public init(_ model: LoadedModel, threadCount: Int, batchSize: Int = 64) {
        loaded = model
        pass = SentencePass(model, threadCount: threadCount, batchSize: batchSize)
        partition = TextPartition(model)
        self.threadCount = threadCount
    }

    /// The answers to texts, in their order.
    ///
    /// **Translation.** A text is translated sentence by sentence, with the white space between sentences as it stands; its
    /// n-th alternative is made of the n-th alternatives of its sentences. A sentence that is longer than the model's
    /// maximum length is cut: at a clause if there is one, else at a space. Links, e-mail addresses, placeholders, tags,
    /// entities, numbers, emoji, hashtags and `@names` are kept: a translation holds all of the text and, numbers aside, no
    /// others. A text of nothing else is copied, and so is one that is in the target language already, as far as can be
    /// told (`PassThrough`). What the model says when it is at a loss (loops, far too much, nothing) is not given.
    ///
    /// **Sentiment.** Of the text as a whole; if it is longer than the model's maximum length, the mean of its sentences,
    /// weighted by their tokens. An empty text is neutral.
    ///
    /// - Throws: `InferenceError` when the model does not know the target language.
    /// - Precondition: the request asks for something.
    public func answers(_ texts: [String], _ request: AnswerRequest) throws -> [Answer] {
        precondition(
            request.translation != nil || request.sentiment != nil, "nothing is asked of texts")
        let run = run(
            source: request.translation?.source ?? .automatic,
            translation: try request.translation.map(translating),
            classifies: request.sentiment != nil)
        let drafts = run.drafts(texts)
        var answers = drafts.map { answer($0, request) }
        if request.watchesPolarity { watchPolarity(&answers, drafts, request) }
        return answers
    }

    /// The scores of texts, in their order: as those of `answers`, of all labels.
    func scores(_ texts: [String]) -> [SentimentScores] {
        run(source: .automatic, translation: nil, classifies: true).drafts(texts).map { scores($0) }
    }

    private func run(
        source: SourceLanguage, translation: AnswerRun.Translating?, classifies: Bool
    ) -> AnswerRun {
        AnswerRun(
            loaded: loaded, pass: pass, partition: partition, threadCount: threadCount,
            source: source, translation: translation, classifies: classifies)
    }

    private func translating(_ request: TranslationRequest) throws -> AnswerRun.Translating {
        let vocabulary = loaded.tokenizer.vocabulary
        guard let startID = vocabulary.bosID(for: request.target) else {
            throw InferenceError.unknownLanguage(request.target, available: vocabulary.languages)
        }
        return AnswerRun.Translating(
            target: request.target,
            search: SentencePass.Search(startID: startID, options: request.options))
    }

    private func scores(_ draft: AnswerDraft) -> SentimentScores {
        draft.sentiment.scores(
            temperature: loaded.model.configuration.sentimentTemperature)
    }

    private func answer(_ draft: AnswerDraft, _ request: AnswerRequest) -> Answer {
        let translation = request.translation.map {
            draft.translation(alternativeCount: $0.options.alternativeCount)
        }
        let sentiment = request.sentiment.map { self.sentiment(draft, $0) }
        var flags = draft.flags.union(translation?.flags ?? [])
        if draft.isEmpty { flags.insert(.empty) }
        if let sentiment, sentiment.label == nil { flags.insert(.lowConfidence) }
        return Answer(
            translation: translation, sentiment: sentiment, language: draft.profile.language,
            flags: flags)
    }

    private func sentiment(_ draft: AnswerDraft, _ request: SentimentRequest) -> SentimentAnswer {
        if draft.isEmpty { return SentimentAnswer(scores: .ofEmptyText, label: .neutral) }
        let all: SentimentScores = scores(draft)
        let scores = request.labels.map { all.restricted(to: $0) } ?? all
        let abstains = request.abstentionThreshold.map { scores.probability < $0 } ?? false
        return SentimentAnswer(scores: scores, label: abstains ? nil : scores.label)
    }

    // MARK: Polarity

    /// Flags the answers whose translation is positive where the text is negative, or the other way round.
    private func watchPolarity(
        _ answers: inout [Answer], _ drafts: [AnswerDraft], _ request: AnswerRequest
    ) {
        let known = loaded.card.sentimentLanguages
        guard let target = request.translation?.target, known.contains(target),
            request.sentiment != nil
        else { return }
        let watched = answers.indices.filter { index in
            !drafts[index].isEmpty && !drafts[index].profile.isInTargetLanguage
                && drafts[index].profile.language.map(known.contains) ?? false
        }
        let translated = scores(watched.map { answers[$0].translation?.text ?? "" })
        for (index, translated) in zip(watched, translated)
        where Self.isFlip(scores(drafts[index]), translated) {
            answers[index].flags.insert(.polarityFlip)
        }
    }

    /// Whether one is positive and the other negative, and both surely so.
    static func isFlip(_ source: SentimentScores, _ translation: SentimentScores) -> Bool {
        Set([source.label, translation.label]) == [.negative, .positive]
            && min(source.probability, translation.probability) >= leastProbabilityOfFlip
    }
}
