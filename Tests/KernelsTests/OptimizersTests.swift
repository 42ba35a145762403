import XCTest

@testable import Kernels

/// Optimisers against the reference over several steps. Error bound: each step rounds the weight twice and its update,
/// which is of the size of the learning rate, a few dozen times: `steps u (3 |w| + 64 rate)`.
final class OptimizersTests: XCTestCase {
    private let counts = oddSizes + [40_000]

    /// Runs Adam and returns the weights.
    private func adam(
        _ weights: [Float], _ gradients: [[Float]], decay: Float, scale: Float,
        _ workspace: Workspace
    ) -> [Float] {
        let count = weights.count
        let weight = workspace.arena.matrix(weights, columns: count)
        let mean = workspace.arena.zeros(1, count)
        let variance = workspace.arena.zeros(1, count)
        for (index, gradient) in gradients.enumerated() {
            let step = AdamStep(
                learningRate: 0.01, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: decay,
                step: index + 1)
            step.apply(
                gradient: workspace.arena.matrix(gradient, columns: count), gradientScale: scale,
                mean: mean, variance: variance, weight: weight, workspace: workspace)
        }
        return weight.array
    }

    /// Runs gradient descent with momentum and returns the weights.
    private func momentum(
        _ weights: [Float], _ gradients: [[Float]], decay: Float, scale: Float,
        _ workspace: Workspace
    ) -> [Float] {
        let count = weights.count
        let weight = workspace.arena.matrix(weights, columns: count)
        let velocity = workspace.arena.zeros(1, count)
        for gradient in gradients {
            MomentumStep(learningRate: 0.01, momentum: 0.9, decay: decay).apply(
                gradient: workspace.arena.matrix(gradient, columns: count), gradientScale: scale,
                velocity: velocity, weight: weight, workspace: workspace)
        }
        return weight.array
    }

    private func bounds(_ expected: [Double], steps: Int) -> [Double] {
        expected.map { Double(steps) * unitRoundoff * (3 * abs($0) + 64 * 0.01) }
    }

    func testAdamAgreesWithReference() {
        var generator = SeededGenerator(seed: 1)
        for count in counts {
            for decay in [Float(0), 0.1] {
                let weights = generator.floats(count)
                let gradients = (0..<8).map { _ in generator.floats(count) }
                let expected = weights.indices.map { index in
                    var state = Reference.AdamWeight(weight: Double(weights[index]))
                    for gradient in gradients {
                        state.step(
                            gradient: Double(gradient[index]) * 0.25, rate: Double(0.01 as Float),
                            beta1: Double(0.9 as Float), beta2: Double(0.98 as Float),
                            epsilon: Double(1e-9 as Float), decay: Double(decay))
                    }
                    return state.weight
                }
                let actual = adam(
                    weights, gradients, decay: decay, scale: 0.25, Workspace(threadCount: 2))
                assertClose(
                    actual, expected, within: bounds(expected, steps: gradients.count),
                    "\(count) weights, decay \(decay)")
            }
        }
    }

    func testMomentumAgreesWithReference() {
        var generator = SeededGenerator(seed: 2)
        for count in counts {
            for decay in [Float(0), 0.1] {
                let weights = generator.floats(count)
                let gradients = (0..<8).map { _ in generator.floats(count) }
                let expected = weights.indices.map { index in
                    var state = Reference.MomentumWeight(weight: Double(weights[index]))
                    for gradient in gradients {
                        state.step(
                            gradient: Double(gradient[index]) * 0.25, rate: Double(0.01 as Float),
                            momentum: Double(0.9 as Float), decay: Double(decay))
                    }
                    return state.weight
                }
                let actual = momentum(
                    weights, gradients, decay: decay, scale: 0.25, Workspace(threadCount: 2))
                assertClose(
                    actual, expected, within: bounds(expected, steps: gradients.count),
                    "\(count) weights, decay \(decay)")
            }
        }
    }

    /// Every instruction set takes the same steps as the generic one, within two roundings of the weight and a few of the
    /// update.
    func testInstructionSetsAgree() {
        var generator = SeededGenerator(seed: 3)
        for count in oddSizes {
            let weights = generator.floats(count)
            let gradient = generator.floats(count)
            let moments = generator.floats(count, in: 0.1...1)
            func adamWeights(_ kernels: KernelTable) -> [Float] {
                var (mean, variance, weight) = (moments, moments, weights)
                kernels.adamStep(
                    count, 0.01, 0.9, 0.98, 1e-9, 0.5, 0.001, gradient, &mean, &variance, &weight)
                return weight + mean + variance
            }
            func momentumWeights(_ kernels: KernelTable) -> [Float] {
                var (velocity, weight) = (moments, weights)
                kernels.momentumStep(
                    count, 0.01, 0.9, 0.5, 0.001, gradient, &velocity, &weight)
                return weight + velocity
            }
            for run in [adamWeights, momentumWeights] {
                let expected = run(.generic).doubles
                for set in instructionSets {
                    assertClose(
                        run(set.kernels), expected,
                        within: expected.map { unitRoundoff * (4 * abs($0) + 0.1) },
                        "\(set.rawValue) \(count)")
                }
            }
        }
    }

    func testThreadsDoNotChangeBits() {
        var generator = SeededGenerator(seed: 4)
        let weights = generator.floats(70_001)
        let gradients = (0..<3).map { _ in generator.floats(70_001) }
        assertSameBitsForAllThreadCounts("optimisers") {
            [
                adam(weights, gradients, decay: 0.1, scale: 0.5, $0),
                momentum(weights, gradients, decay: 0.1, scale: 0.5, $0),
            ]
        }
    }
}
