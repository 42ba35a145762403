import Kernels
import XCTest

@testable import Transformer

/// A sentence's output has the same bits alone and in any batch, with any number of threads, packed weights or not, in
/// one pass or token by token; and so have gradients for any number of threads.
final class BatchIndependenceTests: XCTestCase {
    private let model = Model(
        ModelConfiguration(
            encoderLayerCount: 2, decoderLayerCount: 2, modelDimension: 48,
            feedForwardDimension: 80, headCount: 4, maximumLength: 40, vocabularySize: 70,
            languages: ["de", "fr"], sentimentLayers: [0, 1, 2]))
    private var parameters: Parameters { model.initialParameters(seed: 3) }

    private func sentences(_ lengths: [Int], seed: UInt64) -> [[Int32]] {
        var generator = SeededGenerator(seed: seed)
        return lengths.map { length in
            (0..<length).map { _ in Int32(generator.next(below: 70)) }
        }
    }

    private var sources: [[Int32]] { sentences([5, 1, 33, 17, 8], seed: 1) }
    private var targets: [[Int32]] { sentences([7, 3, 12, 1, 20], seed: 2) }

    private struct Outputs: Equatable {
        var states: [[UInt32]] = []
        var logits: [[UInt32]] = []
        var sentiment: [[UInt32]] = []
    }

    /// The rows of each sentence, as bits.
    private func split(_ x: Matrix, _ segments: Segments) -> [[UInt32]] {
        (0..<segments.count).map { x.rows(segments.rows(of: $0)).elements.map(\.bitPattern) }
    }

    private func outputs(_ sources: [[Int32]], _ targets: [[Int32]], _ pass: Pass) -> Outputs {
        let (source, target) = (Batch(sources), Batch(targets))
        let (states, _) = model.encoder(for: .sentiment).forward(source, pass)
        let (decoded, _) = model.decoder.forward(target, states, pass)
        let sentiment = model.sentimentLogits(states, pass)
        return Outputs(
            states: split(states.states, source.segments),
            logits: split(model.logits(decoded, pass), target.segments),
            sentiment: split(sentiment, Segments(lengths: sources.map { _ in 1 })))
    }

    /// Weights as training has them, and packed for inference.
    private func packings(_ parameters: Parameters) -> [PackedWeights?] {
        [nil]
            + InferencePrecision.allCases.map {
                PackedWeights(of: parameters, precision: $0)
            }
    }

    func testSentencesAloneAndTogether() {
        let parameters = parameters
        for packed in packings(parameters) {
            let together = outputs(
                sources, targets,
                Pass(parameters, workspace: Workspace(threadCount: 2), packed: packed))
            for index in sources.indices {
                let alone = outputs(
                    [sources[index]], [targets[index]],
                    Pass(parameters, workspace: Workspace(threadCount: 1), packed: packed))
                XCTAssertTrue(alone.states[0] == together.states[index], "states of \(index)")
                XCTAssertTrue(alone.logits[0] == together.logits[index], "logits of \(index)")
                XCTAssertTrue(
                    alone.sentiment[0] == together.sentiment[index], "sentiment of \(index)")
            }
        }
    }

    func testThreadsAndPackedWeights() {
        let parameters = parameters
        let workspace = Workspace(threadCount: 1)
        let single = outputs(sources, targets, Pass(parameters, workspace: workspace))
        for packed in packings(parameters) {
            let expected =
                outputs(sources, targets, Pass(parameters, workspace: workspace, packed: packed))
            for threadCount in 2...4 {
                let pass = Pass(
                    parameters, workspace: Workspace(threadCount: threadCount), packed: packed)
                XCTAssertTrue(
                    outputs(sources, targets, pass) == expected, "\(threadCount) threads")
            }
        }
        let packed = PackedWeights(of: parameters, precision: .fp32)
        XCTAssertTrue(
            outputs(sources, targets, Pass(parameters, workspace: workspace, packed: packed))
                == single, "packed weights")
    }

    func testEncodeEqualsForward() {
        let pass = Pass(parameters, workspace: Workspace(threadCount: 2))
        let batch = Batch(sources)
        let kept = model.encoder(for: .sentiment).forward(batch, pass).0
        let lean = model.encoder(for: .sentiment).encode(batch, pass)
        XCTAssertTrue(
            split(lean.states, batch.segments) == split(kept.states, batch.segments))
    }

    /// All hypotheses are one step of the decoder at a time; each ends when its target does.
    func testStepsEqualForward() {
        let pass = Pass(parameters, workspace: Workspace(threadCount: 2))
        let target = Batch(targets)
        let states = model.encoder(for: .sentiment).encode(Batch(sources), pass)
        let expected = split(
            model.decoder.forward(target, states, pass).0, target.segments)
        var actual = targets.map { _ in [UInt32]() }
        var open = targets.indices.map { ($0, DecoderStep.Prefix(sentence: $0)) }
        let step = DecoderStep(model.decoder, states, cache: Arena(), pass)
        while !open.isEmpty {
            var prefixes = open.map(\.1)
            let x = step.states(
                after: open.map { targets[$0.0][$0.1.count] }, appendingTo: &prefixes)
            for (row, sentence) in open.map(\.0).enumerated() {
                actual[sentence] += x.rows(row..<row + 1).elements.map(\.bitPattern)
            }
            open = zip(open.map(\.0), prefixes).filter { $0.1.count < targets[$0.0].count }
        }
        XCTAssertTrue(actual == expected)
    }

    func testGradientsForAnyNumberOfThreads() {
        let parameters = parameters
        let single = gradients(parameters, Workspace(threadCount: 1))
        for threadCount in 2...4 {
            XCTAssertTrue(
                gradients(parameters, Workspace(threadCount: threadCount)) == single,
                "\(threadCount) threads")
        }
    }

    /// The bits of the gradients of one step of training with dropout.
    private func gradients(_ parameters: Parameters, _ workspace: Workspace) -> [UInt32] {
        let pass = Pass(
            parameters, workspace: workspace, dropout: DropoutSource(rate: 0.1, seed: 9))
        let gradients = Parameters(model.layout)
        let (source, target) = (Batch(sources), Batch(targets))
        let (states, encoded) = model.encoder(for: .sentiment).forward(source, pass)
        let (decoderStates, decoded) = model.decoder.forward(target, states, pass)
        let dstates = EncoderStateGradients(of: states, pass)
        let (_, ddecoder) = TranslationLoss(labelSmoothing: 0.1).forwardBackward(
            model, decoderStates, targets: target.tokenIDs, scale: 0.1, pass,
            gradients: gradients)
        model.decoder.backward(
            ddecoder, decoded, into: dstates.states, pass, gradients: gradients)
        for head in model.sentimentHeads {
            let (logits, classified) = head.forward(states, pass)
            head.backward(logits, classified, into: dstates, pass, gradients: gradients)
        }
        model.encoder(for: .sentiment).backward(dstates, encoded, pass, gradients: gradients)
        return gradients.all.elements.map(\.bitPattern)
    }
}
