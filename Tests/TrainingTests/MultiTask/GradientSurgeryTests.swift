import Kernels
import XCTest

@testable import Training

/// Directions for tasks with given gradients, for instance those of `|x - a_i|^2 / 2` at 0, which are `-a_i`.
final class GradientSurgeryTests: XCTestCase {
    private func coefficients(
        _ surgery: any GradientSurgery, _ gradients: [[Double]], seed: UInt64 = 1
    ) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        let gram = GramMatrix(size: gradients.count) { dot(gradients[$0], gradients[$1]) }
        return surgery.coefficients(gram, using: &generator)
    }

    private func direction(_ surgery: any GradientSurgery, _ gradients: [[Double]]) -> [Double] {
        let weights = coefficients(surgery, gradients)
        return gradients[0].indices.map { column in
            gradients.indices.reduce(0) { $0 + weights[$1] * gradients[$1][column] }
        }
    }

    private func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).map(*).reduce(0, +) }

    private func assertEqual(
        _ values: [Double], _ expected: [Double], accuracy: Double = 1e-9, line: UInt = #line
    ) {
        XCTAssertEqual(values.count, expected.count, line: line)
        for (value, expected) in zip(values, expected) {
            XCTAssertEqual(value, expected, accuracy: accuracy, line: line)
        }
    }

    func testACosine() {
        let gram = GramMatrix(size: 2) { dot([[1, 0], [-1, 1]][$0], [[1, 0], [-1, 1]][$1]) }
        XCTAssertEqual(try XCTUnwrap(gram.cosine(0, 1)), -0.5.squareRoot(), accuracy: 1e-12)
        XCTAssertEqual(gram.norm(1), 2.0.squareRoot(), accuracy: 1e-12)
        XCTAssertNil(GramMatrix(size: 2) { $0 == 0 && $1 == 0 ? 1 : 0 }.cosine(0, 1))
    }

    /// (1, 0) loses its part against (-1, 1) and becomes (0.5, 0.5); (-1, 1) becomes (0, 1).
    func testPCGradProjectsConflictingGradients() {
        assertEqual(direction(PCGrad(), [[1, 0], [-1, 1]]), [0.5, 1.5])
        // The third conflicts with neither.
        assertEqual(direction(PCGrad(), [[1, 0, 0], [-1, 1, 0], [0, 0, 3]]), [0.5, 1.5, 3])
    }

    func testPCGradLeavesGradientsThatDoNotConflict() {
        XCTAssertEqual(coefficients(PCGrad(), [[1, 0], [1, 1]]), [1, 1])
        XCTAssertEqual(coefficients(PCGrad(), [[1, 0], [0, 1]]), [1, 1])
        XCTAssertEqual(coefficients(PCGrad(), [[1, 0], [0, 0]]), [1, 1])
    }

    /// (1, 0) adds a fifth of (-1, 2) and then no longer points against (-1, 3); in the other order it adds a tenth of
    /// (-1, 3) and then, with -0.3 left, 0.06 of (-1, 2). The others add all of (1, 0), in whatever order.
    func testPCGradTakesTheOthersInRandomOrder() {
        let gradients: [[Double]] = [[1, 0], [-1, 2], [-1, 3]]
        let possible = [[3, 1.2, 1], [3, 1.06, 1.1]]
        var orders: Set<Int> = []
        for seed in 1...20 {
            let found = coefficients(PCGrad(), gradients, seed: UInt64(seed))
            let order = found[2] < 1.05 ? 0 : 1
            assertEqual(found, possible[order])
            orders.insert(order)
        }
        XCTAssertEqual(orders, [0, 1])
    }

    /// The task that gains least is always the second: the whole step within the ball is for it. The mean is (1, 0.5),
    /// its norm √1.25; twice (1, 0.5 + 0.4 √1.25) takes the place of the sum.
    func testCAGradHelpsTheTaskThatGainsLeast() {
        assertEqual(
            direction(CAGrad(c: 0.4), [[2, 0], [0, 1]]), [2, 1 + 0.8 * 1.25.squareRoot()])
    }

    /// By symmetry the direction is that of the mean, longer by c.
    func testCAGradOfTasksThatGainTheSame() {
        assertEqual(direction(CAGrad(c: 0.5), [[1, 0], [0, 1]]), [1.5, 1.5])
        assertEqual(direction(CAGrad(c: 0.5), [[1, 0], [-0.6, 0.8]]), [0.6, 1.2])
    }

    func testCAGradWithoutRoom() {
        XCTAssertEqual(coefficients(CAGrad(c: 0), [[1, 0], [-0.6, 0.8]]), [1, 1])
        // Against each other: the mean is 0, and so is the ball around it.
        assertEqual(direction(CAGrad(c: 0.5), [[1, 2], [-1, -2]]), [0, 0])
        assertEqual(direction(CAGrad(c: 0.5), [[0, 0], [0, 0]]), [0, 0])
    }

    /// No direction in the ball around the mean raises the least gain; tried all around in two dimensions, at random in
    /// three, with three tasks.
    func testCAGradIsTheBestDirectionInItsBall() {
        var generator = SeededGenerator(seed: 3)
        for (taskCount, dimension) in [(2, 2), (2, 2), (3, 2), (3, 3), (3, 3)] {
            let gradients = (0..<taskCount).map { _ in
                (0..<dimension).map { _ in generator.nextNormal() }
            }
            let mean = (0..<dimension).map { column in
                gradients.reduce(0) { $0 + $1[column] } / Double(taskCount)
            }
            func least(_ direction: [Double]) -> Double {
                gradients.map { dot($0, direction) }.min() ?? 0
            }
            let found = direction(CAGrad(c: 0.5), gradients).map { $0 / Double(taskCount) }
            let radius = 0.5 * dot(mean, mean).squareRoot()
            let away = zip(found, mean).map { $0 - $1 }
            XCTAssertEqual(dot(away, away).squareRoot(), radius, accuracy: 1e-9)
            for _ in 0..<20_000 {
                let random = (0..<dimension).map { _ in generator.nextNormal() }
                let norm = dot(random, random).squareRoot()
                let other = zip(mean, random).map { $0 + radius * $1 / norm }
                XCTAssertLessThanOrEqual(least(other), least(found) + 1e-9)
            }
        }
    }
}
