import XCTest

@testable import Kernels

/// The product in 8 bits on every instruction set, with and without the instruction for it.
final class Int8MatrixTests: XCTestCase {
    private var tables: [(name: String, kernels: KernelTable)] {
        var tables = instructionSets.map { ($0.rawValue, $0.kernels) }
        #if arch(x86_64)
            if InstructionSet.x86_64_v4.isAvailable { tables.append(("x86-64-v4 alone", .v4)) }
        #endif
        return tables
    }

    /// Bytes as words, in rows of whole words, filled up with `zero`.
    private func words(_ values: [Int], columns: Int, zero: Int) -> [Int32] {
        let wordCount = (columns + 3) / 4
        return stride(from: 0, to: values.count, by: columns).flatMap { row in
            (0..<wordCount).map { word in
                (0..<4).reduce(Int32(0)) { sum, byte in
                    let column = 4 * word + byte
                    let value = zero + (column < columns ? values[row + column] : 0)
                    return sum | Int32(truncatingIfNeeded: (value & 0xFF) << (8 * byte))
                }
            }
        }
    }

    /// The kernel's result for `a [rows, depth] · b^T`, `b [columns, depth]`.
    private func product(
        _ kernels: KernelTable, _ a: [Int], _ b: [Int], rows: Int, depth: Int, columns: Int,
        rowScales: [Float], columnScales: [Float], bias: [Float]? = nil,
        floor: Float = -.infinity, base: [Float]? = nil
    ) -> [Float] {
        let width = kernels.int8PanelColumns
        let panelCount = (columns + width - 1) / width
        let wordCount = (depth + 3) / 4
        var panels = [Int32](repeating: -1, count: panelCount * width * wordCount)
        var corrections = [Int32](repeating: -1, count: panelCount * width)
        let bytes = words(b, columns: depth, zero: 0)
        for panel in 0..<panelCount {
            let first = panel * width
            bytes.withUnsafeBufferPointer { bytes in
                panels.withUnsafeMutableBufferPointer { panels in
                    corrections.withUnsafeMutableBufferPointer { corrections in
                        kernels.packBytePanel(
                            wordCount, min(width, columns - first),
                            bytes.baseAddress! + first * wordCount,
                            panels.baseAddress! + first * wordCount,
                            corrections.baseAddress! + first)
                    }
                }
            }
        }
        let scales = columnScales + [Float](repeating: 0, count: panelCount * width - columns)
        // A column more than the product has, which must be left alone.
        var result = [Float](repeating: -1, count: rows * (columns + 1))
        let addends = base.map { base in
            (0..<rows).flatMap { base[$0 * columns..<($0 + 1) * columns] + [.nan] }
        }
        func run(_ bias: UnsafePointer<Float>?, _ base: UnsafePointer<Float>?) {
            kernels.int8MatrixBlock(
                rows, columns, wordCount, words(a, columns: depth, zero: 128), rowScales, panels,
                corrections, scales, bias, floor, base, &result, columns + 1)
        }
        withPointer(to: bias) { bias in withPointer(to: addends) { run(bias, $0) } }
        XCTAssertTrue((0..<rows).allSatisfy { result[$0 * (columns + 1) + columns] == -1 })
        return (0..<rows).flatMap { row in
            result[row * (columns + 1)..<row * (columns + 1) + columns]
        }
    }

    private func withPointer(
        to values: [Float]?, _ body: (UnsafePointer<Float>?) -> Void
    ) {
        if let values {
            values.withUnsafeBufferPointer { body($0.baseAddress) }
        } else {
            body(nil)
        }
    }

    private func ones(_ count: Int) -> [Float] { [Float](repeating: 1, count: count) }

    private func integers(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
        (0..<count).map { _ in generator.next(below: 255) - 127 }
    }

    private func transpose(_ x: [Int], rows: Int, columns: Int) -> [Int] {
        (0..<columns).flatMap { column in (0..<rows).map { row in x[row * columns + column] } }
    }

    func testSumsAreThoseOfTheReference() {
        var generator = SeededGenerator(seed: 1)
        for (rows, columns) in oddSizes.flatMap({ rows in oddSizes.map { (rows, $0) } }) {
            for depth in [1, 7, 64, 65] {
                let a = integers(rows * depth, &generator)
                let b = integers(columns * depth, &generator)
                let expected = Reference.product(
                    a, transpose(b, rows: columns, columns: depth), rows: rows, depth: depth,
                    columns: columns)
                for (name, kernels) in tables {
                    let sums = product(
                        kernels, a, b, rows: rows, depth: depth, columns: columns,
                        rowScales: ones(rows), columnScales: ones(columns))
                    XCTAssertTrue(
                        sums == expected.map(Float.init),
                        "\(name) [\(rows), \(depth)] · [\(depth), \(columns)]")
                }
            }
        }
    }

    /// The largest products of all, which would not fit 16 bits when two are added.
    func testSumsDoNotSaturate() {
        let (depth, columns) = (1024, 40)
        for (x, y) in [(127, 127), (127, -127), (-127, 127), (-127, -127)] {
            for rows in [1, 6, 40] {
                for (name, kernels) in tables {
                    let sums = product(
                        kernels, [Int](repeating: x, count: rows * depth),
                        [Int](repeating: y, count: columns * depth), rows: rows, depth: depth,
                        columns: columns, rowScales: ones(rows), columnScales: ones(columns))
                    XCTAssertTrue(
                        sums.allSatisfy { $0 == Float(depth * x * y) }, "\(name) \(x) \(y)")
                }
            }
        }
    }

    /// Instruction sets with vectors of one length scale exact sums in one way: a model answers the same on each.
    func testResultsAreTheSameForVectorsOfOneLength() {
        var generator = SeededGenerator(seed: 3)
        let alike = tables.filter { $0.kernels.int8PanelColumns == 32 }
        for (rows, depth, columns) in [(16, 256, 96), (33, 70, 65), (63, 1, 31), (80, 132, 40)] {
            let a = integers(rows * depth, &generator)
            let b = integers(columns * depth, &generator)
            let rowScales = generator.floats(rows, in: 0...0.1)
            let columnScales = generator.floats(columns, in: 0...0.1)
            let bias = generator.floats(columns)
            let results = alike.map {
                product(
                    $0.kernels, a, b, rows: rows, depth: depth, columns: columns,
                    rowScales: rowScales, columnScales: columnScales, bias: bias, floor: 0
                ).bits
            }
            for (table, result) in zip(alike, results) {
                XCTAssertTrue(result == results[0], "\(table.name) [\(rows), \(depth)]")
            }
        }
    }

    /// Error bound: four roundings.
    func testScalesBiasAndReLU() {
        var generator = SeededGenerator(seed: 2)
        let depth = 33
        for (rows, columns) in [(1, 31), (1, 300), (7, 65), (40, 65)] {
            let a = integers(rows * depth, &generator)
            let b = integers(columns * depth, &generator)
            let rowScales = generator.floats(rows, in: 0...0.1)
            let columnScales = generator.floats(columns, in: 0...0.1)
            let bias = generator.floats(columns)
            let sums = Reference.product(
                a, transpose(b, rows: columns, columns: depth), rows: rows, depth: depth,
                columns: columns)
            let products = sums.indices.map { index in
                Double(sums[index]) * Double(rowScales[index / columns])
                    * Double(columnScales[index % columns])
            }
            let expected = products.indices.map { products[$0] + Double(bias[$0 % columns]) }
            let bounds = products.indices.map {
                4 * unitRoundoff * (abs(products[$0]) + abs(Double(bias[$0 % columns])))
            }
            for (name, kernels) in tables {
                for floor in [-Float.infinity, 0] {
                    let y = product(
                        kernels, a, b, rows: rows, depth: depth, columns: columns,
                        rowScales: rowScales, columnScales: columnScales, bias: bias, floor: floor)
                    assertClose(
                        y, expected.map { max($0, Double(floor)) }, within: bounds,
                        "\(name) [\(rows), \(columns)] at least \(floor)")
                }
            }
        }
    }

    /// The base is added to what is there without it, whose errors are bounded above.
    func testBase() {
        var generator = SeededGenerator(seed: 6)
        let depth = 33
        for (rows, columns) in oddSizes.flatMap({ rows in oddSizes.map { (rows, $0) } }) + [
            (1, 300)
        ] {
            let a = integers(rows * depth, &generator)
            let b = integers(columns * depth, &generator)
            let rowScales = generator.floats(rows, in: 0...0.1)
            let columnScales = generator.floats(columns, in: 0...0.1)
            let bias = generator.floats(columns)
            let base = generator.floats(rows * columns)
            for (name, kernels) in tables {
                func result(_ base: [Float]?) -> [Float] {
                    product(
                        kernels, a, b, rows: rows, depth: depth, columns: columns,
                        rowScales: rowScales, columnScales: columnScales, bias: bias, base: base)
                }
                XCTAssertTrue(
                    result(base).bits == zip(base, result(nil)).map { $0 + $1 }.bits,
                    "\(name) [\(rows), \(columns)]")
            }
        }
    }

    func testQuantizationIsThatOfTheReference() {
        var generator = SeededGenerator(seed: 3)
        for columns in oddSizes {
            var x = generator.floats(3 * columns, in: -5...5)
            // A row of zeros has the scale 0.
            for column in 0..<columns { x[columns + column] = 0 }
            let rows = (0..<3).map {
                Reference.quantized(Array(x[$0 * columns..<($0 + 1) * columns]))
            }
            for zero in [0, 128] {
                let expected = words(rows.flatMap(\.values), columns: columns, zero: zero)
                for (name, kernels) in tables {
                    var bytes = [Int32](repeating: -1, count: expected.count)
                    var scales = [Float](repeating: .nan, count: 3)
                    kernels.quantizeRows(
                        3, columns, x, (columns + 3) / 4, Int32(zero), &bytes, &scales)
                    XCTAssertEqual(bytes, expected, "\(name) \(columns) columns")
                    XCTAssertEqual(scales, rows.map(\.scale), "\(name) \(columns) columns")
                }
            }
        }
    }

    func testRowsInBytesAreThoseOfTheReference() {
        var generator = SeededGenerator(seed: 4)
        for columns in oddSizes {
            var x = generator.floats(3 * columns, in: -5...5)
            let rows = (0..<3).map {
                Reference.quantized(Array(x[$0 * columns..<($0 + 1) * columns]))
            }
            let quantized = x.withUnsafeMutableBufferPointer { values in
                QuantizedRows(Matrix(values.baseAddress!, rows: 3, columns: columns))
            }
            XCTAssertEqual(quantized.integers.map(Int.init), rows.flatMap(\.values))
            XCTAssertEqual(quantized.scales, rows.map(\.scale))
        }
    }

    /// Numbers that overflowed are seen in all that is computed from them, and nowhere else.
    func testWhatIsNotFiniteStaysSo() {
        for (name, kernels) in tables {
            for value in [Float.nan, .infinity, -.infinity] {
                var bytes = [Int32](repeating: 0, count: 5)
                var scales: [Float] = [0]
                kernels.quantizeRows(
                    1, 17, [Float](repeating: value, count: 17), 5, 128, &bytes, &scales)
                XCTAssertFalse(scales[0].isFinite, "\(name) \(value)")
            }
        }
        var generator = SeededGenerator(seed: 31)
        let (rows, depth, columns) = (3, 17, 5)
        var a = generator.floats(rows * depth)
        let b = generator.floats(columns * depth)
        let workspace = Workspace(threadCount: 1)
        let sound = product(a, b, rows: rows, depth: depth, columns: columns, workspace)
        for value in [Float.nan, .infinity] {
            a[depth + 3] = value
            let found = product(a, b, rows: rows, depth: depth, columns: columns, workspace)
            XCTAssertTrue(found[columns..<2 * columns].allSatisfy(\.isNaN), "\(found)")
            XCTAssertEqual(found.prefix(columns), sound.prefix(columns))
            XCTAssertEqual(found.suffix(columns), sound.suffix(columns))
        }
    }

    private func product(
        _ a: [Float], _ b: [Float], rows: Int, depth: Int, columns: Int,
        epilogue: Epilogue = .none, _ workspace: Workspace
    ) -> [Float] {
        let arena = workspace.arena
        let memory = arena.allocate(Int8Matrix.elementCount(depth: depth, columns: columns))
        let packed = Int8Matrix(
            transposeOf: arena.matrix(b, columns: depth), into: memory, workspace: workspace)
        let c = arena.matrix(rows, columns)
        multiply(
            arena.matrix(a, columns: depth), packed, into: c, epilogue: epilogue,
            workspace: workspace)
        return c.array
    }

    /// Error bound of an element: half a scale for each rounded number, times the other one.
    func testProductIsCloseToThatOfFloats() {
        var generator = SeededGenerator(seed: 4)
        for (rows, depth, columns) in [(1, 64, 130), (7, 33, 1), (65, 100, 63), (130, 7, 17)] {
            let a = generator.floats(rows * depth)
            let b = generator.floats(columns * depth)
            let expected = Reference.product(
                a.doubles, Reference.transpose(b.doubles, rows: columns, columns: depth),
                rows: rows, depth: depth, columns: columns)
            func row(_ x: [Float], _ index: Int) -> ArraySlice<Float> {
                x[index * depth..<(index + 1) * depth]
            }
            let bounds = expected.indices.map { index in
                let (x, y) = (row(a, index / columns), row(b, index % columns))
                let half = (x.map(abs).max() ?? 0) / 254, other = (y.map(abs).max() ?? 0) / 254
                return zip(x, y).reduce(1e-4) { sum, pair in
                    sum + Double(half * abs(pair.1) + other * abs(pair.0) + half * other)
                }
            }
            let c = product(
                a, b, rows: rows, depth: depth, columns: columns, Workspace(threadCount: 1))
            assertClose(c, expected, within: bounds, "[\(rows), \(depth), \(columns)]")
        }
    }

    func testResidualConnection() {
        var generator = SeededGenerator(seed: 7)
        for (rows, depth, columns) in [(1, 40, 300), (130, 40, 300), (300, 9, 33)] {
            let a = generator.floats(rows * depth)
            let b = generator.floats(columns * depth)
            let bias = generator.floats(columns)
            let base = generator.floats(rows * columns)
            func result(_ workspace: Workspace, _ base: Matrix?) -> [Float] {
                bias.withUnsafeBufferPointer { bias in
                    let bias = bias.baseAddress!
                    return product(
                        a, b, rows: rows, depth: depth, columns: columns,
                        epilogue: base.map { .residual(bias: bias, dropout: .none, base: $0) }
                            ?? .bias(bias), workspace)
                }
            }
            let expected = zip(base, result(Workspace(threadCount: 1), nil)).map { $0 + $1 }
            for threadCount in 1...3 {
                let workspace = Workspace(threadCount: threadCount)
                let base = workspace.arena.matrix(base, columns: columns)
                XCTAssertTrue(
                    result(workspace, base).bits == expected.bits,
                    "[\(rows), \(depth), \(columns)], \(threadCount) threads")
            }
        }
    }

    func testThreadsAndNeighboursChangeNothing() {
        var generator = SeededGenerator(seed: 5)
        let (rows, depth, columns) = (130, 40, 300)
        let a = generator.floats(rows * depth)
        let b = generator.floats(columns * depth)
        assertSameBitsForAllThreadCounts("product in 8 bits") { workspace in
            [product(a, b, rows: rows, depth: depth, columns: columns, workspace)]
        }
        let workspace = Workspace(threadCount: 1)
        let all = product(a, b, rows: rows, depth: depth, columns: columns, workspace)
        for row in [0, 5, 48, 129] {
            let alone = product(
                Array(a[row * depth..<(row + 1) * depth]), b, rows: 1, depth: depth,
                columns: columns, workspace)
            XCTAssertTrue(alone.bits == Array(all[row * columns..<(row + 1) * columns]).bits)
        }
    }
}
