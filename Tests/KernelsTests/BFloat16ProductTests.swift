import XCTest

@testable import Kernels

/// The product in bf16 of every instruction set, fast or not, and `multiply` with the one in use.
///
/// Error bounds: against operands rounded to bf16, whose products are exact in fp32, that of a chain of `depth` sums,
/// `(depth + 2) u (|c| + sum |a| |b|)`; the rounding itself is exact (to nearest, ties to even).
final class BFloat16ProductTests: XCTestCase {
    /// `a · b (+ c)` by the kernels themselves: packing and one block.
    private func product(
        _ kernels: KernelTable, _ a: [Float], _ b: [Float], rows: Int, depth: Int, columns: Int,
        aTransposed: Bool = false, bTransposed: Bool = false, addingTo c: [Float]? = nil
    ) -> [Float] {
        let width = kernels.panelColumns, tile = kernels.bfloat16.tileRows
        let places = kernels.bfloat16.places(depth)
        let panelCount = (columns + width - 1) / width
        var panels = [Float](repeating: .nan, count: panelCount * places * width)
        b.withUnsafeBufferPointer { b in
            panels.withUnsafeMutableBufferPointer { panels in
                for panel in 0..<panelCount {
                    let first = panel * width
                    kernels.bfloat16.packPanel(
                        depth, min(width, columns - first),
                        b.baseAddress! + (bTransposed ? first * depth : first),
                        bTransposed ? 1 : columns, bTransposed ? depth : 1,
                        panels.baseAddress! + panel * places * width)
                }
            }
        }
        var result = c ?? [Float](repeating: .nan, count: rows * columns)
        var tiles = [Float](repeating: .nan, count: (rows + tile - 1) / tile * tile * places)
        if aTransposed {
            kernels.bfloat16.packTransposedRows(rows, depth, a, rows, &tiles)
        } else {
            kernels.bfloat16.packRows(rows, depth, a, depth, &tiles)
        }
        let isInTiles = aTransposed && kernels.bfloat16.packsTransposedRowsInTiles
        kernels.bfloat16.matrixBlock(
            rows, columns, places, tiles, places * tile, isInTiles ? 1 : places,
            isInTiles ? tile : 1, panels, places * width, &result, columns, c != nil)
        return result
    }

    private func transpose(_ x: [Float], rows: Int, columns: Int) -> [Float] {
        Reference.transpose(x.doubles, rows: rows, columns: columns).map(Float.init)
    }

    func testProductAgreesWithReference() {
        var generator = SeededGenerator(seed: 1)
        for (rows, columns) in oddSizes.flatMap({ rows in oddSizes.map { (rows, $0) } }) {
            for depth in [1, 2, 7, 31, 33, 64, 65] {
                let a = generator.floats(rows * depth)
                let b = generator.floats(depth * columns)
                let c = generator.floats(rows * columns)
                let (x, y) = (a.map(Reference.bfloat16), b.map(Reference.bfloat16))
                let expected = Reference.product(
                    x.doubles, y.doubles, rows: rows, depth: depth, columns: columns)
                let bounds = Reference.product(
                    x.magnitudes, y.magnitudes, rows: rows, depth: depth, columns: columns
                ).map { Double(depth + 2) * unitRoundoff * $0 }
                for set in instructionSets {
                    let name = "\(set.rawValue) [\(rows), \(depth)] · [\(depth), \(columns)]"
                    let plain = product(
                        set.kernels, a, b, rows: rows, depth: depth, columns: columns)
                    assertClose(plain, expected, within: bounds, name)
                    let transposed = product(
                        set.kernels, transpose(a, rows: rows, columns: depth),
                        transpose(b, rows: depth, columns: columns), rows: rows, depth: depth,
                        columns: columns, aTransposed: true, bTransposed: true)
                    XCTAssertTrue(transposed.bits == plain.bits, name + " transposed")
                    let sum = product(
                        set.kernels, a, b, rows: rows, depth: depth, columns: columns,
                        addingTo: c)
                    assertClose(
                        sum, zip(expected, c).map { $0 + Double($1) },
                        within: zip(bounds, c.magnitudes).map {
                            $0 + Double(depth + 2) * unitRoundoff * $1
                        }, name + " added")
                }
            }
        }
    }

    /// Elements that belong to other blocks must be left alone, above, below and beside.
    func testBlockStaysInItsPlace() {
        let stride = 80
        for set in instructionSets {
            let kernels = set.kernels
            let width = kernels.panelColumns, places = kernels.bfloat16.places(1)
            for (rows, columns) in oddSizes.flatMap({ rows in oddSizes.map { (rows, $0) } }) {
                var panels = [Float](
                    repeating: .nan, count: (columns + width - 1) / width * places * width)
                for first in Swift.stride(from: 0, to: columns, by: width) {
                    panels.withUnsafeMutableBufferPointer { panels in
                        kernels.bfloat16.packPanel(
                            1, min(width, columns - first),
                            [Float](repeating: 1, count: width), width, 1,
                            panels.baseAddress! + first * places)
                    }
                }
                let tile = kernels.bfloat16.tileRows
                var tiles = [Float](repeating: .nan, count: (rows + tile) * places)
                kernels.bfloat16.packRows(rows, 1, [Float](repeating: 2, count: rows), 1, &tiles)
                var c = [Float](repeating: -1, count: (rows + 2) * stride)
                c.withUnsafeMutableBufferPointer { c in
                    kernels.bfloat16.matrixBlock(
                        rows, columns, places, tiles, tile * places, places, 1, panels,
                        places * width, c.baseAddress! + stride + 1, stride, false)
                }
                let isRight = c.indices.allSatisfy { index in
                    let (row, column) = index.quotientAndRemainder(dividingBy: stride)
                    let isInside = 1...rows ~= row && 1...columns ~= column
                    return c[index] == (isInside ? 2 : -1)
                }
                XCTAssertTrue(isRight, "\(set.rawValue) [\(rows), \(columns)]")
            }
        }
    }

    /// One times a number is the rounded number: by vectors, one by one, in rows, tiles and panels.
    func testRounding() {
        var generator = SeededGenerator(seed: 2)
        let ties: [Float] = [1, 1 + 0x1p-8, 1 + 0x3p-8, -1 - 0x1p-8, 1 + 0x1p-8 + 0x1p-23, 0, -3]
        let extremes: [Float] = [0x1.FEp127, -0x1.FEp127, 0x1p-126, .infinity, -.infinity]
        let x = ties + extremes + generator.floats(21, in: -1e4...1e4)
        let expected = x.map(Reference.bfloat16)
        for set in instructionSets {
            XCTAssertEqual(
                product(set.kernels, [1], x, rows: 1, depth: 1, columns: x.count), expected)
            XCTAssertEqual(
                product(
                    set.kernels, [1], x, rows: 1, depth: 1, columns: x.count, bTransposed: true),
                expected)
            for isTransposed in [false, true] {
                XCTAssertEqual(
                    product(
                        set.kernels, x, [1], rows: x.count, depth: 1, columns: 1,
                        aTransposed: isTransposed), expected, set.rawValue)
            }
        }
    }

    /// A training run that has diverged must be seen to have diverged.
    func testNotANumberStaysSo() {
        let noisy = [Float.nan, Float(nan: 1, signaling: false), Float(bitPattern: 0x7FFF_FFFF)]
        for set in instructionSets {
            for depth in [1, 40] {
                for value in noisy {
                    let x = [Float](repeating: value, count: depth)
                    let ones = [Float](repeating: 1, count: depth)
                    for (a, b) in [(x, ones), (ones, x)] {
                        let y = product(set.kernels, a, b, rows: 1, depth: depth, columns: 1)
                        XCTAssertTrue(y[0].isNaN, "\(set.rawValue), depth \(depth)")
                    }
                }
            }
        }
    }

    private func multiplied(
        _ a: [Float], _ aStorage: Storage, _ b: [Float], rows: Int, depth: Int, columns: Int,
        addingTo c: [Float]? = nil, _ workspace: Workspace
    ) -> [Float] {
        let arena = workspace.arena
        let packed = PackedMatrix(
            arena.matrix(b, columns: columns), .natural, precision: .bf16, workspace: workspace)
        let result = arena.matrix(
            c ?? [Float](repeating: .nan, count: rows * columns), columns: columns)
        multiply(
            arena.matrix(a, columns: aStorage == .natural ? depth : rows), aStorage, packed,
            into: result, accumulate: c != nil, workspace: workspace)
        return result.array
    }

    /// Blocks, depths around their step, threads; and a row does not depend on the number of rows.
    func testBlocksAndThreads() {
        var generator = SeededGenerator(seed: 3)
        for (rows, depth, columns) in [
            (1, 257, 300), (7, 63, 65), (65, 257, 33), (97, 511, 17), (193, 40, 1030),
            (300, 1030, 70),
        ] {
            let name = "[\(rows), \(depth)] · [\(depth), \(columns)]"
            let a = generator.floats(rows * depth)
            let b = generator.floats(depth * columns)
            let c = generator.floats(rows * columns)
            let (x, y) = (a.map(Reference.bfloat16), b.map(Reference.bfloat16))
            let magnitudes = Reference.product(
                x.magnitudes, y.magnitudes, rows: rows, depth: depth, columns: columns)
            let plain = multiplied(
                a, .natural, b, rows: rows, depth: depth, columns: columns,
                Workspace(threadCount: 2))
            assertClose(
                plain,
                Reference.product(
                    x.doubles, y.doubles, rows: rows, depth: depth, columns: columns),
                within: magnitudes.map { Double(depth + 2) * unitRoundoff * $0 }, name)
            assertSameBitsForAllThreadCounts(name) { workspace in
                [
                    multiplied(
                        a, .natural, b, rows: rows, depth: depth, columns: columns, workspace),
                    multiplied(
                        transpose(a, rows: rows, columns: depth), .transposed, b, rows: rows,
                        depth: depth, columns: columns, addingTo: c, workspace),
                ]
            }
            let last = multiplied(
                Array(a.suffix(depth)), .natural, b, rows: 1, depth: depth, columns: columns,
                Workspace(threadCount: 1))
            XCTAssertTrue(last.bits == Array(plain.suffix(columns)).bits, name)
        }
    }
}
