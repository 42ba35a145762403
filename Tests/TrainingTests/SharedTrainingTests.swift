import Files
import Foundation
import Inference
import Logging
import Transformer
import XCTest

@testable import Training

/// Stages of models whose tasks do not share all of the encoder.
final class SharedTrainingTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    /// - Parameters:
    ///   - model: further keys of the model.
    ///   - stage: keys of the only stage.
    private func recipe(model: String, stage: String) -> String {
        """
        name: shared
        tokenizer: {vocabulary_size: 300, languages: [xx]}
        model: {encoder_layers: 2, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2, \(model)}
        corpora:
          translation: [{name: pairs, pairs: pairs.tsv, from: en, to: xx}]
          sentiment: [{name: labelled, file: labelled.tsv, labels: binary, language: en}]
        hold_out: {fraction: 0.1}
        optimizer: {name: adamw, weight_decay: 0.1}
        curriculum:
          - name: only
            steps: 3
            batch_tokens: 100
            schedule: {name: constant, learning_rate: 0.01}
            \(stage)

        """
    }

    private func trainedNames(model: String, stage: String) throws -> [String] {
        let recipe = try Recipe(yaml: recipe(model: model, stage: stage), file: "recipe.yml")
        let sizes = try XCTUnwrap(recipe.model)
        let model = Model(sizes.configuration(vocabularySize: 300, languages: ["xx"]))
        return recipe.curriculum[0].trainedSlots(of: model).map(\.name)
    }

    private func prefixes(_ names: [String]) -> Set<String> {
        Set(names.map { $0.split(separator: ".").prefix(3).joined(separator: ".") })
    }

    func testAStageMovesWhatItsTasksReach() throws {
        let mixed = "sharing: {method: mixed, own_layers: 1}"
        let shared: Set = ["embedding.weight", "encoder.layers.0"]
        let own: Set = [
            "sentiment_encoder.layers.1", "sentiment_encoder.norm.weight",
            "sentiment_encoder.norm.bias", "sentiment_head.hidden.weight",
            "sentiment_head.hidden.bias", "sentiment_head.output.weight",
            "sentiment_head.output.bias",
        ]
        XCTAssertEqual(
            prefixes(try trainedNames(model: mixed, stage: "tasks: {sentiment: 1}")),
            shared.union(own))
        XCTAssertEqual(
            prefixes(
                try trainedNames(
                    model: mixed,
                    stage: "tasks: {translation: 1, sentiment: 1}\n    "
                        + "freeze: [encoder, embedding, decoder]")), own)
        let translation = try trainedNames(model: mixed, stage: "tasks: {translation: 1}")
        XCTAssertTrue(translation.contains("encoder.layers.1.feed_forward.inner.weight"))
        XCTAssertFalse(translation.contains { $0.hasPrefix("sentiment_") })
        // The head reads the embeddings, and no layer above them moves.
        XCTAssertEqual(
            prefixes(
                try trainedNames(model: "sentiment_layers: [0]", stage: "tasks: {sentiment: 1}")
            )
            .filter { !$0.hasPrefix("sentiment_head.") }, ["embedding.weight"])
    }

    private func train(_ text: String, into name: String) throws {
        let pairs = (0..<60).map { "one two \($0)\t\($0) two one\n" }.joined()
        let labelled = (0..<60).map { "cat \($0)\t\($0 % 2)\n" }.joined()
        for (name, text) in [
            "pairs.tsv": pairs, "labelled.tsv": labelled, "recipe.yml": text,
        ] {
            _ = try folder.write(text.utf8, as: name)
        }
        let options = Trainer.Options(
            recipe: folder.url.appending(path: "recipe.yml"), corpora: folder.url,
            output: folder.url.appending(path: name), threadCount: 1)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try Trainer(options, logger: logger).run()
    }

    /// A stage of sentiment with a frozen encoder leaves all of translation as it was drawn.
    func testARunMovesNothingElse() throws {
        try train(
            recipe(
                model: "sharing: {method: mixed, own_layers: 1}, pooling: {method: attention}",
                stage: "tasks: {sentiment: 1}\n    freeze: [encoder, embedding]"), into: "mixed")
        let loaded = try LoadedModel(contentsOf: folder.url.appending(path: "mixed"))
        let drawn = loaded.model.initialParameters(seed: 1)
        for slot in loaded.model.layout.slots {
            let values = loaded.parameters[slot].elements
            let isSame = zip(values, drawn[slot].elements).allSatisfy { $0 == Float(Float16($1)) }
            XCTAssertEqual(isSame, !slot.name.hasPrefix("sentiment_"), slot.name)
        }
    }

    /// What a model to start from shares is known when it is read.
    func testAStageThatAModelCannotServe() throws {
        let keys = "sharing: {method: separate}"
        try train(recipe(model: keys, stage: "tasks: {sentiment: 1}"), into: "base")
        let refusals = [
            (
                "tasks: {sentiment: 1}\n    freeze: [sentiment_head, sentiment_encoder]",
                "stage 'only' freezes all that its tasks reach"
            ),
            (
                "tasks: {translation: 1, sentiment: 1}\n    loss_weights: {method: gradnorm}",
                "stage 'only' compares the gradients of what its tasks share, which is nothing"
            ),
        ]
        for (stage, words) in refusals {
            let lines = recipe(model: "", stage: stage).split(separator: "\n").filter {
                !$0.hasPrefix("tokenizer") && !$0.hasPrefix("model")
            }
            let text = lines.joined(separator: "\n").replacing(
                "name: shared", with: "name: shared\ninit: base")
            XCTAssertThrowsError(try train(text, into: "tuned")) { error in
                XCTAssertEqual((error as? FileError)?.kind, .malformed)
                XCTAssertTrue("\(error)".contains(words), "\(error)")
            }
        }
    }
}
