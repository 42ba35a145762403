/// The right operand of a matrix product, `[depth, columns]`, in 8 bits with a scale for each column, packed into panels
/// as the kernel reads it: `b[k][j] ≈ scales[j] * q[k][j]`, `q` from -127 to 127.
///
/// The left operand is brought to 8 bits row by row for each product, so that a row of the result depends on its own row
/// alone. The error of an element is that of rounding: at most half a scale for each element of both operands.
public struct Int8Matrix: @unchecked Sendable {
    /// Four neighbours in the depth make a word.
    private let panels: UnsafeMutablePointer<Int32>
    /// What each column's sum begins with, as the left operand is shifted to unsigned bytes.
    private let corrections: UnsafeMutablePointer<Int32>
    private let scales: UnsafeMutablePointer<Float>
    public let depth: Int
    public let columns: Int

    /// Products of bytes sum up to 255 * 127 * depth, which must fit 32 bits.
    private static let maximumDepth = 1 << 16

    private static func wordCount(_ depth: Int) -> Int { (depth + 3) / 4 }

    /// Columns, filled up to whole panels.
    private static func paddedCount(_ columns: Int) -> Int {
        let width = KernelTable.current.int8PanelColumns
        return (columns + width - 1) / width * width
    }

    /// The number of 32-bit words that such a matrix takes.
    public static func elementCount(depth: Int, columns: Int) -> Int {
        paddedCount(columns) * (wordCount(depth) + 2)
    }

    /// Quantises the transpose of a matrix, `[columns, depth]`, into memory for `elementCount(depth:columns:)` words.
    public init(
        transposeOf matrix: Matrix, into memory: UnsafeMutableRawPointer, workspace: Workspace
    ) {
        precondition(matrix.columns <= Self.maximumDepth, "depth \(matrix.columns) in 8 bits")
        depth = matrix.columns
        columns = matrix.rows
        let words = Self.wordCount(depth)
        let padded = Self.paddedCount(columns)
        panels = memory.bindMemory(to: Int32.self, capacity: padded * (words + 1))
        corrections = panels + padded * words
        scales = (memory + 4 * padded * (words + 1)).bindMemory(to: Float.self, capacity: padded)
        scales.update(repeating: 0, count: padded)
        let kernels = KernelTable.current
        let width = kernels.int8PanelColumns
        let mark = workspace.arena.mark
        let rows = workspace.arena.matrix(workspace.threadCount, width * words)
        let this = self
        workspace.parallelFor(padded / width) { panel, worker in
            let first = panel * width
            let count = min(width, this.columns - first)
            rows.row(worker).withMemoryRebound(to: Int32.self, capacity: rows.columns) { bytes in
                kernels.quantizeRows(
                    count, this.depth, matrix.row(first), words, 0, bytes, this.scales + first)
                kernels.packBytePanel(
                    words, count, bytes, this.panels + first * words, this.corrections + first)
            }
        }
        workspace.arena.release(to: mark)
    }

    /// `c [rows, columns] = a [rows, depth] · self`.
    fileprivate func multiply(
        _ a: Matrix, into c: Matrix, epilogue: Epilogue, workspace: Workspace
    ) {
        precondition(
            a.columns == depth && c.rows == a.rows && c.columns == columns,
            "product of [\(a.rows), \(a.columns)] and [\(depth), \(columns)] into "
                + "[\(c.rows), \(c.columns)]")
        precondition(
            epilogue.fits(c) && epilogue.isForInference, "an epilogue that 8 bits do not have")
        let words = Self.wordCount(depth)
        let mark = workspace.arena.mark
        let rowScales = workspace.arena.matrix(a.rows, 1)
        let quantized = workspace.arena.matrix(a.rows, words)
        let kernels = KernelTable.current
        workspace.parallelFor(a.rows, grain: kernels.int8BlockRows) { rows in
            let first = rows.lowerBound
            let scales = rowScales.row(first)
            quantized.row(first).withMemoryRebound(
                to: Int32.self, capacity: rows.count * words
            ) { bytes in
                kernels.quantizeRows(rows.count, depth, a.row(first), words, 128, bytes, scales)
                kernels.int8MatrixBlock(
                    rows.count, columns, words, bytes, scales, panels, corrections, self.scales,
                    epilogue.bias, epilogue.floor, epilogue.base.map { $0 + first * columns },
                    c.row(first), columns)
            }
        }
        workspace.arena.release(to: mark)
    }
}

extension Epilogue {
    fileprivate var bias: UnsafePointer<Float>? {
        switch self {
        case .none: nil
        case .bias(let bias), .biasReLU(let bias), .residual(let bias, _, _): bias
        }
    }

    /// What results are added to.
    fileprivate var base: UnsafePointer<Float>? {
        guard case .residual(_, _, let base) = self else { return nil }
        return UnsafePointer(base.data)
    }

    /// Dropout is for training, where nothing is computed in 8 bits.
    fileprivate var isForInference: Bool {
        guard case .residual(_, let dropout, _) = self else { return true }
        return dropout.rate == 0
    }

    /// The least value of a result.
    fileprivate var floor: Float {
        switch self {
        case .none, .bias, .residual: -.infinity
        case .biasReLU: 0
        }
    }
}

/// `c [rows, columns] = a [rows, depth] · b [depth, columns]` in 8 bits. The sums are exact, so the result depends neither
/// on how work is split nor, but for the rounding of the scales, on the instruction set.
public func multiply(
    _ a: Matrix, _ b: Int8Matrix, into c: Matrix, epilogue: Epilogue = .none, workspace: Workspace
) {
    b.multiply(a, into: c, epilogue: epilogue, workspace: workspace)
}

/// The rows of a matrix in 8 bits, as products round them: `x ≈ scale * q`, `q` from -127 to 127.
public struct QuantizedRows: Sendable {
    /// `[rows, columns]`.
    public let integers: [Int8]
    /// One for each row. Where a number of the row is not finite, this is not either.
    public let scales: [Float]

    /// Halves are rounded to even.
    public init(_ matrix: Matrix) {
        // The kernel fills up rows to whole words.
        let words = (matrix.columns + 3) / 4
        var scales = [Float](repeating: 0, count: matrix.rows)
        var padded = [Int32](repeating: 0, count: matrix.rows * words)
        KernelTable.current.quantizeRows(
            matrix.rows, matrix.columns, matrix.data, words, 0, &padded, &scales)
        integers = padded.withUnsafeBytes { bytes in
            let bytes = bytes.bindMemory(to: Int8.self)
            return (0..<matrix.rows).flatMap { row in
                bytes[4 * words * row..<4 * words * row + matrix.columns]
            }
        }
        self.scales = scales
    }
}
