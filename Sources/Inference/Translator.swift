import Kernels
import Tokenization
import Transformer

/// Translates texts.
///
/// A translation depends on its text, the model and the options alone: neither on the other texts nor on their order, the
/// batch size, or the number of threads. It may be used from several threads at once.
public final class Translator: Sendable {
    private let loaded: LoadedModel
    private let groups: SentenceGroups

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - batchSize: the most sentences that are computed together, at least 1.
    public init(_ model: LoadedModel, threadCount: Int, batchSize: Int = 64) {
        loaded = model
        groups = SentenceGroups(threadCount: threadCount, batchSize: batchSize)
    }

    /// The translations of texts, in their order.
    ///
    /// A text that is empty after normalisation has an empty translation. One that is longer than the model's maximum
    /// length is translated in parts, which are joined as they stood; its n-th alternative is made of the n-th
    /// alternatives of its parts.
    ///
    /// Links, e-mail addresses, placeholders, tags, entities, numbers, emoji, hashtags and `@names` are kept: a translation
    /// holds all of the text and, numbers aside, no others. A text of nothing else is copied. What the model says when it is
    /// at a loss (loops, far too much, nothing) is not given. The flags tell.
    ///
    /// - Parameter source: the language of the texts, if it is known. If it is not the target language, a copy of a text of
    ///   several words is no translation.
    /// - Throws: `InferenceError` when the model does not know the target language.
    public func translate(
        _ texts: [String], from source: String? = nil, to language: String,
        options: SearchOptions = SearchOptions()
    ) throws -> [Translation] {
        let vocabulary = loaded.tokenizer.vocabulary
        guard let startID = vocabulary.bosID(for: language) else {
            throw InferenceError.unknownLanguage(language, available: vocabulary.languages)
        }
        var rounds = TranslationRounds(
            loaded.tokenizer, maximumLength: loaded.model.configuration.maximumLength,
            options: options, refusesCopies: source != nil && source != language
        ) { [self] sentences, options in
            search(sentences, startID: startID, options: options)
        }
        return rounds.translate(texts)
    }

    /// The finished hypotheses of each sentence, the best first, at least one.
    ///
    /// - Precondition: no sentence is longer than the model's maximum length.
    package func search(
        _ sentences: [[TokenID]], startID: TokenID, options: SearchOptions
    ) -> [[FinishedHypothesis]] {
        let search = BeamSearch(loaded, startID: startID, options: options)
        return groups.map(sentences, hypothesisCount: options.width) { [loaded] batch, scratch in
            let pass = loaded.pass(scratch.workspace)
            return search.search(loaded.model.encoder.encode(batch, pass), scratch)
        }
    }
}
