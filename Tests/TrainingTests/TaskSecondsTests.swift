import XCTest

@testable import Training

final class TaskSecondsTests: XCTestCase {
    private func measured(_ tasks: [TrainingTask]) -> (TaskSeconds, [Set<TrainingTask>]) {
        var calls: [Set<TrainingTask>] = []
        let seconds = TaskSeconds(tasks) { calls.append($0) }
        return (seconds, calls.indices.filter { $0 % 4 == 0 }.map { calls[$0] })
    }

    func testTasksAreMeasuredAloneAndTogether() {
        let (both, calls) = measured([.translation, .sentiment])
        XCTAssertEqual(calls, [[.translation], [.sentiment], [.translation, .sentiment]])
        XCTAssert(both.translation != nil && both.sentiment != nil && both.both != nil)
        let (one, call) = measured([.sentiment])
        XCTAssertEqual(call, [[.sentiment]])
        XCTAssert(one.translation == nil && one.sentiment != nil && one.both == nil)
    }
}
