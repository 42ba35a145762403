import Kernels
import XCTest

@testable import Transformer

/// A grown model answers as the one before, and can learn with all that it has.
final class LayerGrowthTests: XCTestCase {
    private let source = Batch([[3, 17, 3, 9, 2], [5, 2], [11, 4, 2]])
    private let shiftedTarget = Batch([[0, 7, 8], [1, 12, 13, 7], [0]])
    private let target: [Int32] = [7, 8, 2, 12, 13, 7, 2, 2]

    private static let growths = [
        LayerGrowth(), LayerGrowth(encoderLayerCount: 4), LayerGrowth(decoderLayerCount: 3),
        LayerGrowth(encoderLayerCount: 5, decoderLayerCount: 7),
    ]

    private static let configurations = [nil, [1], [0, 2], [2, 1, 0]].map {
        var configuration = tinyConfiguration
        configuration.sentimentLayers = $0
        return configuration
    }

    private func answers(_ model: Model, _ parameters: Parameters) -> [Float] {
        let pass = Pass(parameters, workspace: Workspace(threadCount: 1))
        let (states, _) = model.encoder(for: .translation).forward(source, pass)
        let (outputs, _) = model.decoder.forward(shiftedTarget, states, pass)
        let (read, _) = model.encoder(for: .sentiment).forward(source, pass)
        return Array(outputs.elements) + Array(model.sentimentLogits(read, pass).elements)
    }

    func testAGrownModelGivesTheSameAnswers() {
        for configuration in Self.configurations {
            let model = Model(configuration)
            let parameters = drawnParameters(model.layout, reluBias: 1, seed: 3)
            let expected = answers(model, parameters)
            for growth in Self.growths {
                let (larger, grown) = growth.grown(model, parameters)
                XCTAssertEqual(
                    larger.configuration.encoderLayerCount, growth.encoderLayerCount ?? 2)
                XCTAssertEqual(
                    larger.configuration.decoderLayerCount, growth.decoderLayerCount ?? 2)
                XCTAssertEqual(
                    answers(larger, grown), expected,
                    "\(growth), sentiment layers \(configuration.readLayers)")
            }
        }
    }

    func testTheLayersOfSentimentMoveAlong() {
        var configuration = tinyConfiguration
        configuration.encoderLayerCount = 6
        configuration.sentimentLayers = [0, 2, 5, 6]
        let counts = [6: [0, 2, 5, 6], 8: [0, 3, 7, 8], 12: [0, 4, 10, 12]]
        for (count, layers) in counts {
            let grown = LayerGrowth(encoderLayerCount: count).grown(configuration)
            XCTAssertEqual(grown.sentimentLayers, layers)
        }
    }

    /// Otherwise a new layer would stay what it is for ever.
    func testNewLayersHaveGradients() {
        let model = Model(tinyConfiguration)
        let parameters = drawnParameters(model.layout, reluBias: 1, seed: 3)
        let (larger, grown) = LayerGrowth(encoderLayerCount: 4, decoderLayerCount: 4)
            .grown(model, parameters)
        let pass = Pass(grown, workspace: Workspace(threadCount: 1))
        let gradients = Parameters(larger.layout)
        let (states, encoded) = larger.encoder(for: .translation).forward(source, pass)
        let dstates = EncoderStateGradients(of: states, pass)
        let (outputs, decoded) = larger.decoder.forward(shiftedTarget, states, pass)
        let (_, doutputs) = TranslationLoss(labelSmoothing: 0.1).forwardBackward(
            larger, outputs, targets: target, scale: 1, pass, gradients: gradients)
        larger.decoder.backward(doutputs, decoded, into: dstates.states, pass, gradients: gradients)
        larger.encoder(for: .translation).backward(dstates, encoded, pass, gradients: gradients)
        var names: [String] = []
        for slot in larger.layout.slots
        where grown[slot].elements.allSatisfy({ $0 == 0 })
            && gradients[slot].elements.contains(where: { $0 != 0 })
        {
            names.append(slot.name)
        }
        let blocks = [
            ("encoder", ["self_attention.output", "feed_forward.outer"]),
            (
                "decoder",
                ["self_attention.output", "cross_attention.output", "feed_forward.outer"]
            ),
        ]
        let expected = blocks.flatMap { stack, blocks in
            [1, 3].flatMap { layer in
                blocks.flatMap { block in
                    ["weight", "bias"].map { "\(stack).layers.\(layer).\(block).\($0)" }
                }
            }
        }
        XCTAssertEqual(names, expected)
    }

    func testWhatCannotGrow() {
        var configuration = tinyConfiguration
        XCTAssertNil(LayerGrowth(encoderLayerCount: 2).problem(of: configuration))
        XCTAssertEqual(
            LayerGrowth(encoderLayerCount: 1).problem(of: configuration),
            "encoder_layer_count is 1, but the model has 2 and layers are only added")
        XCTAssertEqual(
            LayerGrowth(decoderLayerCount: 1).problem(of: configuration),
            "decoder_layer_count is 1, but the model has 2 and layers are only added")
        XCTAssertEqual(
            LayerGrowth(decoderLayerCount: 65).problem(of: configuration),
            "decoder_layer_count is 65, not between 1 and 64")
        configuration.sharing = EncoderSharing(.separate)
        XCTAssertEqual(
            LayerGrowth(encoderLayerCount: 4).problem(of: configuration),
            "only a model whose tasks share the whole encoder grows, not one like this")
    }
}
