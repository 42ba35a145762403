import XCTest

@testable import Kernels

/// `multiply` with the instruction set in use: blocks, threads, storage, epilogues. The error bound is that of the
/// kernel, `(depth + 2) u (|c| + sum |a| |b|)`, and one rounding for a bias.
final class MatrixProductTests: XCTestCase {
    private struct Shape: CustomStringConvertible {
        let rows: Int
        let depth: Int
        let columns: Int

        var description: String { "[\(rows), \(depth)] · [\(depth), \(columns)]" }
    }

    /// Odd sizes, depths around the step of a block, more rows and columns than a block has.
    private let shapes = [
        Shape(rows: 1, depth: 1, columns: 1), Shape(rows: 1, depth: 257, columns: 300),
        Shape(rows: 7, depth: 63, columns: 65), Shape(rows: 63, depth: 255, columns: 31),
        Shape(rows: 64, depth: 256, columns: 64), Shape(rows: 65, depth: 257, columns: 33),
        Shape(rows: 97, depth: 511, columns: 17), Shape(rows: 6, depth: 512, columns: 15),
        Shape(rows: 200, depth: 513, columns: 7), Shape(rows: 193, depth: 40, columns: 1030),
        Shape(rows: 1000, depth: 31, columns: 65),
    ]

    private func operand(
        _ values: [Float], rows: Int, columns: Int, _ storage: Storage, _ arena: Arena
    ) -> Matrix {
        let isTransposed = storage == .transposed
        let matrix = isTransposed ? arena.matrix(columns, rows) : arena.matrix(rows, columns)
        for (index, value) in values.enumerated() {
            let (row, column) = index.quotientAndRemainder(dividingBy: columns)
            matrix.data[isTransposed ? column * rows + row : index] = value
        }
        return matrix
    }

    private func product(
        _ shape: Shape, _ a: [Float], _ aStorage: Storage, _ b: [Float], _ bStorage: Storage,
        precision: Precision = .fp32, addingTo c: [Float]? = nil, epilogue: Epilogue = .none,
        reluResult: [Float]? = nil, _ workspace: Workspace
    ) -> [Float] {
        let arena = workspace.arena
        let packed = PackedMatrix(
            operand(b, rows: shape.depth, columns: shape.columns, bStorage, arena), bStorage,
            precision: precision, workspace: workspace)
        let result = arena.matrix(
            c ?? [Float](repeating: .nan, count: shape.rows * shape.columns),
            columns: shape.columns)
        multiply(
            operand(a, rows: shape.rows, columns: shape.depth, aStorage, arena), aStorage, packed,
            into: result, accumulate: c != nil, epilogue: epilogue,
            reluResult: reluResult.map { arena.matrix($0, columns: shape.columns) },
            workspace: workspace)
        return result.array
    }

    func testProductAgreesWithReference() {
        var generator = SeededGenerator(seed: 1)
        for shape in shapes {
            let a = generator.floats(shape.rows * shape.depth)
            let b = generator.floats(shape.depth * shape.columns)
            let c = generator.floats(shape.rows * shape.columns)
            let expected = Reference.product(
                a.doubles, b.doubles, rows: shape.rows, depth: shape.depth,
                columns: shape.columns)
            let magnitudes = Reference.product(
                a.magnitudes, b.magnitudes, rows: shape.rows, depth: shape.depth,
                columns: shape.columns)
            let factor = Double(shape.depth + 2) * unitRoundoff
            for aStorage in [Storage.natural, .transposed] {
                for bStorage in [Storage.natural, .transposed] {
                    let name = "\(shape), \(aStorage), \(bStorage)"
                    assertClose(
                        product(shape, a, aStorage, b, bStorage, Workspace(threadCount: 2)),
                        expected, within: magnitudes.map { factor * $0 }, name)
                    assertClose(
                        product(
                            shape, a, aStorage, b, bStorage, addingTo: c,
                            Workspace(threadCount: 2)),
                        zip(expected, c).map { $0 + Double($1) },
                        within: zip(magnitudes, c.magnitudes).map { factor * ($0 + $1) },
                        name + ", added")
                }
            }
        }
    }

    func testEpilogues() {
        var generator = SeededGenerator(seed: 2)
        let shape = Shape(rows: 65, depth: 257, columns: 130)
        let a = generator.floats(shape.rows * shape.depth)
        let b = generator.floats(shape.depth * shape.columns)
        let bias = generator.floats(shape.columns)
        let y = generator.floats(shape.rows * shape.columns)
        for precision in Precision.allCases {
            func result(
                _ threadCount: Int, _ epilogue: Epilogue = .none, reluResult: [Float]? = nil
            ) -> [Float] {
                product(
                    shape, a, .natural, b, .natural, precision: precision, epilogue: epilogue,
                    reluResult: reluResult, Workspace(threadCount: threadCount))
            }
            let plain = result(1)
            let biased = plain.indices.map { plain[$0] + bias[$0 % shape.columns] }
            for threadCount in 1...3 {
                bias.withUnsafeBufferPointer { bias in
                    let pointer = bias.baseAddress!
                    XCTAssertEqual(result(threadCount, .bias(pointer)), biased)
                    XCTAssertEqual(
                        result(threadCount, .biasReLU(pointer)),
                        biased.map { max($0, 0) })
                }
                XCTAssertEqual(
                    result(threadCount, reluResult: y),
                    zip(plain, y).map { $1 > 0 ? $0 : 0 })
            }
        }
    }

    /// The bits of a product with bias and a pass of dropout after it, in one block and in many.
    func testResidualConnection() {
        var generator = SeededGenerator(seed: 6)
        for shape in shapes + [Shape(rows: 7, depth: 0, columns: 33)] {
            let a = generator.floats(shape.rows * shape.depth)
            let b = generator.floats(shape.depth * shape.columns)
            let bias = generator.floats(shape.columns)
            let base = generator.floats(shape.rows * shape.columns)
            for precision in Precision.allCases {
                for dropout in [Dropout.none, Dropout(rate: 0.3, key: 12)] {
                    func result(_ threadCount: Int, isFused: Bool) -> [UInt32] {
                        let workspace = Workspace(threadCount: threadCount)
                        let base = workspace.arena.matrix(base, columns: shape.columns)
                        return bias.withUnsafeBufferPointer { bias in
                            let bias = bias.baseAddress!
                            let y = product(
                                shape, a, .natural, b, .natural, precision: precision,
                                epilogue: isFused
                                    ? .residual(bias: bias, dropout: dropout, base: base)
                                    : .bias(bias), workspace)
                            if isFused { return y.bits }
                            let sum = workspace.arena.matrix(y, columns: shape.columns)
                            dropout.apply(sum, addingTo: base, into: sum, workspace: workspace)
                            return sum.array.bits
                        }
                    }
                    let expected = result(1, isFused: false)
                    for threadCount in 1...3 {
                        XCTAssertTrue(
                            result(threadCount, isFused: true) == expected,
                            "\(shape), \(precision), rate \(dropout.rate), \(threadCount) threads")
                    }
                }
            }
        }
    }

    func testDepthOfZero() {
        for rows in [1, 7] {
            let shape = Shape(rows: rows, depth: 0, columns: 33)
            let count = rows * 33
            for storage in [Storage.natural, .transposed] {
                XCTAssertEqual(
                    product(shape, [], storage, [], .natural, Workspace(threadCount: 1)),
                    [Float](repeating: 0, count: count))
                XCTAssertEqual(
                    product(
                        shape, [], storage, [], .natural,
                        addingTo: [Float](repeating: 3, count: count), Workspace(threadCount: 2)),
                    [Float](repeating: 3, count: count))
            }
        }
    }

    func testEmptyProduct() {
        let shape = Shape(rows: 0, depth: 5, columns: 33)
        var generator = SeededGenerator(seed: 3)
        XCTAssertEqual(
            product(
                shape, [], .natural, generator.floats(5 * 33), .natural, Workspace(threadCount: 2)),
            [])
    }

    func testThreadsDoNotChangeBits() {
        var generator = SeededGenerator(seed: 4)
        for shape in shapes {
            let a = generator.floats(shape.rows * shape.depth)
            let b = generator.floats(shape.depth * shape.columns)
            let c = generator.floats(shape.rows * shape.columns)
            assertSameBitsForAllThreadCounts("\(shape)") { workspace in
                [
                    product(shape, a, .natural, b, .natural, workspace),
                    product(shape, a, .natural, b, .transposed, addingTo: c, workspace),
                    product(shape, a, .transposed, b, .natural, addingTo: c, workspace),
                ]
            }
        }
    }

    /// What makes a sentence's output independent of its neighbours in the batch.
    func testRowDoesNotDependOnNumberOfRows() {
        var generator = SeededGenerator(seed: 5)
        for (depth, columns) in [(65, 33), (256, 130), (513, 300)] {
            let a = generator.floats(200 * depth)
            let b = generator.floats(depth * columns)
            let all = product(
                Shape(rows: 200, depth: depth, columns: columns), a, .natural, b, .natural,
                Workspace(threadCount: 1))
            for (first, rows) in [(0, 1), (5, 1), (199, 1), (3, 7), (100, 64), (1, 199)] {
                let part = product(
                    Shape(rows: rows, depth: depth, columns: columns),
                    Array(a[first * depth..<(first + rows) * depth]), .natural, b, .natural,
                    Workspace(threadCount: 2))
                XCTAssertTrue(
                    part.bits == Array(all[first * columns..<(first + rows) * columns]).bits,
                    "\(rows) rows from \(first), depth \(depth)")
            }
        }
    }
}
