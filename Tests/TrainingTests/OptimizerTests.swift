import Kernels
import Transformer
import XCTest

@testable import Training

final class OptimizerTests: XCTestCase {
    private let model = Model(
        ModelConfiguration(
            encoderLayerCount: 1, decoderLayerCount: 1, modelDimension: 8, feedForwardDimension: 8,
            headCount: 2, vocabularySize: 300, languages: ["de"]))
    private let workspace = Workspace(threadCount: 1)

    private func rule(
        _ name: Recipe.OptimizerRule.Method, maximumGradientNorm: Double = 0
    ) -> Recipe.OptimizerRule {
        Recipe.OptimizerRule(
            name: name, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, momentum: 0.5, weightDecay: 0.1,
            maximumGradientNorm: maximumGradientNorm)
    }

    private func slots(of parts: Set<Stage.Part>) -> [ParameterSlot] {
        model.layout.slots.filter { slot in parts.contains { $0.contains(slot) } }
    }

    /// All gradients 1, all weights 1; the weights after one update.
    private func weights(
        after rule: Recipe.OptimizerRule, parts: Set<Stage.Part>
    ) -> Parameters {
        let parameters = Parameters(model.layout), gradients = Parameters(model.layout)
        parameters.all.elements.update(repeating: 1)
        gradients.all.elements.update(repeating: 1)
        let optimizer = Optimizer(rule, layout: model.layout, slots: slots(of: parts))
        let norm = optimizer.norm(ofTrained: gradients, workspace: workspace)
        optimizer.update(
            parameters, gradients: gradients, norm: norm, learningRate: 0.01, step: 1,
            workspace: workspace)
        return parameters
    }

    func testOnlyTheNamedPartsMove() {
        for name in Recipe.OptimizerRule.Method.allCases {
            let parameters = weights(after: rule(name), parts: [.encoder, .sentimentHead])
            for slot in model.layout.slots {
                let moves = slot.name.hasPrefix("encoder") || slot.name.hasPrefix("sentiment_head")
                for value in parameters[slot].elements {
                    XCTAssertEqual(value != 1, moves, "\(slot.name) under \(name)")
                }
            }
        }
    }

    func testEveryParameterBelongsToOnePart() {
        for slot in model.layout.slots {
            let parts = Stage.Part.allCases.filter { $0.contains(slot) }
            XCTAssertEqual(parts.count, 1, slot.name)
        }
    }

    func testTheNormIsOfTheTrainedParts() {
        let gradients = Parameters(model.layout)
        gradients.all.elements.update(repeating: 2)
        let optimizer = Optimizer(rule(.adam), layout: model.layout, slots: slots(of: [.embedding]))
        XCTAssertEqual(
            optimizer.norm(ofTrained: gradients, workspace: workspace),
            (4.0 * 300 * 8).squareRoot(), accuracy: 1e-6)
    }

    func testALongGradientIsScaledDown() {
        let free = weights(after: rule(.sgd), parts: [.embedding])
        let clipped = weights(after: rule(.sgd, maximumGradientNorm: 1), parts: [.embedding])
        let decay: Float = 1 - 0.01 * 0.1
        XCTAssertEqual(free.all.elements[0], decay - 0.01, accuracy: 1e-6)
        let share = 1 / Float(300 * 8).squareRoot()
        XCTAssertEqual(clipped.all.elements[0], decay - 0.01 * share, accuracy: 1e-6)
    }
}
