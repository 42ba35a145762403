import Kernels
import Transformer
import XCTest

@testable import Training

final class WeightPenaltyTests: XCTestCase {
    private let model = Model(
        ModelConfiguration(
            encoderLayerCount: 1, decoderLayerCount: 1, modelDimension: 8, feedForwardDimension: 8,
            headCount: 2, vocabularySize: 2_100, languages: ["de"]))

    private func rule(l1: Double? = nil, l2: Double? = nil) -> Recipe.Regularization {
        Recipe.Regularization(
            dropout: 0, labelSmoothing: 0, bpeDropout: 0, wordDropout: 0, l1: l1, l2: l2)
    }

    func testThereIsNoneUnlessItIsAskedFor() {
        for rule in [rule(), rule(l1: 0, l2: 0)] {
            XCTAssertNil(WeightPenalty(rule, slots: model.layout.slots))
        }
    }

    /// The gradient is the slope of the penalty: checked by differences at every weight that is not zero.
    func testGradients() throws {
        let (l1, l2) = (0.03, 0.5)
        let trained = model.layout.slots.filter { !$0.name.hasPrefix("decoder") }
        let penalty = try XCTUnwrap(WeightPenalty(rule(l1: l1, l2: l2), slots: trained))
        func value(_ weight: Double) -> Double { l1 * abs(weight) + l2 / 2 * weight * weight }
        for threadCount in [1, 3] {
            let parameters = model.initialParameters(seed: 4)
            parameters.all.elements[0] = 0
            let gradients = Parameters(model.layout)
            gradients.all.elements.update(repeating: 1)
            penalty.addGradients(
                of: parameters, to: gradients, workspace: Workspace(threadCount: threadCount))
            for slot in model.layout.slots {
                let isPenalized = slot.rows > 1 && trained.contains(slot)
                for (weight, gradient) in zip(
                    parameters[slot].elements, gradients[slot].elements)
                {
                    let weight = Double(weight), step = 1e-7
                    let slope =
                        isPenalized && weight != 0
                        ? (value(weight + step) - value(weight - step)) / (2 * step) : 0
                    if abs(weight) < 2 * step && weight != 0 { continue }
                    XCTAssertEqual(Double(gradient), 1 + slope, accuracy: 1e-5, slot.name)
                }
            }
        }
    }
}
