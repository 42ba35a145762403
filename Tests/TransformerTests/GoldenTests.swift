import Foundation
import Kernels
import XCTest

@testable import Transformer

/// The model against PyTorch's numbers in double precision, made by `Goldens/make_goldens.py`.
final class GoldenTests: XCTestCase {
    private struct Golden: Decodable {
        struct Examples: Decodable {
            let sources: [[Int32]]
            let languages: [Int32]
            let targets: [[Int32]]
            let labels: [Int]
            let classes: [[Int]]
        }

        struct Gradient: Decodable {
            let norm: Double
            /// Every how manieth element is given.
            let stride: Int
            let elements: [Double]
        }

        let batch: Examples
        let labelSmoothing: Double
        let encoderStates: [Double]
        let logits: [Double]
        let sentimentLogits: [Double]
        let translationLoss: Double
        let negativeLogProbability: Double
        let sentimentLoss: Double
        let gradients: [String: Gradient]
        /// Of translation and sentiment, before each of ten steps.
        let trainingLosses: [[Double]]
    }

    /// What one pass over the batch gives.
    private struct Results {
        var encoderStates: [Float] = []
        var logits: [Float] = []
        var sentimentLogits: [Float] = []
        var translation = LossSum()
        var sentiment = LossSum()

        var translationLoss: Double { translation.smoothed / Double(translation.count) }
        var sentimentLoss: Double { sentiment.smoothed / Double(sentiment.count) }
    }

    private let model = Model(
        ModelConfiguration(
            encoderLayerCount: 2, decoderLayerCount: 2, modelDimension: 16,
            feedForwardDimension: 32, headCount: 4, maximumLength: 16, vocabularySize: 40,
            languages: ["de", "fr"]))

    private func golden() throws -> Golden {
        let url = try XCTUnwrap(
            Bundle.module.url(forResource: "model", withExtension: "json", subdirectory: "Goldens"))
        // Names of parameters are keys too, and must stay as they are: snake case is spelled out for the fields only.
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in
            let key = path[path.count - 1]
            guard path.count == 1 else { return key }
            let words = key.stringValue.split(separator: "_")
            let name = words[0] + words.dropFirst().map(\.capitalized).joined()
            return Key(stringValue: String(name))
        }
        return try decoder.decode(Golden.self, from: Data(contentsOf: url))
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The weights of `make_goldens.py`: hashes of name and index, exact in single precision.
    private func goldenParameters() -> Parameters {
        let parameters = Parameters(model.layout)
        for slot in model.layout.slots {
            let hash = slot.name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01B3
            }
            let values = parameters[slot].elements
            for index in values.indices {
                var generator = SeededGenerator(seed: hash &+ UInt64(index))
                let unit = Float(generator.next() >> 40) / 0x1p23 - 1
                values[index] = slot.name.hasSuffix("norm.weight") ? 1 + unit / 4 : unit / 4
            }
        }
        return parameters
    }

    /// Both tasks, each with the mean of its losses as its loss.
    private func evaluate(
        _ golden: Golden, _ parameters: Parameters, _ workspace: Workspace, gradients: Parameters
    ) -> Results {
        let mark = workspace.arena.mark
        defer { workspace.arena.release(to: mark) }
        let pass = Pass(parameters, workspace: workspace)
        let examples = golden.batch
        let (states, encoded) = model.encoder(for: .sentiment).forward(
            Batch(examples.sources), pass)
        let dstates = EncoderStateGradients(of: states, pass)
        var results = Results()
        results.encoderStates = Array(states.states.elements)

        let shifted = zip(examples.languages, examples.targets).map { [$0] + $1.dropLast() }
        let (decoderStates, decoded) = model.decoder.forward(Batch(shifted), states, pass)
        results.logits = Array(model.logits(decoderStates, pass).elements)
        let targets = Array(examples.targets.joined())
        let (translation, ddecoder) = TranslationLoss(labelSmoothing: Float(golden.labelSmoothing))
            .forwardBackward(
                model, decoderStates, targets: targets, scale: 1 / Float(targets.count), pass,
                gradients: gradients)
        results.translation = translation
        model.decoder.backward(
            ddecoder, decoded, into: dstates.states, pass, gradients: gradients)

        let head = model.sentimentHeads[0]
        let (logits, classified) = head.forward(states, pass)
        results.sentimentLogits = Array(logits.elements)
        let labels = zip(examples.labels, examples.classes).map { label, classes in
            SentimentLoss.Target(
                SentimentLabel.allCases[label],
                of: Set(classes.map { SentimentLabel.allCases[$0] }))
        }
        results.sentiment = SentimentLoss(labelSmoothing: 0).forwardBackward(
            logits, targets: labels, scale: 1 / Double(labels.count))
        head.backward(
            logits, classified, into: dstates, pass, gradients: gradients)
        model.encoder(for: .sentiment).backward(dstates, encoded, pass, gradients: gradients)
        return results
    }

    private func assertClose(
        _ actual: [Float], _ expected: [Double], accuracy: Double, _ what: String,
        file: StaticString = #filePath, line: UInt = #line
    ) {
        XCTAssertEqual(actual.count, expected.count, what, file: file, line: line)
        let worst = zip(actual, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        XCTAssertLessThanOrEqual(worst, accuracy, what, file: file, line: line)
    }

    /// States and logits are of the order of 1 to 5 and may differ by 5e-6, losses by 2e-6.
    func testForward() throws {
        let golden = try golden()
        let results = evaluate(
            golden, goldenParameters(), Workspace(threadCount: 2),
            gradients: Parameters(model.layout))
        assertClose(results.encoderStates, golden.encoderStates, accuracy: 5e-6, "encoder states")
        assertClose(results.logits, golden.logits, accuracy: 5e-6, "logits")
        assertClose(
            results.sentimentLogits, golden.sentimentLogits, accuracy: 5e-6, "sentiment logits")
        XCTAssertEqual(results.translationLoss, golden.translationLoss, accuracy: 2e-6)
        XCTAssertEqual(
            results.translation.negativeLogProbability / Double(results.translation.count),
            golden.negativeLogProbability, accuracy: 2e-6)
        XCTAssertEqual(results.sentimentLoss, golden.sentimentLoss, accuracy: 2e-6)
    }

    /// An element of a gradient may differ by 1e-5 of the norm of its tensor, and by 1e-7.
    func testGradients() throws {
        let golden = try golden()
        let gradients = Parameters(model.layout)
        _ = evaluate(
            golden, goldenParameters(), Workspace(threadCount: 2), gradients: gradients)
        XCTAssertEqual(Set(model.layout.slots.map(\.name)), Set(golden.gradients.keys))
        for slot in model.layout.slots {
            let expected = try XCTUnwrap(golden.gradients[slot.name])
            let actual = Array(gradients[slot].elements)
            let accuracy = 1e-5 * expected.norm + 1e-7
            let norm = actual.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            XCTAssertEqual(norm, expected.norm, accuracy: accuracy, slot.name)
            assertClose(
                stride(from: 0, to: actual.count, by: expected.stride).map { actual[$0] },
                expected.elements, accuracy: accuracy, slot.name)
        }
    }

    /// Ten steps of Adam; losses may differ by 1e-5.
    func testTenTrainingLosses() throws {
        let golden = try golden()
        let workspace = Workspace(threadCount: 2)
        let parameters = goldenParameters()
        let gradients = Parameters(model.layout)
        let (mean, variance) = (Parameters(model.layout), Parameters(model.layout))
        for (index, expected) in golden.trainingLosses.enumerated() {
            gradients.all.clear()
            let results = evaluate(golden, parameters, workspace, gradients: gradients)
            XCTAssertEqual(
                results.translationLoss, expected[0], accuracy: 1e-5, "translation, step \(index)")
            XCTAssertEqual(
                results.sentimentLoss, expected[1], accuracy: 1e-5, "sentiment, step \(index)")
            AdamStep(
                learningRate: 1e-3, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0,
                step: index + 1
            ).apply(
                gradient: gradients.all, gradientScale: 1, mean: mean.all, variance: variance.all,
                weight: parameters.all, workspace: workspace)
        }
        XCTAssertEqual(golden.trainingLosses.count, 10)
    }
}
