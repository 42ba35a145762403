/// How a product is cut into blocks of rows and columns, the units of parallel work.
struct BlockGrid: Sendable {
    /// The depth that one pass of a block covers in fp32: a panel of it stays in the first-level cache.
    static let depthStep = 256

    /// The rows of a block in fp32, about: its part of the left operand stays in the second-level cache.
    static let rowCount = 96

    /// Elements of a right operand that stay in the second-level cache beside all else: 1 MB.
    static let cachedCount = 1 << 18

    let rows: Int
    let columns: Int
    let rowStep: Int
    let columnStep: Int
    private let precision: Precision

    /// - Parameters:
    ///   - packsRows: whether each block packs its rows first; its columns are then not divided further than needed, as
    ///     that would pack the same rows again.
    ///   - streams: whether the right operand exceeds the caches, so that each block of rows reads it from memory: there
    ///     are fewer such blocks then, as high as the cache allows.
    init(
        rows: Int, columns: Int, precision: Precision, threads: Int, packsRows: Bool, streams: Bool
    ) {
        self.rows = rows
        self.columns = columns
        self.precision = precision
        let tileRows = precision.tileRows
        let panel = KernelTable.current.panelColumns
        var columnStep = (packsRows ? 32 : 16) * panel
        var rowBlocks = Self.blocks(rows, (streams ? 2 : 1) * precision.blockRows)
        // Four blocks a thread even out the load, two if they take long.
        let wanted = threads == 1 ? 1 : (streams ? 2 : 4) * threads
        while rowBlocks * Self.blocks(columns, columnStep) < wanted,
            rows >= 4 * tileRows * rowBlocks
        {
            rowBlocks *= 2
        }
        while rowBlocks * Self.blocks(columns, columnStep) < wanted, columnStep > 2 * panel {
            columnStep = max(2 * panel, columnStep / 2 / panel * panel)
        }
        rowStep = Self.evenStep(
            rows, most: Self.blocks(Self.blocks(rows, rowBlocks), tileRows) * tileRows, tileRows,
            columnBlocks: Self.blocks(columns, columnStep), threads: threads)
        self.columnStep = columnStep
    }

    /// The height of blocks, at most `most` and two thirds of it at least, with which the busiest thread has the fewest
    /// rows: where there are few blocks a thread, the last one can leave the others idle for long.
    private static func evenStep(
        _ rows: Int, most: Int, _ tileRows: Int, columnBlocks: Int, threads: Int
    ) -> Int {
        guard threads > 1 else { return most }
        let steps = stride(from: most, through: max(tileRows, most * 2 / 3), by: -tileRows)
        return steps.min {
            largestLoad(rows, $0, columnBlocks, threads)
                < largestLoad(rows, $1, columnBlocks, threads)
        } ?? most
    }

    /// The rows of the busiest thread if each takes the next block when it is free, those at the lower edge last.
    private static func largestLoad(
        _ rows: Int, _ step: Int, _ columnBlocks: Int, _ threads: Int
    ) -> Int {
        let whole = rows / step * columnBlocks
        let rest = rows % step
        let load = whole / threads * step
        guard whole % threads > 0 else { return load + blocks(columnBlocks, threads) * rest }
        let room = rest == 0 ? columnBlocks : (threads - whole % threads) * (step / rest)
        return load + step + blocks(max(0, columnBlocks - room), threads) * rest
    }

    private static func blocks(_ count: Int, _ step: Int) -> Int { (count + step - 1) / step }

    var blockCount: Int { Self.blocks(rows, rowStep) * Self.blocks(columns, columnStep) }

    /// The floats that packed rows of one block take, for one step of the depth.
    func packedCount(depth: Int) -> Int {
        Self.blocks(min(rows, rowStep), precision.tileRows) * precision.tileRows
            * precision.places(min(depth, precision.depthStep))
    }

    func ranges(of block: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let columnBlocks = Self.blocks(columns, columnStep)
        let row = block / columnBlocks * rowStep
        let column = block % columnBlocks * columnStep
        return (row..<min(rows, row + rowStep), column..<min(columns, column + columnStep))
    }
}

/// The work of one block of a product.
struct BlockProduct {
    let a: Matrix
    let storage: Storage
    let b: PackedMatrix
    let c: Matrix
    let accumulate: Bool
    let epilogue: Epilogue
    let reluResult: Matrix?
    let grid: BlockGrid

    /// Whether blocks pack their rows: those that are stored transposed, and those in bf16.
    var packsRows: Bool { storage == .transposed || b.precision == .bf16 }

    /// - Parameter packing: room for the packed rows, if the product packs them.
    func run(_ index: Int, packing: UnsafeMutablePointer<Float>) {
        let kernels = KernelTable.current
        let (rows, columns) = grid.ranges(of: index)
        let target = c.row(rows.lowerBound) + columns.lowerBound
        let firstPanel = b.data + columns.lowerBound / kernels.panelColumns * b.panelStride
        let matrixBlock = b.precision == .fp32 ? kernels.matrixBlock : kernels.bfloat16.matrixBlock
        if b.depth == 0 && !accumulate { clear(rows, columns) }
        // A single row streams the weights once; dividing its depth would gain nothing.
        let step = rows.count == 1 && !packsRows ? max(b.depth, 1) : b.precision.depthStep
        for start in stride(from: 0, to: b.depth, by: step) {
            let depth = min(step, b.depth - start)
            let a = leftOperand(rows, start..<start + depth, packing)
            matrixBlock(
                rows.count, columns.count, b.precision.places(depth), a.data, a.tileStride,
                a.rowStride, a.depthStride,
                firstPanel + b.precision.places(start) * kernels.panelColumns, b.panelStride,
                target, c.columns, accumulate || start > 0)
        }
        finish(rows, columns, target)
    }

    /// Where the rows of a block stand, as the kernel reads them.
    private struct LeftOperand {
        let data: UnsafePointer<Float>
        let tileStride: Int
        let rowStride: Int
        let depthStride: Int
    }

    /// The rows of a block over a part of the depth, packed into `packing` unless they can be read where they are.
    private func leftOperand(
        _ rows: Range<Int>, _ depth: Range<Int>, _ packing: UnsafeMutablePointer<Float>
    ) -> LeftOperand {
        let kernels = KernelTable.current
        let tile = b.precision.tileRows
        let places = b.precision.places(depth.count)
        switch (storage, b.precision) {
        case (.natural, .fp32):
            return LeftOperand(
                data: a.row(rows.lowerBound) + depth.lowerBound, tileStride: tile * a.columns,
                rowStride: a.columns, depthStride: 1)
        case (.natural, .bf16):
            kernels.bfloat16.packRows(
                rows.count, depth.count, a.row(rows.lowerBound) + depth.lowerBound, a.columns,
                packing)
            return LeftOperand(
                data: packing, tileStride: tile * places, rowStride: places, depthStride: 1)
        case (.transposed, let precision):
            let pack =
                precision == .fp32
                ? kernels.packTransposedRows : kernels.bfloat16.packTransposedRows
            pack(
                rows.count, depth.count, a.row(depth.lowerBound) + rows.lowerBound, a.columns,
                packing)
            guard precision == .fp32 || kernels.bfloat16.packsTransposedRowsInTiles else {
                return LeftOperand(
                    data: packing, tileStride: tile * places, rowStride: places, depthStride: 1)
            }
            return LeftOperand(
                data: packing, tileStride: tile * places, rowStride: 1, depthStride: tile)
        }
    }

    /// Applies the epilogue to the block while it is in the second-level cache. Tiles in registers are not the place for
    /// it: a deep product takes several passes of a block, and only the last of them has the sums.
    private func finish(
        _ rows: Range<Int>, _ columns: Range<Int>, _ target: UnsafeMutablePointer<Float>
    ) {
        switch epilogue {
        case .none: break
        case .bias(let bias):
            KernelTable.current.addBias(
                rows.count, columns.count, target, c.columns, bias + columns.lowerBound, false)
        case .biasReLU(let bias):
            KernelTable.current.addBias(
                rows.count, columns.count, target, c.columns, bias + columns.lowerBound, true)
        case .residual(let bias, let dropout, let base):
            let first = rows.lowerBound * c.columns + columns.lowerBound
            KernelTable.current.addBiasAndBase(
                rows.count, columns.count, target, c.columns, bias + columns.lowerBound,
                base.data + first, UInt32(truncatingIfNeeded: first), dropout.key,
                dropout.threshold, dropout.scale)
        }
        guard let reluResult else { return }
        for row in rows {
            KernelTable.current.reluBackward(
                columns.count, reluResult.row(row) + columns.lowerBound,
                c.row(row) + columns.lowerBound)
        }
    }

    private func clear(_ rows: Range<Int>, _ columns: Range<Int>) {
        for row in rows {
            (c.row(row) + columns.lowerBound).update(repeating: 0, count: columns.count)
        }
    }
}
