import Tokenization
import Transformer

/// Answers texts: translation, sentiment, or both from one pass of the encoder.
///
/// An answer depends on its text, the models and the request alone: neither on the other texts nor on their order, the
/// batch size, or the number of threads. It may be used from several threads at once.
public final class TextAnalyzer: Sendable {
    /// How probable the sentiment of a text and that of its translation must be for their contradiction to be an alarm.
    public static let leastProbabilityOfFlip: Float = 0.7

    private let ensemble: Ensemble
    /// One for all models if they have one tokenizer, else one for each.
    private let passes: [SentencePass]
    private let threadCount: Int

    /// The pass that translates.
    var pass: SentencePass { passes[0] }

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - batchSize: the most sentences that are computed together, at least 1.
    public init(_ ensemble: Ensemble, threadCount: Int, batchSize: Int = 64) {
        self.ensemble = ensemble
        passes = ensemble.groups.map {
            SentencePass($0, threadCount: threadCount, batchSize: batchSize)
        }
        self.threadCount = threadCount
    }

    /// The same for a model that answers alone.
    public convenience init(_ model: LoadedModel, threadCount: Int, batchSize: Int = 64) {
        self.init(Ensemble(model), threadCount: threadCount, batchSize: batchSize)
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
    /// - Throws: `InferenceError` when the models do not know the target language, or cannot translate together.
    /// - Precondition: the request asks for something.
    public func answers(_ texts: [String], _ request: AnswerRequest) throws -> [Answer] {
        precondition(
            request.translation != nil || request.sentiment != nil, "nothing is asked of texts")
        let drafts = drafts(
            texts, source: request.translation?.source ?? request.sentiment?.source ?? .automatic,
            translation: try request.translation.map(translating),
            classifies: request.sentiment != nil)
        var answers = drafts.map { answer($0, request) }
        if request.watchesPolarity { watchPolarity(&answers, drafts, request) }
        return answers
    }

    /// The scores of texts, in their order: as those of `answers`.
    ///
    /// - Parameter labels: those to choose among; nil: all.
    func scores(_ texts: [String], labels: Set<SentimentLabel>? = nil) -> [SentimentScores] {
        drafts(texts, source: .automatic, translation: nil, classifies: true)
            .map { scores($0, labels) }
    }

    private func drafts(
        _ texts: [String], source: SourceLanguage, translation: AnswerRun.Translating?,
        classifies: Bool
    ) -> [AnswerDraft] {
        func run(_ pass: SentencePass, _ translation: AnswerRun.Translating?) -> [AnswerDraft] {
            AnswerRun(
                pass: pass, identifier: ensemble.leader.languageIdentifier,
                partition: TextPartition(pass), threadCount: threadCount, source: source,
                translation: translation, classifies: classifies
            ).drafts(texts)
        }
        var drafts = run(pass, translation)
        for other in passes.dropFirst() where classifies {
            for (index, draft) in run(other, nil).enumerated() {
                drafts[index].sentiments += draft.sentiments
            }
        }
        return drafts
    }

    private func translating(_ request: TranslationRequest) throws -> AnswerRun.Translating {
        if let obstacle = ensemble.translationObstacle {
            throw InferenceError.differentTokenizers(obstacle)
        }
        let vocabulary = pass.tokenizer.vocabulary
        guard let startID = vocabulary.bosID(for: request.target) else {
            throw InferenceError.unknownLanguage(request.target, available: vocabulary.languages)
        }
        return AnswerRun.Translating(
            target: request.target,
            search: SentencePass.Search(startID: startID, options: request.options))
    }

    /// The scores of all models at their temperatures, restricted to the labels to choose among and made one.
    private func scores(
        _ draft: AnswerDraft, _ labels: Set<SentimentLabel>? = nil
    ) -> SentimentScores {
        ensemble.fused(
            zip(ensemble.members, draft.sentiments).map { member, pool in
                let scores = pool.scores(
                    temperature: member.model.model.configuration.sentimentTemperature)
                return labels.map { scores.restricted(to: $0) } ?? scores
            })
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
        let scores = scores(draft, request.labels)
        let abstains = request.abstentionThreshold.map { scores.probability < $0 } ?? false
        return SentimentAnswer(scores: scores, label: abstains ? nil : scores.label)
    }

    // MARK: Polarity

    /// Flags the answers whose translation is positive where the text is negative, or the other way round.
    private func watchPolarity(
        _ answers: inout [Answer], _ drafts: [AnswerDraft], _ request: AnswerRequest
    ) {
        let known = ensemble.sentimentLanguages
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
