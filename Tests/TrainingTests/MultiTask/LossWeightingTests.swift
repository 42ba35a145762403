import XCTest

@testable import Training

final class LossWeightingTests: XCTestCase {
    private func rule(
        _ method: LossWeightRule.Method, learningRate: Double = 0.01, window: Int = 2,
        alpha: Double = 1
    ) -> LossWeightRule {
        LossWeightRule(
            method: method, learningRate: learningRate, temperature: 2, window: window,
            alpha: alpha)
    }

    private func learn(
        _ weighting: inout any LossWeighting, _ losses: [Double?], norms: [Double] = [],
        steps: Int = 1
    ) {
        for _ in 0..<steps {
            weighting.learn(from: StepOutcome(losses: losses, gradientNorms: norms))
        }
    }

    private func assertWeights(
        _ weighting: any LossWeighting, _ expected: [Double], accuracy: Double = 0,
        line: UInt = #line
    ) {
        XCTAssertEqual(weighting.weights.count, expected.count, line: line)
        for (weight, expected) in zip(weighting.weights, expected) {
            XCTAssertEqual(weight, expected, accuracy: accuracy * expected, line: line)
        }
    }

    func testEveryMethodBeginsWithTheWeightsOfTheStage() {
        for method in LossWeightRule.Method.allCases {
            assertWeights(rule(method).weighting([1, 0.25]), [1, 0.25], accuracy: 1e-6)
        }
    }

    func testFixedWeightsStay() {
        var weighting = rule(.fixed).weighting([1, 0.25])
        learn(&weighting, [3, 0.1], steps: 5)
        XCTAssertEqual(weighting.weights, [1, 0.25])
    }

    /// The least of `exp(-s) L + s / 2` is where `exp(-s) = 1 / (2 L)`.
    func testUncertaintyFindsTheLeastOfItsObjective() {
        var weighting = rule(.uncertainty).weighting([1, 0.5])
        learn(&weighting, [2, 0.25], steps: 4000)
        assertWeights(weighting, [0.25, 2], accuracy: 0.01)
    }

    func testUncertaintyLearnsFromTheTasksOfTheStep() {
        var weighting = rule(.uncertainty).weighting([1, 1])
        learn(&weighting, [2, nil], steps: 4000)
        assertWeights(weighting, [0.25, 1], accuracy: 0.01)
    }

    /// Not even the momentum of its own steps moves a task that is not in the step.
    func testUncertaintyKeepsTheWeightOfATaskThatIsNotInTheStep() {
        var weighting = rule(.uncertainty).weighting([1, 1])
        for step in 0..<10 {
            let before = weighting.weights
            learn(&weighting, step % 2 == 0 ? [2, nil] : [nil, 0.25])
            XCTAssertEqual(weighting.weights[(step + 1) % 2], before[(step + 1) % 2])
            XCTAssertNotEqual(weighting.weights[step % 2], before[step % 2])
        }
        for step in 0..<8000 { learn(&weighting, step % 2 == 0 ? [2, nil] : [nil, 0.25]) }
        assertWeights(weighting, [0.25, 2], accuracy: 0.01)
    }

    func testDynamicWeightAverage() {
        var weighting = rule(.dynamicWeightAverage).weighting([1, 0.5])
        // The means are 4 and 2, then 2 and 2: the ratios are 0.5 and 1.
        for losses in [[5.0, 1], [3, 3], [1, 2]] {
            learn(&weighting, losses)
            XCTAssertEqual(weighting.weights, [1, 0.5])
        }
        learn(&weighting, [3, 2])
        let powers = [exp(0.5 / 2), exp(1.0 / 2)]
        let scale = 2 / (powers[0] + powers[1])
        assertWeights(weighting, [powers[0] * scale, 0.5 * powers[1] * scale], accuracy: 1e-12)
        // Both stay as they are: the weights are as at first.
        learn(&weighting, [2, 2], steps: 2)
        assertWeights(weighting, [1, 0.5], accuracy: 1e-12)
    }

    func testAWindowLastsUntilEveryTaskHasHadAStep() {
        var weighting = rule(.dynamicWeightAverage).weighting([1, 1])
        let steps: [[Double?]] = [[4, nil], [4, nil], [4, nil], [nil, 2], [2, nil], [nil, 2]]
        for losses in steps {
            XCTAssertEqual(weighting.weights, [1, 1])
            learn(&weighting, losses)
        }
        let ratio = exp(0.5 / 2) / exp(1.0 / 2)
        XCTAssertEqual(weighting.weights[0] / weighting.weights[1], ratio, accuracy: 1e-12)
    }

    /// At the same pace all weighted gradients get the same norm.
    func testGradNormBalancesTheGradients() {
        var weighting = rule(.gradNorm).weighting([1, 1])
        learn(&weighting, [3, 1], norms: [4, 1], steps: 1000)
        assertWeights(weighting, [0.4, 1.6], accuracy: 0.05)
    }

    /// A task that has come half as far gets twice the norm.
    func testGradNormPullsATaskThatLagsBehind() {
        var weighting = rule(.gradNorm).weighting([1, 1])
        learn(&weighting, [6, 1], norms: [4, 1])
        learn(&weighting, [3, 1], norms: [4, 1], steps: 1000)
        // 4 w = 0.5 v and w + v = 2.
        assertWeights(weighting, [2.0 / 9, 16.0 / 9], accuracy: 0.1)
    }

    func testGradNormKeepsTheSumAndNoWeightVanishes() {
        var weighting = rule(.gradNorm, learningRate: 0.5).weighting([1, 0.5])
        for _ in 0..<50 {
            learn(&weighting, [1, 1], norms: [1000, 0.001])
            XCTAssertEqual(weighting.weights.reduce(0, +), 1.5, accuracy: 1e-6)
            XCTAssertGreaterThan(weighting.weights.min() ?? 0, 0.001)
        }
    }

    func testAMethodGoesOnFromItsMemory() throws {
        for method in LossWeightRule.Method.allCases {
            var whole = rule(method).weighting([1, 0.5])
            var losses = [3.0, 1.0]
            var copy: (any LossWeighting)?
            for step in 1...20 {
                losses = [losses[0] * 0.9, losses[1] * 0.97]
                let norms = [1 + losses[1], losses[0]]
                learn(&whole, losses, norms: norms)
                if var going = copy {
                    learn(&going, losses, norms: norms)
                    copy = going
                }
                if step == 9 {
                    let json = try JSONEncoder().encode(whole.memory)
                    var resumed = rule(method).weighting([1, 0.5])
                    resumed.memory = try JSONDecoder().decode([String: [Double]].self, from: json)
                    copy = resumed
                }
            }
            XCTAssertEqual(copy?.weights, whole.weights, method.rawValue)
            XCTAssertEqual(copy?.memory, whole.memory, method.rawValue)
        }
    }
}
