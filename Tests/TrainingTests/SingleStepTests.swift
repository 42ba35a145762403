import Files
import Foundation
import Inference
import Kernels
import Logging
import Transformer
import XCTest

@testable import Training

/// Runs of one step by SGD at the rate 1, without momentum and clipping: what the weights lose is the gradient.
final class SingleStepTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        let words = ["red", "green", "blue", "one", "two", "three", "cat", "dog", "sun", "rain"]
        let texts = (0..<120).map { number in
            (0..<2 + number % 4).map { words[(7 * number + 3 * $0 + number / 10) % 10] }
        }
        let pairs = texts.map {
            "\($0.joined(separator: " "))\t\($0.reversed().joined(separator: " "))\n"
        }
        let labelled = texts.map { "\($0.joined(separator: " "))\t\($0.contains("sun") ? 1 : 0)\n" }
        _ = try folder.write(pairs.joined().utf8, as: "pairs.tsv")
        _ = try folder.write(labelled.joined().utf8, as: "labelled.tsv")
    }

    /// The model, its weights before and after the step, and what the run reports of it.
    private struct Step {
        let model: Model
        let before: Parameters
        let after: Parameters
        let report: ProgressRecord

        /// The gradient of one parameter.
        func gradient(of slot: ParameterSlot) -> [Float] {
            zip(before[slot].elements, after[slot].elements).map { $0 - $1 }
        }
    }

    /// - Parameters:
    ///   - weights: of translation and of sentiment.
    ///   - regularization: further keys of it.
    ///   - methods: keys of the stage.
    private func step(
        weights: (Double, Double) = (1, 1), regularization: String = "dropout: 0.1",
        methods: String = ""
    ) throws -> Step {
        let recipe = """
            name: step
            tokenizer: {vocabulary_size: 300, languages: [xx]}
            model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2}
            corpora:
              translation: [{name: pairs, pairs: pairs.tsv, from: en, to: xx}]
              sentiment: [{name: labelled, file: labelled.tsv, labels: binary, language: en}]
            hold_out: {fraction: 0.1}
            validation: {beam: 1}
            optimizer: {name: sgd, momentum: 0, maximum_gradient_norm: 0}
            regularization: {\(regularization)}
            curriculum:
              - name: only
                tasks: {translation: \(weights.0), sentiment: \(weights.1)}
                proportions: {translation: 0.5, sentiment: 0.5}
                steps: 1
                batch_tokens: 300
                schedule: {name: constant, learning_rate: 1}
                \(methods)

            """
        _ = try folder.write(recipe.utf8, as: "recipe.yml")
        let output = folder.url.appending(path: UUID().uuidString)
        let options = Trainer.Options(
            recipe: folder.url.appending(path: "recipe.yml"), corpora: folder.url, output: output,
            threadCount: 1)
        // Stopped right behind the step: the end of the stage would round the weights.
        let trainer = try Trainer(
            options, observer: .init(shouldStop: { true }),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        XCTAssertThrowsError(try trainer.run()) {
            XCTAssertEqual(($0 as? TrainingError)?.kind, .stopped)
        }
        let model = try LoadedModel(contentsOf: output).model
        let records = try TextFile.lines(of: output.appending(path: "progress.jsonl")).map {
            try JSONDecoder().decode(ProgressRecord.self, from: Data($0.utf8))
        }
        return Step(
            model: model, before: model.initialParameters(seed: 1),
            after: try WeightFile.read(
                output.appending(path: "checkpoints/000001/weights.safetensors"),
                layout: model.layout),
            report: try XCTUnwrap(records.first { $0.event == .steps }))
    }

    func testL2AddsTheWeightsOfTheMatrices() throws {
        let l2: Float = 0.25
        let plain = try step()
        let penalized = try step(regularization: "dropout: 0.1, l2: \(l2)")
        for slot in plain.model.layout.slots {
            let weights = plain.before[slot].elements
            for (index, (gradient, other)) in zip(
                plain.gradient(of: slot), penalized.gradient(of: slot)
            ).enumerated() {
                let expected = slot.rows > 1 ? gradient + l2 * weights[index] : gradient
                XCTAssertEqual(other, expected, accuracy: 1e-5, slot.name)
            }
        }
    }

    /// A loss counts as often as its weight says, and its norm is reported without the weight, which GradNorm needs.
    func testGradientNormsAreThoseWithoutTheWeights() throws {
        let equal = try step().report
        let weighted = try step(weights: (1, 0.25)).report
        XCTAssertEqual(weighted.weights, [.translation: 1, .sentiment: 0.25])
        XCTAssertEqual(equal.weights, [.translation: 1, .sentiment: 1])
        for task in TrainingTask.allCases {
            let expected = try XCTUnwrap(equal.gradientNorms?[task])
            XCTAssertGreaterThan(expected, 0.01)
            XCTAssertEqual(
                try XCTUnwrap(weighted.gradientNorms?[task]), expected, accuracy: 1e-4 * expected)
        }
        let norms = try [equal, weighted].map { try XCTUnwrap($0.gradientNorm) }
        XCTAssertNotEqual(norms[0], norms[1], accuracy: 1e-4 * norms[0])
    }

    /// The parameters that the tasks share move by the combination of their gradients, all others by the sum.
    func testSurgeryCombinesTheGradientsOfWhatIsShared() throws {
        // So little of the other task is lost in the rounding.
        let least = 1e-20
        let parts = [try step(weights: (1, least)), try step(weights: (least, 1))]
        let shared = parts[0].model.sharedSlots
        let flat = parts.map { part in shared.flatMap { part.gradient(of: $0) } }
        let gram = GramMatrix(size: 2) { first, second in
            zip(flat[first], flat[second]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        var generator = SeededGenerator(seed: 1)
        let coefficients = CAGrad(c: 0.8).coefficients(gram, using: &generator)
        XCTAssertGreaterThan(abs(coefficients[0] - coefficients[1]), 0.1)
        let combined = try step(methods: "gradient_surgery: {method: cagrad, c: 0.8}")
        var largest: Float = 0
        for slot in combined.model.layout.slots {
            let factors = shared.contains(slot) ? coefficients.map { Float($0) } : [1, 1]
            let gradients = parts.map { $0.gradient(of: slot) }
            for (index, gradient) in combined.gradient(of: slot).enumerated() {
                let expected = factors[0] * gradients[0][index] + factors[1] * gradients[1][index]
                XCTAssertEqual(gradient, expected, accuracy: 2e-5, slot.name)
                largest = max(largest, abs(expected - gradients[0][index] - gradients[1][index]))
            }
        }
        XCTAssertGreaterThan(largest, 1e-3)
    }
}
