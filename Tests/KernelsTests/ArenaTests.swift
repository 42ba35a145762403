import XCTest

@testable import Kernels

final class ArenaTests: XCTestCase {
    func testAllocationsAreAlignedAndDisjoint() {
        let arena = Arena()
        var parts: [(start: UnsafeMutablePointer<Float>, count: Int)] = []
        for (index, count) in ([0] + oddSizes + [1 << 20, 1 << 22, 5_000_000, 3]).enumerated() {
            let start = arena.allocate(count)
            XCTAssertEqual(Int(bitPattern: start) % 64, 0, "\(count) floats")
            for offset in 0..<count { start[offset] = Float(index) }
            parts.append((start, count))
        }
        for (index, part) in parts.enumerated() {
            let isIntact = (0..<part.count).allSatisfy { part.start[$0] == Float(index) }
            XCTAssertTrue(isIntact, "\(part.count) floats")
        }
    }

    func testWholeNumbersAmongFloats() {
        let arena = Arena()
        let numbers = arena.integers(3)
        let floats = arena.allocate(16)
        for index in 0..<3 { numbers[index] = Int.max - index }
        for index in 0..<16 { floats[index] = Float(index) }
        XCTAssertEqual((0..<3).map { numbers[$0] }, [Int.max, Int.max - 1, Int.max - 2])
        XCTAssertEqual((0..<16).map { floats[$0] }, (0..<16).map(Float.init))
    }

    func testReleaseGivesBackToTheMark() {
        let arena = Arena()
        let kept = arena.allocate(10)
        kept[0] = 1
        let mark = arena.mark
        let first = arena.allocate(100)
        arena.release(to: mark)
        XCTAssertEqual(arena.allocate(50), first)
        XCTAssertEqual(kept[0], 1)
    }

    /// A step that allocates what the last one did gets the same memory.
    func testSteadyStepsReuseMemory() {
        let arena = Arena()
        let start = arena.mark
        func step() -> [UnsafeMutablePointer<Float>] {
            arena.release(to: start)
            return [1000, 3_000_000, 2_000_000, 6_000_000, 17].map(arena.allocate)
        }
        let first = step()
        XCTAssertEqual(step(), first)
        XCTAssertEqual(step(), first)
    }

    func testTrimGivesBackWhatIsNotAllocated() {
        let arena = Arena()
        let start = arena.mark
        let first = arena.allocate(1000)
        let inUse = arena.mark
        _ = arena.allocate(5_000_000)
        let whole = arena.capacity
        arena.trim(to: 0)
        XCTAssertEqual(arena.capacity, whole, "all blocks are allocated from")
        arena.release(to: inUse)
        arena.trim(to: whole)
        XCTAssertEqual(arena.capacity, whole, "no more than asked for")
        first[0] = 1
        arena.trim(to: 2000)
        XCTAssertLessThan(arena.capacity, 5_000_000)
        XCTAssertEqual(first[0], 1)
        arena.release(to: start)
        XCTAssertEqual(arena.allocate(1000), first)
        let again = arena.allocate(5_000_000)
        again[4_999_999] = 2
        XCTAssertEqual(again[4_999_999], 2)
    }

    func testZeros() {
        let arena = Arena()
        let mark = arena.mark
        arena.matrix(7, 9).elements.update(repeating: 5)
        arena.release(to: mark)
        let zeros = arena.zeros(7, 9)
        XCTAssertEqual(zeros.array, [Float](repeating: 0, count: 63))
        XCTAssertEqual(zeros.rows, 7)
        XCTAssertEqual(zeros.columns, 9)
    }
}
