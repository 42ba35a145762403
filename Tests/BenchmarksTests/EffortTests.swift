import XCTest

@testable import Benchmarks

final class EffortTests: XCTestCase {
    func testTheFirstTimeDoesNotCount() {
        var values = [900.0, 3, 1, 5, 4, 2]
        XCTAssertEqual(Effort(seconds: 0).median { values.removeFirst() }, 3)
        XCTAssert(values.isEmpty)
    }

    func testTheMedianOfAnEvenNumber() {
        var values = [900.0, 3, 1]
        XCTAssertEqual(Effort.small.median { values.removeFirst() }, 2)
    }

    func testItGoesOnForTheTimeAskedFor() {
        var count = 0
        let seconds = elapsedSeconds {
            _ = Effort(seconds: 0.02).median {
                count += 1
                return 0
            }
        }
        XCTAssertGreaterThanOrEqual(seconds, 0.02)
        XCTAssertGreaterThan(count, 5)
    }
}
