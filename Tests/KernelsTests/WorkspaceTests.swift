import Synchronization
import XCTest

@testable import Kernels

final class WorkspaceTests: XCTestCase {
    func testEveryIndexOnce() {
        for threadCount in 1...4 {
            for count in [0, 1, 2, 3, 100, 1000] {
                let seen = Mutex([Int](repeating: 0, count: count))
                let workers = Mutex(Set<Int>())
                Workspace(threadCount: threadCount).parallelFor(count) { index, worker in
                    seen.withLock { $0[index] += 1 }
                    _ = workers.withLock { $0.insert(worker) }
                }
                XCTAssertEqual(seen.withLock { $0 }, [Int](repeating: 1, count: count))
                XCTAssertTrue(workers.withLock { $0.allSatisfy((0..<threadCount).contains) })
            }
        }
    }

    func testRangesCoverAll() {
        for (count, grain, expected) in [
            (0, 5, []), (5, 5, [0..<5]), (11, 5, [0..<5, 5..<10, 10..<11]),
        ] {
            let ranges = Mutex<[Range<Int>]>([])
            Workspace(threadCount: 3).parallelFor(count, grain: grain) { range in
                ranges.withLock { $0.append(range) }
            }
            XCTAssertEqual(
                ranges.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } }, expected)
        }
    }

    func testSegments() {
        let segments = Segments(lengths: [3, 1, 5])
        XCTAssertEqual(segments.offsets, [0, 3, 4])
        XCTAssertEqual(segments.total, 9)
        XCTAssertEqual((0..<segments.count).map(segments.rows(of:)), [0..<3, 3..<4, 4..<9])
    }
}
