import Foundation
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

    /// Loops that follow each other at once, or after a pause in which the helping threads fall asleep: each is through
    /// when `run` returns, whoever was woken when.
    func testManyLoopsOneAfterTheOther() {
        for threadCount in [2, 3, 8] {
            let threads = HelperThreads(maximumCount: threadCount - 1)
            for round in 0..<2000 {
                if round % 100 == 0 { usleep(2000) }
                let helpers = round % threadCount
                let sum = Atomic(0)
                threads.run(helpers) { worker in sum.add(1 << (8 * worker), ordering: .relaxed) }
                let all = (0...helpers).reduce(0) { $0 + 1 << (8 * $1) }
                XCTAssertEqual(sum.load(ordering: .relaxed), all)
            }
        }
    }

    /// The thread that began a loop is through long before a helping one, and sleeps until that is.
    func testLoopsOfUnequalLength() {
        let threads = HelperThreads(maximumCount: 2)
        for _ in 0..<20 {
            let slept = Atomic(0)
            threads.run(2) { worker in
                usleep(UInt32(worker) * 3000)
                slept.add(1, ordering: .relaxed)
            }
            XCTAssertEqual(slept.load(ordering: .relaxed), 3)
        }
    }

    /// The threads end with what began them.
    func testThreadsEnd() throws {
        func threads() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        }
        let before = try threads()
        for _ in 0..<50 { HelperThreads(maximumCount: 3).run(3) { _ in } }
        for _ in 0..<200 where try threads() > before + 4 { usleep(10_000) }
        XCTAssertLessThanOrEqual(try threads(), before + 4)
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
