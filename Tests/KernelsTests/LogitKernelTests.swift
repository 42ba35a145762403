import XCTest

@testable import Kernels

/// What the search reads from a row of logits, on every instruction set.
final class LogitKernelTests: XCTestCase {
    private func largest(_ kernels: KernelTable, _ count: Int, of x: [Float]) -> [Int] {
        var values = [Float](repeating: 0, count: count)
        var indices = [Int32](repeating: -1, count: count)
        let found = kernels.selectLargest(x.count, count, x, &values, &indices)
        for place in 0..<found { XCTAssertEqual(values[place], x[Int(indices[place])]) }
        return indices.prefix(found).map(Int.init)
    }

    func testSelectsWhatSortingSelects() {
        var generator = SeededGenerator(seed: 1)
        for columns in oddSizes + [1000] {
            for range in [20, 1_000_000] {
                // Of few different values, many are equal.
                let x = (0..<columns).map { _ in Float(generator.next(below: range)) - 10 }
                let sorted = x.indices.sorted { (x[$1], $0) < (x[$0], $1) }
                for count in [1, 2, 5, 64] {
                    for set in instructionSets {
                        XCTAssertEqual(
                            largest(set.kernels, count, of: x), Array(sorted.prefix(count)),
                            "\(set.rawValue) \(count) of \(columns)")
                    }
                }
            }
        }
    }

    func testPassesOverWhatIsNoNumber() {
        for set in instructionSets {
            for columns in oddSizes {
                var x = [Float](repeating: .nan, count: columns)
                XCTAssertEqual(largest(set.kernels, 2, of: x), [])
                x[columns / 2] = -3
                XCTAssertEqual(largest(set.kernels, 2, of: x), [columns / 2])
            }
            XCTAssertEqual(
                largest(set.kernels, 1, of: [Float](repeating: -.infinity, count: 70)), [])
        }
    }

    /// Error bound: relative 1e-6 of the sum, and one rounding of the result.
    func testLogSumExponentials() {
        var generator = SeededGenerator(seed: 2)
        for columns in oddSizes + [8000] {
            for range in [Float(0.1), 30, 1000] {
                let x = generator.floats(columns, in: -range...range)
                let top = Double(x.max() ?? 0)
                let expected = top + log(x.doubles.reduce(0) { $0 + exp($1 - top) })
                for set in instructionSets {
                    let actual = set.kernels.logSumExponentials(columns, x)
                    assertClose(
                        [actual], [expected], within: [1e-6 + 2 * unitRoundoff * abs(expected)],
                        "\(set.rawValue) \(columns) numbers up to \(range)")
                }
            }
        }
    }
}
