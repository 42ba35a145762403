import XCTest

@testable import Training

final class TaskSamplingTests: XCTestCase {
    private func sampler(
        _ method: SamplingRule.Method, temperature: Double = 1, seed: UInt64 = 1
    ) -> TaskSampler {
        TaskSampler(
            rule: SamplingRule(method: method, temperature: temperature), sizes: [900, 100],
            stepCount: 1001, seed: seed)
    }

    private func assertProbability(
        _ sampler: TaskSampler, at step: Int, _ expected: Double, line: UInt = #line
    ) {
        let probabilities = sampler.probabilities(at: step)
        XCTAssertEqual(probabilities[0], expected, accuracy: 1e-12, line: line)
        XCTAssertEqual(probabilities[1], 1 - expected, accuracy: 1e-12, line: line)
    }

    func testProbabilities() {
        assertProbability(sampler(.proportional), at: 7, 0.9)
        assertProbability(sampler(.uniform), at: 7, 0.5)
        // 30 to 10.
        assertProbability(sampler(.temperature, temperature: 2), at: 7, 0.75)
    }

    func testTheExponentFallsOverTheStage() {
        assertProbability(sampler(.annealed), at: 1, 0.9)
        for (step, exponent) in [(501, 0.6), (1001, 0.2)] {
            let ratio = pow(9, exponent)
            assertProbability(sampler(.annealed), at: step, ratio / (ratio + 1))
        }
    }

    /// Within four standard deviations.
    func testTasksComeAsOftenAsTheyShould() {
        let count = 20_000.0
        for (method, share) in [(SamplingRule.Method.proportional, 0.9), (.uniform, 0.5)] {
            let sampler = sampler(method)
            let frequency = Double((1...20_000).count { sampler.task(at: $0) == 0 }) / count
            XCTAssertEqual(
                frequency, share, accuracy: 4 * (share * (1 - share) / count).squareRoot())
        }
    }

    func testTheDrawIsAFunctionOfSeedAndStep() {
        func draws(_ sampler: TaskSampler) -> [Int] { (1...100).map(sampler.task) }
        XCTAssertEqual(draws(sampler(.uniform)), draws(sampler(.uniform)))
        XCTAssertNotEqual(draws(sampler(.uniform)), draws(sampler(.uniform, seed: 2)))
    }
}
