import Kernels
import XCTest

@testable import Transformer

final class TranslationLossTests: XCTestCase {
    private let model = Model(tinyConfiguration)

    /// More rows than logits exist at a time: the sums and gradients are those of the rows one by one, within 1e-5 of the
    /// largest.
    func testManyRows() {
        let parameters = drawnParameters(model.layout, reluBias: 1, seed: 4)
        let workspace = Workspace(threadCount: 2)
        let pass = Pass(parameters, workspace: workspace)
        let rows = 2 * TranslationLoss.chunkRows + 88
        let states = workspace.arena.matrix(rows, 8)
        var generator = SeededGenerator(seed: 5)
        for index in 0..<states.count { states.data[index] = Float(generator.nextNormal()) }
        let targets = (0..<rows).map { _ in Int32(generator.next(below: 18)) }
        let loss = TranslationLoss(labelSmoothing: 0.1)
        let (together, single) = (Parameters(model.layout), Parameters(model.layout))
        let (sum, dstates) = loss.forwardBackward(
            model, states, targets: targets, scale: 0.01, pass, gradients: together)
        XCTAssertEqual(sum.count, rows)
        var total = LossSum()
        for row in 0..<rows {
            let (part, dstate) = loss.forwardBackward(
                model, states.rows(row..<row + 1), targets: [targets[row]], scale: 0.01, pass,
                gradients: single)
            total += part
            XCTAssertEqual(
                Array(dstate.elements), Array(dstates.rows(row..<row + 1).elements), "row \(row)")
        }
        XCTAssertEqual(sum.smoothed, total.smoothed, accuracy: 1e-9)
        XCTAssertEqual(
            sum.negativeLogProbability, total.negativeLogProbability, accuracy: 1e-9)
        let largest = single.all.elements.map(abs).max() ?? 0
        for (a, b) in zip(together.all.elements, single.all.elements) {
            XCTAssertEqual(a, b, accuracy: 1e-5 * largest)
        }
    }
}
