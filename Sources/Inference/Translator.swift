import Kernels
import Tokenization
import Transformer

/// Translates texts.
///
/// A translation depends on its text, the model and the options alone: neither on the other texts nor on their order, the
/// batch size, or the number of threads. It may be used from several threads at once.
public final class Translator: Sendable {
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

    /// The translations of texts, in their order.
    ///
    /// A text that is empty after normalisation has an empty translation. One that is longer than the model's maximum
    /// length is translated in parts, which are joined as they stood; its n-th alternative is made of the n-th
    /// alternatives of its parts.
    ///
    /// - Throws: `InferenceError` when the model does not know the language.
    public func translate(
        _ texts: [String], to language: String, options: SearchOptions = SearchOptions()
    ) throws -> [Translation] {
        let vocabulary = loaded.tokenizer.vocabulary
        guard let startID = vocabulary.bosID(for: language) else {
            throw InferenceError.unknownLanguage(language, available: vocabulary.languages)
        }
        let texts = texts.map(partition.parts)
        let hypotheses = search(
            texts.flatMap { $0.map(\.tokens) }, startID: startID, options: options)
        var first = 0
        return texts.map { parts in
            defer { first += parts.count }
            return join(parts, hypotheses[first..<first + parts.count], options.alternativeCount)
        }
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

    private func join(
        _ parts: [TextPart], _ hypotheses: ArraySlice<[FinishedHypothesis]>, _ count: Int
    ) -> Translation {
        Translation(
            alternatives: (0..<count).map { alternative in
                var text = ""
                var length = 0
                var logProbability: Float = 0
                for (part, finished) in zip(parts, hypotheses) {
                    // A tiny vocabulary may not have as many translations as were asked for.
                    let hypothesis = finished[min(alternative, finished.count - 1)]
                    text += onOneLine(loaded.tokenizer.decode(hypothesis.tokens)) + part.separator
                    length += hypothesis.length
                    logProbability += hypothesis.logProbability
                }
                return Translation.Alternative(
                    text: text, score: length == 0 ? 0 : logProbability / Float(length))
            })
    }

    /// Every line break becomes a space.
    private func onOneLine(_ text: String) -> String {
        guard text.contains(where: \.isNewline) else { return text }
        return String(text.map { $0.isNewline ? " " : $0 })
    }
}
