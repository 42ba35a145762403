import Kernels
import XCTest

@testable import Transformer

/// What encoders share under each kind of sharing: parameters, gradients, and the work of inference.
final class EncoderSharingTests: XCTestCase {
    private let source = Batch([[3, 17, 3, 9, 2], [5, 2], [11, 4, 2]])

    private static func configuration(
        _ sharing: EncoderSharing?, sentimentLayers: [Int]? = nil
    ) -> ModelConfiguration {
        var configuration = tinyConfiguration
        configuration.encoderLayerCount = 3
        configuration.sharing = sharing
        configuration.sentimentLayers = sentimentLayers
        return configuration
    }

    private static let configurations = [
        configuration(nil), configuration(nil, sentimentLayers: [0, 2]),
        configuration(nil, sentimentLayers: [0, 3]),
        configuration(.init(.mixed, ownLayerCount: 1), sentimentLayers: [0, 2, 3]),
        configuration(.init(.mixed, ownLayerCount: 2), sentimentLayers: [3, 2, 1]),
        configuration(.init(.mixed, ownLayerCount: 3)),
        configuration(.init(.separate), sentimentLayers: [0, 1, 3]),
    ]

    func testHardSharingChangesNoParameter() {
        let layouts = [nil, EncoderSharing.hard].map { Model(Self.configuration($0)).layout }
        XCTAssertEqual(layouts[0].slots, layouts[1].slots)
        XCTAssertFalse(layouts[0].slots.contains { $0.name.hasPrefix("sentiment_encoder") })
    }

    func testSlotsOfTheTasks() {
        let hard = Model(Self.configuration(nil))
        let encoder = hard.layout.slots.filter {
            $0.name.hasPrefix("encoder.") || $0.name == "embedding.weight"
        }
        XCTAssertEqual(hard.sharedSlots, encoder)
        XCTAssertEqual(
            hard.slots(reachedBy: .translation),
            hard.layout.slots.filter { !$0.name.hasPrefix("sentiment_head.") })
        XCTAssertEqual(
            hard.slots(reachedBy: .sentiment),
            hard.layout.slots.filter { !$0.name.hasPrefix("decoder.") })

        let low = Model(Self.configuration(nil, sentimentLayers: [0, 2]))
        XCTAssertEqual(
            low.sharedSlots,
            encoder.filter { !$0.name.contains("layers.2") && !$0.name.contains("encoder.norm") })

        let mixed = Model(Self.configuration(.init(.mixed, ownLayerCount: 1)))
        XCTAssertEqual(mixed.sharedSlots.map(\.name), low.sharedSlots.map(\.name))
        let own = mixed.layout.slots.filter { $0.name.hasPrefix("sentiment_encoder.") }
        XCTAssertEqual(
            own.map(\.name),
            encoder.filter { $0.name.contains("layers.2") || $0.name.contains("encoder.norm") }
                .map { "sentiment_" + $0.name })
        XCTAssertEqual(
            mixed.slots(reachedBy: .sentiment),
            mixed.layout.slots.filter {
                mixed.sharedSlots.contains($0) || $0.name.hasPrefix("sentiment_")
            })

        let separate = Model(Self.configuration(.init(.separate)))
        XCTAssertEqual(separate.sharedSlots, [])
        XCTAssertEqual(
            separate.slots(reachedBy: .sentiment),
            separate.layout.slots.filter { $0.name.hasPrefix("sentiment_") })
        XCTAssertEqual(
            separate.layout.count - hard.layout.count, encoder.reduce(0) { $0 + $1.count })
    }

    /// What a task is said to reach is what its gradient reaches.
    func testGradientsReachTheSlots() {
        for configuration in Self.configurations {
            let model = Model(configuration)
            let parameters = model.initialParameters(seed: 4)
            let pass = Pass(parameters, workspace: Workspace(threadCount: 1))
            for task in ModelTask.allCases {
                let gradients = Parameters(model.layout)
                _ = loss(model, task, pass, gradients)
                let reached = model.layout.slots.filter { slot in
                    gradients[slot].elements.contains { $0 != 0 }
                }
                XCTAssertEqual(reached, model.slots(reachedBy: task), "\(configuration), \(task)")
            }
        }
    }

    private let shiftedTarget = Batch([[0, 7, 8], [1, 12, 13, 7], [0]])
    private let target: [Int32] = [7, 8, 2, 12, 13, 7, 2, 2]
    private let labels = [
        SentimentLoss.Target(.negative, of: [.negative, .positive]),
        SentimentLoss.Target(.neutral, of: Set(SentimentLabel.allCases)),
        SentimentLoss.Target(.positive, of: Set(SentimentLabel.allCases)),
    ]

    /// The loss of a task, whose gradients are added.
    private func loss(
        _ model: Model, _ task: ModelTask, _ pass: Pass, _ gradients: Parameters
    ) -> Double {
        let encoder = model.encoder(for: task)
        let (states, encoded) = encoder.forward(source, pass)
        let dstates = EncoderStateGradients(of: states, pass)
        var sum = 0.0
        switch task {
        case .translation:
            let (outputs, decoded) = model.decoder.forward(shiftedTarget, states, pass)
            let (loss, doutputs) = TranslationLoss(labelSmoothing: 0.1).forwardBackward(
                model, outputs, targets: target, scale: 0.125, pass, gradients: gradients)
            model.decoder.backward(
                doutputs, decoded, into: dstates.states, pass, gradients: gradients)
            sum = 0.125 * loss.smoothed
        case .sentiment:
            for head in model.sentimentHeads {
                let (logits, activations) = head.forward(states, pass)
                sum +=
                    SentimentLoss(labelSmoothing: 0.1)
                    .forwardBackward(logits, targets: labels, scale: 1).smoothed
                head.backward(logits, activations, into: dstates, pass, gradients: gradients)
            }
        }
        encoder.backward(dstates, encoded, pass, gradients: gradients)
        return sum
    }

    /// Both tasks, one after the other: their gradients meet in what they share. Means over the tokens have no kinks.
    func testGradients() {
        for index in [1, 3, 6] {
            var configuration = Self.configurations[index]
            configuration.decoderLayerCount = 1
            configuration.pooling = TokenPooling(.mean)
            let model = Model(configuration)
            assertGradients(model.layout, reluBias: 8, dropoutRate: 0.2) { it in
                ModelTask.allCases.reduce(0) { $0 + loss(model, $1, it.pass, it.gradients) }
            }
        }
    }

    /// What follows the encoder draws the masks that it would draw if the last layer were read as well.
    func testDropoutDoesNotDependOnWhatIsRead() {
        let (low, all) = (
            Self.configurations[1], Self.configuration(nil, sentimentLayers: [0, 2, 3])
        )
        let keys = [low, all].map { configuration in
            let model = Model(configuration)
            let pass = Pass(
                model.initialParameters(seed: 1), workspace: Workspace(threadCount: 1),
                dropout: DropoutSource(rate: 0.1, seed: 3))
            _ = model.encoder(for: .sentiment).forward(source, pass)
            return pass.nextDropout().key
        }
        XCTAssertEqual(keys[0], keys[1])
    }

    /// Both tasks at once have the states that each has alone, bit for bit, and those of training.
    func testEncodeForBothTasks() {
        for configuration in Self.configurations {
            let model = Model(configuration)
            let parameters = model.initialParameters(seed: 2)
            for precision in InferencePrecision.allCases {
                let pass = Pass(
                    parameters, workspace: Workspace(threadCount: 2),
                    packed: PackedWeights(of: parameters, precision: precision))
                let both = model.encode(source, for: Set(ModelTask.allCases), pass)
                let alone = ModelTask.allCases.map { model.encode(source, for: [$0], pass)[$0]! }
                let kept = ModelTask.allCases.map {
                    model.encoder(for: $0).forward(source, pass).0
                }
                for (index, states) in [alone, kept].joined().enumerated() {
                    let task = ModelTask.allCases[index % 2]
                    let label = "\(configuration), \(task)"
                    XCTAssertEqual(
                        bits(both, task, model, pass), bits([task: states], task, model, pass),
                        label)
                }
            }
        }
    }

    /// What a task reads of states.
    private func bits(
        _ states: [ModelTask: EncoderStates], _ task: ModelTask, _ model: Model, _ pass: Pass
    ) -> [UInt32] {
        guard let states = states[task] else { return [] }
        switch task {
        case .translation: return states.states.elements.map(\.bitPattern)
        case .sentiment: return model.sentimentLogits(states, pass).elements.map(\.bitPattern)
        }
    }

    func testImpossibleConfigurations() {
        func problem(_ sharing: EncoderSharing, _ sentimentLayers: [Int]? = nil) -> String? {
            Self.configuration(sharing, sentimentLayers: sentimentLayers).problem
        }
        XCTAssertNil(problem(.init(.mixed, ownLayerCount: 3)))
        XCTAssertEqual(
            problem(.init(.mixed, ownLayerCount: 9)),
            "sharing.own_layer_count is 9, not between 1 and encoder_layer_count, 3")
        XCTAssertEqual(
            problem(.init(.mixed)), "sharing.own_layer_count is missing, which mixed needs")
        XCTAssertEqual(
            problem(.init(.separate, ownLayerCount: 1)),
            "sharing.own_layer_count belongs to mixed, not to separate")
        XCTAssertEqual(
            problem(.init(.mixed, ownLayerCount: 1), [0, 2]),
            "sentiment_layers [0, 2] leave layers unused that sharing gives to sentiment alone; "
                + "add 3, the last")
    }
}
