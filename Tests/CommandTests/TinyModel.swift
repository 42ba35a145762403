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

    /// - Parameter random: Whether the weights are random; if not, they are 0, and all answers are equally probable.
    static func loaded(random: Bool = true) throws -> LoadedModel {
        let configuration = ModelConfiguration(
            encoderLayerCount: 1, decoderLayerCount: 1, modelDimension: 16,
            feedForwardDimension: 24, headCount: 2, maximumLength: 32, vocabularySize: 360,
            languages: ["de", "en"])
        let model = Model(configuration)
        let parameters = random ? model.initialParameters(seed: 3) : Parameters(model.layout)
        let card = ModelCard(
            name: "tiny", version: "1", licence: "none", languages: configuration.languages,
            labels: configuration.labels)
        return LoadedModel(
            model: model, parameters: parameters, tokenizer: try tokenizer(), card: card)
    }
}
