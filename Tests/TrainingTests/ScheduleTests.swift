import XCTest

@testable import Training

final class ScheduleTests: XCTestCase {
    private func schedule(
        _ name: ScheduleRule.Method, warmupSteps: Int, minimum: Double = 0
    ) -> ScheduleRule {
        ScheduleRule(name: name, learningRate: 2, warmupSteps: warmupSteps, minimum: minimum)
    }

    private func check(
        _ schedule: ScheduleRule, _ expected: [(step: Int, rate: Double)], of total: Int = 100,
        line: UInt = #line
    ) {
        for (step, rate) in expected {
            XCTAssertEqual(
                schedule.learningRate(at: step, of: total), rate, accuracy: 1e-12, "step \(step)",
                line: line)
        }
    }

    func testEveryScheduleRisesInAStraightLine() {
        for name in ScheduleRule.Method.allCases {
            check(schedule(name, warmupSteps: 10), [(1, 0.2), (5, 1), (10, 2)])
        }
    }

    func testInverseSquareRootFallsFromTheEndOfTheWarmup() {
        check(schedule(.inverseSquareRoot, warmupSteps: 10), [(10, 2), (40, 1), (90, 2.0 / 3)])
        check(schedule(.inverseSquareRoot, warmupSteps: 10, minimum: 1.5), [(40, 1.5)])
    }

    func testCosineReachesTheMinimumInTheLastStep() {
        let rule = schedule(.cosine, warmupSteps: 20, minimum: 0.5)
        check(rule, [(20, 2), (60, 1.25), (100, 0.5)])
    }

    func testConstantStaysAtItsRate() {
        check(schedule(.constant, warmupSteps: 0), [(1, 2), (100, 2)])
    }
}
