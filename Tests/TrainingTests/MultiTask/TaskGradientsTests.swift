import Kernels
import Transformer
import XCTest

@testable import Training

final class TaskGradientsTests: XCTestCase {
    private let model = Model(
        ModelConfiguration(
            encoderLayerCount: 1, decoderLayerCount: 1, modelDimension: 64,
            feedForwardDimension: 64, headCount: 2, vocabularySize: 700, languages: ["de"]))
    private var layout: ParameterLayout { model.layout }

    private func stage(freeze: [Stage.Part] = []) -> Stage {
        Stage(
            name: "joint", tasks: [.translation: 1, .sentiment: 1],
            proportions: [.translation: 0.5, .sentiment: 0.5], steps: 1, batchTokens: 1,
            schedule: ScheduleRule(
                name: .constant, learningRate: 1, warmupSteps: 0, minimum: 0),
            freeze: freeze, selectBy: .both)
    }

    /// Random gradients of both tasks.
    private func contributions() -> [Parameters] {
        (0..<2).map { task in
            var generator = SeededGenerator(seed: UInt64(task))
            let values = Parameters(layout)
            for index in values.all.elements.indices {
                values.all.elements[index] = Float(generator.nextNormal())
            }
            return values
        }
    }

    private func gradients(
        _ contributions: [Parameters], _ stage: Stage, isMeasured: Bool, threadCount: Int = 1
    ) -> TaskGradients {
        let workspace = Workspace(threadCount: threadCount)
        let shared = Set(stage.sharedSlots(of: model))
        let gradients = TaskGradients(
            layout, taskCount: 2, shared: layout.runs(where: shared.contains), workspace: workspace)
        // The second time as the first: a step leaves nothing behind.
        for _ in 0..<2 {
            gradients.clear()
            for (task, own) in contributions.enumerated() {
                gradients.add(of: task, isMeasured: isMeasured) {
                    addScaled(own.all, scale: 0.7, into: $0.all, workspace: workspace)
                }
            }
        }
        return gradients
    }

    private func values(_ gradients: TaskGradients) -> [Float] { Array(gradients.sum.all.elements) }

    func testTheEncoderAndTheEmbeddingAreShared() {
        func shared(_ stage: Stage) -> Set<Substring> {
            Set(stage.sharedSlots(of: model).map { $0.name.prefix { $0 != "." } })
        }
        XCTAssertEqual(shared(stage()), ["encoder", "embedding"])
        XCTAssertEqual(shared(stage(freeze: [.embedding])), ["encoder"])
        XCTAssertEqual(shared(stage(freeze: [.embedding, .encoder])), [])
    }

    func testMeasuringChangesNoBit() {
        let own = contributions()
        XCTAssertEqual(
            values(gradients(own, stage(), isMeasured: true)),
            values(gradients(own, stage(), isMeasured: false)))
    }

    func testProductsAreOfTheSharedParameters() {
        let own = contributions()
        let stage = stage(freeze: [.embedding])
        let gram = gradients(own, stage, isMeasured: true).products()
        for (first, second) in [(0, 0), (0, 1), (1, 1)] {
            var expected = 0.0
            for slot in layout.slots where slot.name.hasPrefix("encoder.") {
                for (x, y) in zip(own[first][slot].elements, own[second][slot].elements) {
                    expected += 0.49 * Double(x) * Double(y)
                }
            }
            // Of some 25,000 products, each with a rounding error of the sum.
            XCTAssertEqual(gram[first, second], expected, accuracy: 0.02)
            XCTAssertEqual(gram[first, second], gram[second, first])
        }
    }

    func testCombining() {
        let own = contributions()
        let combined = gradients(own, stage(), isMeasured: true)
        combined.combine([1.5, 0.25])
        let shared = Set(stage().sharedSlots(of: model))
        for slot in layout.slots {
            let factors = shared.contains(slot) ? [1.5, 0.25] : [1, 1]
            for index in 0..<slot.count {
                let expected = (0..<2).reduce(0.0) {
                    $0 + 0.7 * factors[$1] * Double(own[$1][slot].elements[index])
                }
                XCTAssertEqual(
                    Double(combined.sum[slot].elements[index]), expected, accuracy: 1e-5)
            }
        }
    }

    func testOnesAreTheSumBitForBit() {
        let own = contributions()
        let combined = gradients(own, stage(), isMeasured: true)
        let before = values(combined)
        combined.combine([1, 1])
        XCTAssertEqual(values(combined), before)
    }

    func testThreadsDoNotChangeBits() {
        let own = contributions()
        let results = [1, 3].map { threadCount in
            let combined = gradients(own, stage(), isMeasured: true, threadCount: threadCount)
            let gram = combined.products()
            combined.combine([1.5, gram[0, 1]])
            return values(combined)
        }
        XCTAssertEqual(results[0], results[1])
    }
}
