import Inference
import Kernels
import Tokenization
import Transformer

/// A model with random weights and a vocabulary learned from synthetic text: what it answers means nothing, how long it
/// takes is what a trained model of its sizes takes.
struct BenchmarkModel {
    static let languages = ["de", "en"]

    let model: Model
    let parameters: Parameters
    let tokenizer: BPETokenizer

    init(_ sizes: Effort.Sizes) throws {
        tokenizer = try BPETrainer(
            vocabularySize: sizes.vocabularySize, languages: Self.languages
        ).train(SyntheticText.lines(count: sizes.vocabularySize))
        model = Model(sizes.configuration(languages: Self.languages))
        parameters = model.initialParameters(seed: 1)
    }

    /// Made ready to answer.
    func loaded(_ precision: InferencePrecision) -> LoadedModel {
        LoadedModel(
            model: model, parameters: parameters, tokenizer: tokenizer,
            card: ModelCard(
                name: "benchmark", version: "1", licence: "none", languages: Self.languages,
                labels: model.configuration.labels),
            precision: precision)
    }

    /// Sentences of random subwords, which end.
    func sentences(count: Int, _ lengths: SentenceLengths) -> [[TokenID]] {
        var generator = SeededGenerator(seed: 1)
        return (0..<count).map { _ in
            RandomSentence.tokens(
                length: lengths.next(&generator), vocabularySize: tokenizer.vocabulary.count,
                &generator)
        }
    }
}
