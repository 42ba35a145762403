import Kernels
import XCTest

@testable import Transformer

/// Encoder, decoder, head, losses and the whole model against finite differences.
final class ModelGradientTests: XCTestCase {
    private let model = Model(tinyConfiguration)
    private let source = Batch([[3, 17, 3, 9, 2], [5, 2], [11, 4, 2]])
    private let shiftedTarget = Batch([[0, 7, 8], [1, 12, 13, 7], [0]])
    private let target: [Int32] = [7, 8, 2, 12, 13, 7, 2, 2]
    private let rates: [Float] = [0, 0.2]

    func testEncoder() {
        for rate in rates {
            assertGradients(model.layout, dropoutRate: rate) { it in
                let (states, activations) = model.encoder(for: .sentiment).forward(source, it.pass)
                let (loss, dy) = it.weightedSum(states.states)
                model.encoder(for: .sentiment).backward(
                    EncoderStateGradients(states: dy), activations, it.pass,
                    gradients: it.gradients)
                return loss
            }
        }
    }

    /// The output of a lower layer and the embeddings are read as well as the last states. Of sentences of one token there
    /// is no maximum with a kink.
    func testLowerStates() {
        var configuration = tinyConfiguration
        configuration.encoderLayerCount = 2
        configuration.sentimentLayers = [0, 1, 2]
        let model = Model(configuration)
        let source = Batch([[3], [5], [11]])
        for rate in rates {
            assertGradients(model.layout, reluBias: 8, dropoutRate: rate) { it in
                let (states, encoded) = model.encoder(for: .sentiment).forward(source, it.pass)
                let dstates = EncoderStateGradients(
                    of: states, it.pass)
                var sum = 0.0
                for head in model.sentimentHeads {
                    let (logits, activations) = head.forward(states, it.pass)
                    let (loss, dlogits) = it.weightedSum(logits)
                    head.backward(
                        dlogits, activations, into: dstates, it.pass, gradients: it.gradients)
                    sum += loss
                }
                model.encoder(for: .sentiment).backward(
                    dstates, encoded, it.pass, gradients: it.gradients)
                return sum
            }
        }
    }

    /// A head that reads the embeddings sees words, not where they stand.
    func testEmbeddingsHaveNoPositions() {
        var configuration = tinyConfiguration
        configuration.sentimentLayers = [0, 1]
        let model = Model(configuration)
        let pass = Pass(model.initialParameters(seed: 1), workspace: Workspace(threadCount: 1))
        func logits(_ sentence: [Int32]) -> (embeddings: [Float], last: [Float]) {
            let states = model.encoder(for: .sentiment).encode(Batch([sentence]), pass)
            let heads = model.sentimentHeads.map {
                Array($0.forward(states, pass).logits.elements)
            }
            return (heads[0], heads[1])
        }
        let (ahead, back) = (logits([3, 9, 2]), logits([9, 3, 2]))
        for (a, b) in zip(ahead.embeddings, back.embeddings) {
            XCTAssertEqual(a, b, accuracy: 1e-6)
        }
        XCTAssertNotEqual(ahead.last, back.last)
    }

    func testDecoder() {
        for rate in rates {
            assertGradients(
                model.layout, inputs: [(source.segments.total, 8)], dropoutRate: rate
            ) { it in
                let states = EncoderStates(states: it.inputs[0], segments: source.segments)
                let (y, activations) = model.decoder.forward(shiftedTarget, states, it.pass)
                let (loss, dy) = it.weightedSum(y)
                model.decoder.backward(
                    dy, activations, into: it.dinputs[0], it.pass, gradients: it.gradients)
                return loss
            }
        }
    }

    func testSentimentHead() {
        for rate in rates {
            assertGradients(
                model.layout, inputs: [(source.segments.total, 8)], dropoutRate: rate, step: 0x1p-7
            ) { it in
                let states = EncoderStates(states: it.inputs[0], segments: source.segments)
                let head = model.sentimentHeads[0]
                let (logits, activations) = head.forward(states, it.pass)
                let (loss, dlogits) = it.weightedSum(logits)
                head.backward(
                    dlogits, activations, into: EncoderStateGradients(states: it.dinputs[0]),
                    it.pass, gradients: it.gradients)
                return loss
            }
        }
    }

    func testTranslationLoss() {
        let loss = TranslationLoss(labelSmoothing: 0.1)
        assertGradients(model.layout, inputs: [(target.count, 8)]) { it in
            let (sum, dstates) = loss.forwardBackward(
                model, it.inputs[0], targets: target, scale: 0.5, it.pass,
                gradients: it.gradients)
            addScaled(dstates, into: it.dinputs[0], workspace: it.pass.workspace)
            return 0.5 * sum.smoothed
        }
    }

    /// The two classes of one data set, the three of another, in one batch.
    private let sentimentTargets = [
        SentimentLoss.Target(.negative, of: [.negative, .positive]),
        SentimentLoss.Target(.neutral, of: Set(SentimentLabel.allCases)),
        SentimentLoss.Target(.positive, of: Set(SentimentLabel.allCases)),
    ]

    func testSentimentLoss() {
        let targets = sentimentTargets + [SentimentLoss.Target(probabilities: [0.2, 0.7, 0.1])]
        for smoothing in [0, 0.1] {
            let loss = SentimentLoss(labelSmoothing: smoothing)
            assertGradients(ParameterLayout(), inputs: [(targets.count, 3)]) { it in
                let logits = it.pass.arena.matrix(targets.count, 3)
                logits.copy(from: it.inputs[0])
                let sum = loss.forwardBackward(logits, targets: targets, scale: 0.5)
                addScaled(logits, into: it.dinputs[0], workspace: it.pass.workspace)
                return 0.5 * sum.smoothed
            }
        }
    }

    /// A label is a teacher who is certain, and the loss of an uncertain one is the mean of the labels' losses.
    func testSentimentLossOfProbabilities() {
        let all = Set(SentimentLabel.allCases)
        let loss = SentimentLoss(labelSmoothing: 0.1)
        func sum(_ target: SentimentLoss.Target) -> LossSum {
            var logits: [Float] = [0.3, -1.2, 0.8]
            return logits.withUnsafeMutableBufferPointer { logits in
                loss.forwardBackward(
                    Matrix(logits.baseAddress!, rows: 1, columns: 3), targets: [target], scale: 1)
            }
        }
        XCTAssertEqual(
            sum(.init(.neutral, of: all)).smoothed, sum(.init(probabilities: [0, 1, 0])).smoothed)
        let probabilities = [0.25, 0.25, 0.5]
        let mean = zip(SentimentLabel.allCases, probabilities).reduce(0) {
            $0 + $1.1 * sum(.init($1.0, of: all)).smoothed
        }
        XCTAssertEqual(sum(.init(probabilities: probabilities)).smoothed, mean, accuracy: 1e-6)
    }

    /// Both tasks on one encoder pass: their gradients meet in the encoder's states.
    func testWholeModel() {
        let translation = TranslationLoss(labelSmoothing: 0.1)
        let sentiment = SentimentLoss(labelSmoothing: 0.1)
        for rate in rates {
            assertGradients(model.layout, dropoutRate: rate, step: 0x1p-8) { it in
                let (states, encoded) = model.encoder(for: .sentiment).forward(source, it.pass)
                let dstates = EncoderStateGradients(
                    of: states, it.pass)
                let (decoderStates, decoded) = model.decoder.forward(
                    shiftedTarget, states, it.pass)
                let (translationSum, ddecoder) = translation.forwardBackward(
                    model, decoderStates, targets: target, scale: 0.125, it.pass,
                    gradients: it.gradients)
                model.decoder.backward(
                    ddecoder, decoded, into: dstates.states, it.pass, gradients: it.gradients)
                let head = model.sentimentHeads[0]
                let (logits, classified) = head.forward(states, it.pass)
                let sentimentSum = sentiment.forwardBackward(
                    logits, targets: sentimentTargets, scale: 1)
                head.backward(
                    logits, classified, into: dstates, it.pass, gradients: it.gradients)
                model.encoder(for: .sentiment).backward(
                    dstates, encoded, it.pass, gradients: it.gradients)
                return 0.125 * translationSum.smoothed + sentimentSum.smoothed
            }
        }
    }
}
