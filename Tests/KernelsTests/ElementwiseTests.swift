import XCTest

@testable import Kernels

/// Kernels on flat runs of numbers, and column sums. Each test states its error bound.
final class ElementwiseTests: XCTestCase {
    /// Two roundings.
    func testAddScaled() {
        var generator = SeededGenerator(seed: 1)
        for count in oddSizes {
            let x = generator.floats(count)
            let y = generator.floats(count)
            for set in instructionSets {
                var result = y
                set.kernels.addScaled(count, -0.3, x, &result)
                let scale = Double(-0.3 as Float)
                assertClose(
                    result, zip(x, y).map { Double($1) + scale * Double($0) },
                    within: zip(x, y).map {
                        2 * unitRoundoff * (Double(abs($1)) + abs(scale * Double($0)))
                    }, "\(set.rawValue) \(count)")
            }
        }
    }

    /// Whole vectors and what is left behind them round alike: a sentence alone has the bits that it has among others.
    func testWhereAnElementStandsDoesNotChangeItsBits() {
        var generator = SeededGenerator(seed: 6)
        for count in oddSizes {
            let x = generator.floats(count)
            let y = generator.floats(count)
            let z = generator.floats(count)
            for set in instructionSets {
                func assertAlike(
                    _ name: String,
                    _ kernel: (_ indices: Range<Int>, inout [Float], inout [Float]) -> Void
                ) {
                    var (first, second) = (y, z)
                    kernel(0..<count, &first, &second)
                    var (firstAlone, secondAlone) = (y, z)
                    for index in 0..<count {
                        var (a, b) = ([y[index]], [z[index]])
                        kernel(index..<index + 1, &a, &b)
                        (firstAlone[index], secondAlone[index]) = (a[0], b[0])
                    }
                    XCTAssertEqual(first.bits, firstAlone.bits, "\(name) \(set.rawValue) \(count)")
                    XCTAssertEqual(
                        second.bits, secondAlone.bits, "\(name) \(set.rawValue) \(count)")
                }
                assertAlike("addScaled") { range, y, _ in
                    set.kernels.addScaled(range.count, 0.3, Array(x[range]), &y)
                }
                assertAlike("adamStep") { range, mean, weight in
                    var variance = x[range].map { $0 * $0 }
                    set.kernels.adamStep(
                        range.count, 0.01, 0.9, 0.98, 1e-9, 0.7, 0.01, Array(x[range]), &mean,
                        &variance, &weight)
                }
                assertAlike("momentumStep") { range, velocity, weight in
                    set.kernels.momentumStep(
                        range.count, 0.01, 0.9, 0.7, 0.01, Array(x[range]), &velocity, &weight)
                }
            }
        }
    }

    /// Exact.
    func testReLUBackward() {
        var generator = SeededGenerator(seed: 2)
        for count in oddSizes {
            let y = generator.floats(count).map { max($0, 0) }
            let dy = generator.floats(count)
            for set in instructionSets {
                var dx = dy
                set.kernels.reluBackward(count, y, &dx)
                XCTAssertEqual(dx, zip(y, dy).map { $0 > 0 ? $1 : 0 }, "\(set.rawValue) \(count)")
            }
        }
    }

    /// One chain of multiply-adds at the longest.
    func testSumOfProducts() {
        var generator = SeededGenerator(seed: 3)
        for count in [0] + oddSizes + [1 << 14] {
            let x = generator.floats(count)
            let y = generator.floats(count)
            let products = zip(x.doubles, y.doubles).map(*)
            for set in instructionSets {
                XCTAssertEqual(
                    set.kernels.sumOfProducts(count, x, y), products.reduce(0, +),
                    accuracy: Double(count + 2) * unitRoundoff
                        * products.map(\.magnitude).reduce(0, +),
                    "\(set.rawValue) \(count)")
            }
        }
    }

    /// As many roundings as rows.
    func testColumnSums() {
        var generator = SeededGenerator(seed: 4)
        for (index, columns) in oddSizes.enumerated() {
            let rows = oddSizes[oddSizes.count - 1 - index]
            let x = generator.floats(rows * columns)
            let before = generator.floats(columns)
            func sum(_ x: [Double], _ before: [Double]) -> [Double] {
                before.indices.map { column in
                    (0..<rows).reduce(before[column]) { $0 + x[$1 * columns + column] }
                }
            }
            let bounds = sum(x.magnitudes, before.magnitudes)
                .map { Double(rows) * unitRoundoff * $0 }
            for set in instructionSets {
                var sums = before
                set.kernels.columnSums(rows, columns, x, &sums)
                assertClose(
                    sums, sum(x.doubles, before.doubles), within: bounds,
                    "\(set.rawValue) [\(rows), \(columns)]")
            }
        }
    }

    /// Sums over many blocks, beside sums in double precision.
    func testSumsOfManyBlocks() {
        var generator = SeededGenerator(seed: 6)
        let (rows, columns) = (777, 65)
        let x = generator.floats(rows * columns)
        let y = generator.floats(rows * columns)
        let workspace = Workspace(threadCount: 2)
        let matrix = workspace.arena.matrix(x, columns: columns)
        let sums = workspace.arena.zeros(1, columns)
        addColumnSums(matrix, into: sums.data, workspace: workspace)
        for (column, sum) in sums.array.enumerated() {
            let terms = (0..<rows).map { Double(x[$0 * columns + column]) }
            XCTAssertEqual(
                Double(sum), terms.reduce(0, +),
                accuracy: Double(rows) * unitRoundoff * terms.map(abs).reduce(0, +))
        }
        let products = zip(x, y).map { Double($0) * Double($1) }
        XCTAssertGreaterThan(products.count, 3 * elementGrain)
        XCTAssertEqual(
            sumOfProducts(
                matrix, workspace.arena.matrix(y, columns: columns), workspace: workspace),
            products.reduce(0, +), accuracy: 1e-6 * products.map(abs).reduce(0, +))
    }

    func testThreadsDoNotChangeBits() {
        var generator = SeededGenerator(seed: 5)
        let (rows, columns) = (777, 65)
        let x = generator.floats(rows * columns)
        let y = generator.floats(rows * columns)
        assertSameBitsForAllThreadCounts("elementwise kernels") { workspace in
            let x = workspace.arena.matrix(x, columns: columns)
            let sums = workspace.arena.matrix(Array(y[0..<columns]), columns: columns)
            addColumnSums(x, into: sums.data, workspace: workspace)
            let total = workspace.arena.matrix(y, columns: columns)
            addScaled(x, scale: 0.7, into: total, workspace: workspace)
            let sum = sumOfProducts(x, total, workspace: workspace).bitPattern
            return [
                sums.array, total.array,
                [
                    Float(bitPattern: UInt32(truncatingIfNeeded: sum)),
                    Float(bitPattern: UInt32(truncatingIfNeeded: sum >> 32)),
                ],
            ]
        }
    }
}
