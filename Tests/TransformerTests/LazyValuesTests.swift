import Dispatch
import Synchronization
import XCTest

@testable import Transformer

final class LazyValuesTests: XCTestCase {
    func testEachIsMadeOnceWhenFirstAskedFor() {
        let values = LazyValues<String>(count: 3)
        XCTAssertNil(values[1])
        XCTAssertEqual(values.value(1) { "a" }, "a")
        XCTAssertEqual(values.value(1) { "b" }, "a")
        XCTAssertEqual(values[1], "a")
        XCTAssertNil(values[0])
        XCTAssertNil(values[2])
    }

    func testManyThreadsSeeOneValue() {
        let values = LazyValues<[Int]>(count: 4)
        let made = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 200) { number in
            let value = values.value(number % 4) {
                made.wrappingAdd(1, ordering: .relaxed)
                return [number % 4, 7]
            }
            XCTAssertEqual(value, [number % 4, 7])
        }
        XCTAssertEqual(made.load(ordering: .relaxed), 4)
    }
}
