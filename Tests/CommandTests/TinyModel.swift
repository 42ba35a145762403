import Foundation
import Inference
import Tokenization
import Transformer

/// A model of random numbers, and a tokenizer learned from a few sentences.
enum TinyModel {
    static let sentences = [
        "The ferry leaves the harbour at noon.", "Die Fähre verlässt den Hafen am Mittag.",
        "Our neighbour bakes bread on Fridays.", "Unser Nachbar backt freitags Brot.",
        "A grey cat sleeps under the piano.", "Eine graue Katze schläft unter dem Klavier.",
        "That was the dullest talk of the year.", "Das war der ödeste Vortrag des Jahres.",
        "What a splendid garden!", "Was für ein prächtiger Garten!",
    ]

    static func tokenizer() throws -> BPETokenizer {
        try BPETrainer(vocabularySize: 360, languages: ["de", "en"]).train(sentences)
    }

    /// - Parameters:
    ///   - random: Whether the weights are random; if not, they are 0, and all answers are equally probable.
    ///   - sentimentLanguages: The languages of labelled texts that the card names; the model is then sure of its labels.
    static func loaded(
        random: Bool = true, sentimentLanguages: [String] = []
    ) throws -> LoadedModel {
        let configuration = ModelConfiguration(
            encoderLayerCount: 1, decoderLayerCount: 1, modelDimension: 16,
            feedForwardDimension: 24, headCount: 2, maximumLength: 32, vocabularySize: 360,
            languages: ["de", "en"])
        let model = Model(configuration)
        let tokenizer = try tokenizer()
        let parameters = random ? model.initialParameters(seed: 3) : Parameters(model.layout)
        if !sentimentLanguages.isEmpty {
            // Layers that outweigh the embeddings end some translations before they go round in circles.
            for slot in model.layout.slots where slot.rows > 1 && slot != model.embedding.table {
                for index in 0..<slot.count { parameters[slot].elements[index] *= 6 }
            }
            let end = parameters[model.embedding.table].row(Int(tokenizer.vocabulary.eosID))
            for column in 0..<configuration.modelDimension { end[column] *= 3 }
        }
        let card = ModelCard(
            name: "tiny", version: "1", licence: "none", languages: configuration.languages,
            labels: configuration.labels,
            corpora: sentimentLanguages.isEmpty
                ? []
                : ([["de", "en"]] + sentimentLanguages.map { [$0] }).map {
                    ModelCard.Corpus(
                        name: $0.joined(separator: "-"), files: [], lines: 1, sha256: [],
                        languages: $0)
                })
        return LoadedModel(
            model: model, parameters: parameters, tokenizer: tokenizer, card: card)
    }
}
