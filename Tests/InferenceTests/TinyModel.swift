import Foundation
import Kernels
import Tokenization
import Transformer

@testable import Inference

/// A model of random numbers with a tokenizer learned from a few sentences: small enough to search exhaustively, and sure
/// enough of itself to end some translations early.
enum TinyModel {
    static let sentences = [
        "A small boat drifts past the old mill.",
        "Ein kleines Boot treibt an der alten Mühle vorbei.",
        "Two painters carry a ladder across the yard.",
        "Zwei Maler tragen eine Leiter über den Hof.",
        "The soup was cold and the bread was stale.", "Die Suppe war kalt und das Brot war alt.",
        "Nobody expected such a cheerful evening!",
        "Niemand hatte einen so heiteren Abend erwartet!",
        "Why is the green bicycle locked to a tree?",
        "Warum ist das grüne Rad an einen Baum geschlossen?",
        "Snow.", "Yes, of course", "12 + 30 = 42", "The gardener; the goat; the gate.",
    ]

    static func tokenizer(languages: [String] = ["de", "en"]) throws -> BPETokenizer {
        try BPETrainer(vocabularySize: 380, languages: languages).train(sentences)
    }

    static func configuration(
        maximumLength: Int = 48, sharing: EncoderSharing? = nil, pooling: TokenPooling? = nil
    ) -> ModelConfiguration {
        ModelConfiguration(
            encoderLayerCount: 2, decoderLayerCount: 2, modelDimension: 24,
            feedForwardDimension: 40,
            headCount: 3, maximumLength: maximumLength, vocabularySize: 380,
            languages: ["de", "en"], sharing: sharing, pooling: pooling)
    }

    static func loaded(
        seed: UInt64 = 21, maximumLength: Int = 48, sharing: EncoderSharing? = nil,
        pooling: TokenPooling? = nil, precision: InferencePrecision = .fp32
    ) throws -> LoadedModel {
        let configuration = configuration(
            maximumLength: maximumLength, sharing: sharing, pooling: pooling)
        let model = Model(configuration)
        let parameters = model.initialParameters(seed: seed)
        let tokenizer = try tokenizer()
        // The layers outweigh the embeddings: else the tied projection would repeat the last token for ever.
        for slot in model.layout.slots where slot.rows > 1 && slot != model.embedding.table {
            for index in 0..<slot.count { parameters[slot].elements[index] *= 4 }
        }
        let table = parameters[model.embedding.table]
        let end = table.row(Int(tokenizer.vocabulary.eosID))
        for column in 0..<table.columns { end[column] *= 3 }
        return LoadedModel(
            model: model, parameters: parameters, tokenizer: tokenizer,
            card: card(of: model), precision: precision)
    }

    static func card(of model: Model) -> ModelCard {
        ModelCard(
            name: "tiny", version: "1", licence: "none", languages: model.configuration.languages,
            labels: model.configuration.labels, parameters: model.layout.count,
            corpora: [.init(name: "own", files: ["a.txt"], lines: 14, sha256: ["00"])],
            seed: 7, stages: [.init(name: "joint", steps: 3)],
            scores: [.init(set: "dev", metric: "bleu", value: 1.5, signature: "nrefs:1")])
    }

    /// The logits after each token, by the decoder's pass over the whole target.
    static func logits(
        _ loaded: LoadedModel, source: [TokenID], target: [TokenID]
    ) -> [[Float]] {
        let workspace = Workspace(threadCount: 1)
        let pass = loaded.pass(workspace)
        let states = loaded.model.encoder(for: .translation).encode(Batch([source]), pass)
        let (decoded, _) = loaded.model.decoder.forward(Batch([target]), states, pass)
        let logits = loaded.model.logits(decoded, pass)
        return withExtendedLifetime(workspace) {
            (0..<logits.rows).map { row in
                Array(UnsafeBufferPointer(start: logits.row(row), count: logits.columns))
            }
        }
    }

    /// The logarithms of the probabilities of the next token.
    static func logProbabilities(
        _ loaded: LoadedModel, source: [TokenID], prefix: [TokenID]
    ) -> [Float] {
        let last = logits(loaded, source: source, target: prefix).last ?? []
        let largest = last.max() ?? 0
        let sum = last.reduce(0) { $0 + exp(Double($1 - largest)) }
        return last.map { $0 - largest - Float(log(sum)) }
    }
}
