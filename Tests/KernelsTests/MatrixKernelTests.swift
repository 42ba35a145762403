import XCTest

@testable import Kernels

/// The matrix kernel of every instruction set. Error bound: an element is one chain of `depth` multiply-adds, so its
/// error is at most `(depth + 2) u (|c| + sum |a| |b|)` (Higham 2002, section 3.1), fused or not.
final class MatrixKernelTests: XCTestCase {
    /// `a · b (+ c)` by the kernels themselves: packing and one block.
    private func product(
        _ kernels: KernelTable, _ a: [Float], _ b: [Float], rows: Int, depth: Int, columns: Int,
        aTransposed: Bool = false, bTransposed: Bool = false, addingTo c: [Float]? = nil
    ) -> [Float] {
        let width = kernels.panelColumns
        let panelCount = (columns + width - 1) / width
        var panels = [Float](repeating: .nan, count: panelCount * depth * width)
        b.withUnsafeBufferPointer { b in
            panels.withUnsafeMutableBufferPointer { panels in
                for panel in 0..<panelCount {
                    let first = panel * width
                    kernels.packPanel(
                        depth, min(width, columns - first),
                        b.baseAddress! + (bTransposed ? first * depth : first),
                        bTransposed ? 1 : columns, bTransposed ? depth : 1,
                        panels.baseAddress! + panel * depth * width)
                }
            }
        }
        var result = c ?? [Float](repeating: .nan, count: rows * columns)
        let tile = kernels.tileRows
        if aTransposed {
            var tiles = [Float](repeating: .nan, count: (rows + tile - 1) / tile * tile * depth)
            kernels.packTransposedRows(rows, depth, a, rows, &tiles)
            kernels.matrixBlock(
                rows, columns, depth, tiles, depth * tile, 1, tile, panels, depth * width, &result,
                columns, c != nil)
        } else {
            kernels.matrixBlock(
                rows, columns, depth, a, tile * depth, depth, 1, panels, depth * width, &result,
                columns, c != nil)
        }
        return result
    }

    private func transpose(_ x: [Float], rows: Int, columns: Int) -> [Float] {
        Reference.transpose(x.doubles, rows: rows, columns: columns).map(Float.init)
    }

    func testProductAgreesWithReference() {
        var generator = SeededGenerator(seed: 1)
        for (rows, columns) in oddSizes.flatMap({ rows in oddSizes.map { (rows, $0) } }) {
            for depth in [1, 7, 64, 65] {
                let a = generator.floats(rows * depth)
                let b = generator.floats(depth * columns)
                let c = generator.floats(rows * columns)
                let expected = Reference.product(
                    a.doubles, b.doubles, rows: rows, depth: depth, columns: columns)
                let bounds = Reference.product(
                    a.magnitudes, b.magnitudes, rows: rows, depth: depth, columns: columns
                ).map { Double(depth + 2) * unitRoundoff * $0 }
                for set in instructionSets {
                    let name = "\(set.rawValue) [\(rows), \(depth)] · [\(depth), \(columns)]"
                    let kernels = set.kernels
                    let plain = product(
                        kernels, a, b, rows: rows, depth: depth, columns: columns)
                    assertClose(plain, expected, within: bounds, name)
                    let transposed = product(
                        kernels, transpose(a, rows: rows, columns: depth),
                        transpose(b, rows: depth, columns: columns), rows: rows, depth: depth,
                        columns: columns, aTransposed: true, bTransposed: true)
                    XCTAssertTrue(transposed.bits == plain.bits, name + " transposed")
                    let sum = product(
                        kernels, a, b, rows: rows, depth: depth, columns: columns, addingTo: c)
                    assertClose(
                        sum, zip(expected, c).map { $0 + Double($1) },
                        within: zip(bounds, c.magnitudes).map {
                            $0 + Double(depth + 2) * unitRoundoff * $1
                        }, name + " added")
                }
            }
        }
    }

    func testRowDoesNotDependOnItsNeighbours() {
        var generator = SeededGenerator(seed: 2)
        let (depth, columns) = (65, 130)
        let a = generator.floats(13 * depth)
        let b = generator.floats(depth * columns)
        for set in instructionSets {
            let all = product(
                set.kernels, a, b, rows: 13, depth: depth, columns: columns)
            for row in 0..<13 {
                let one = product(
                    set.kernels, Array(a[row * depth..<(row + 1) * depth]), b, rows: 1,
                    depth: depth, columns: columns)
                XCTAssertTrue(
                    one.bits == Array(all[row * columns..<(row + 1) * columns]).bits,
                    "\(set.rawValue), row \(row)")
            }
        }
    }

    /// Elements that belong to other blocks must be left alone.
    func testBlockStaysInItsPlace() {
        let (rows, columns, stride) = (7, 33, 40)
        for set in instructionSets {
            let kernels = set.kernels
            let width = kernels.panelColumns
            let panels = [Float](repeating: 1, count: (columns + width - 1) / width * width)
            for height in [1, rows] {
                var c = [Float](repeating: -1, count: height * stride)
                kernels.matrixBlock(
                    height, columns, 1, [Float](repeating: 2, count: rows), kernels.tileRows, 1, 1,
                    panels, width, &c, stride, false)
                for (index, value) in c.enumerated() {
                    XCTAssertEqual(
                        value, index % stride < columns ? 2 : -1, "\(set.rawValue) \(index)")
                }
            }
        }
    }

    /// Error bound of bias: one rounding.
    func testBiasAndReLU() {
        var generator = SeededGenerator(seed: 3)
        for columns in oddSizes {
            let x = generator.floats(7 * columns)
            let bias = generator.floats(columns)
            let sums = x.indices.map { Double(x[$0]) + Double(bias[$0 % columns]) }
            for set in instructionSets {
                for usesReLU in [false, true] {
                    var y = x
                    set.kernels.addBias(7, columns, &y, columns, bias, usesReLU)
                    assertClose(
                        y, usesReLU ? sums.map { max($0, 0) } : sums,
                        within: sums.map { abs($0) * unitRoundoff },
                        "\(set.rawValue) \(columns) columns, ReLU \(usesReLU)")
                }
            }
        }
    }

    /// A training run that has diverged must be seen to have diverged, in every column.
    func testReLUKeepsNaN() {
        for set in instructionSets {
            for columns in oddSizes {
                var y = [Float](repeating: .nan, count: columns)
                set.kernels.addBias(
                    1, columns, &y, columns, [Float](repeating: 1, count: columns), true)
                XCTAssertTrue(y.allSatisfy(\.isNaN), "\(set.rawValue) \(columns) columns")
            }
        }
    }
}
