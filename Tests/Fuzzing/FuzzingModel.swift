import Inference
import Tokenization
import Transformer

extension FuzzingResources {
    /// A model of random numbers with a tokenizer that knows a few words.
    static func makeModel() throws -> LoadedModel {
        let tokenizer = try BPETrainer(vocabularySize: 300, languages: ["de", "en"]).train([
            "the ferry leaves the harbour at noon", "die Fähre verlässt den Hafen am Mittag",
            "a cat sleeps on the warm roof", "eine Katze schläft auf dem warmen Dach",
        ])
        let configuration = ModelConfiguration(
            encoderLayerCount: 1, decoderLayerCount: 1, modelDimension: 8,
            feedForwardDimension: 16, headCount: 2, maximumLength: 32, vocabularySize: 300,
            languages: tokenizer.vocabulary.languages)
        let model = Model(configuration)
        let card = ModelCard(
            name: "fuzzed", version: "1", licence: "none", languages: configuration.languages,
            labels: configuration.labels, parameters: model.layout.count,
            corpora: [.init(name: "own", files: ["a.txt"], lines: 4, sha256: ["00"])], seed: 1,
            stages: [.init(name: "joint", steps: 3)],
            scores: [.init(set: "dev", metric: "bleu", value: 1.5, signature: "nrefs:1")])
        return LoadedModel(
            model: model, parameters: model.initialParameters(seed: 1), tokenizer: tokenizer,
            card: card, precision: .fp32)
    }

    static let recipe = """
        name: fuzzed
        seed: 1
        tokenizer:
          vocabulary_size: 600
          languages: [de, en]
          normalization: {form: nfc, straightens_quotes: false}
        model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 32, feed_forward_dimension: 64, heads: 2}
        corpora:
          translation:
            - {name: pairs, pairs: pairs.tsv, from: en, to: de, directions: both, weight: 0.5}
          sentiment:
            - {name: remarks, file: remarks.tsv, labels: named, language: en}
        hold_out: {fraction: 0.1, seed: 2}
        validation: {every_steps: 50, beam: 1}
        optimizer: {name: adamw, weight_decay: 0.01}
        regularization: {dropout: 0.1, bpe_dropout: 0.05}
        curriculum:
          - name: joint
            tasks: {translation: 1, sentiment: 0.5}
            proportions: {translation: 0.7, sentiment: 0.3}
            steps: 50
            batch_tokens: 500
            schedule: {name: cosine, learning_rate: 0.002, warmup_steps: 5}
            freeze: [embedding]
        """
}
