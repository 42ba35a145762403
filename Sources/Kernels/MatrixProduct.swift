/// How an operand of a matrix product is stored.
public enum Storage: Sendable {
    /// Element (i, j) stands in row i, column j.
    case natural
    /// Element (i, j) stands in row j, column i.
    case transposed
}

/// The right operand of a matrix product, `[depth, columns]`, packed into panels as the kernel reads it.
///
/// Weights that do not change are packed once; others are packed for each product.
public struct PackedMatrix: @unchecked Sendable {
    let data: UnsafeMutablePointer<Float>
    public let depth: Int
    public let columns: Int
    /// Of the product: the left operand is taken in the same.
    public let precision: Precision

    /// The number of floats that a packed matrix of this shape takes.
    public static func elementCount(
        depth: Int, columns: Int, precision: Precision = .fp32
    ) -> Int {
        panelCount(columns) * precision.places(depth) * KernelTable.current.panelColumns
    }

    /// Floats from one panel to the next.
    var panelStride: Int { precision.places(depth) * KernelTable.current.panelColumns }

    static func panelCount(_ columns: Int) -> Int {
        let width = KernelTable.current.panelColumns
        return (columns + width - 1) / width
    }

    /// Packs a matrix into memory for `elementCount(depth:columns:)` floats.
    public init(
        _ matrix: Matrix, _ storage: Storage, precision: Precision = .fp32,
        into memory: UnsafeMutablePointer<Float>, workspace: Workspace
    ) {
        data = memory
        self.precision = precision
        depth = storage == .natural ? matrix.rows : matrix.columns
        columns = storage == .natural ? matrix.columns : matrix.rows
        let kernels = KernelTable.current
        let packPanel = precision == .fp32 ? kernels.packPanel : kernels.bfloat16.packPanel
        let width = kernels.panelColumns
        let (depth, columns, panelStride) = (depth, columns, panelStride)
        nonisolated(unsafe) let target = memory
        let panelCount = Self.panelCount(columns)
        // Either way rows of the matrix are read one after the other, as they stand in memory.
        switch storage {
        case .natural:
            workspace.parallelFor(depth, grain: 32) { part in
                for panel in 0..<panelCount {
                    let first = panel * width
                    packPanel(
                        part.count, min(width, columns - first),
                        matrix.row(part.lowerBound) + first, matrix.columns, 1,
                        target + panel * panelStride + precision.places(part.lowerBound) * width)
                }
            }
        case .transposed:
            workspace.parallelFor(panelCount, grain: 4) { panels in
                for panel in panels {
                    let first = panel * width
                    packPanel(
                        depth, min(width, columns - first), matrix.row(first), 1,
                        matrix.columns, target + panel * panelStride)
                }
            }
        }
    }

    /// Packs a matrix into the arena of a workspace.
    public init(
        _ matrix: Matrix, _ storage: Storage, precision: Precision = .fp32, workspace: Workspace
    ) {
        let depth = storage == .natural ? matrix.rows : matrix.columns
        let columns = storage == .natural ? matrix.columns : matrix.rows
        let memory = workspace.arena.allocate(
            Self.elementCount(depth: depth, columns: columns, precision: precision))
        self.init(
            matrix, storage, precision: precision, into: memory, workspace: workspace)
    }
}

/// What is done to a product before it leaves the cache.
public enum Epilogue: @unchecked Sendable {
    case none
    /// A vector of the result's columns is added to each row.
    case bias(UnsafePointer<Float>)
    /// The same, then `max(0, x)`.
    case biasReLU(UnsafePointer<Float>)
    /// The same, then dropout, the result being added to `base`, which is another matrix of the result's shape: the end of
    /// a block with a residual connection. The bits are those of three passes of their own.
    case residual(bias: UnsafePointer<Float>, dropout: Dropout, base: Matrix)

    /// Whether it can be the end of a product into `c`.
    func fits(_ c: Matrix) -> Bool {
        guard case .residual(_, _, let base) = self else { return true }
        return base.rows == c.rows && base.columns == c.columns && base.data != c.data
    }
}

/// `c [rows, columns] = a [rows, depth] · b [depth, columns]`, or `c += a · b`.
///
/// Sums run over the depth in rising order for every element, whatever the shape, the edge or the number of threads.
/// - Parameters:
///   - storage: how `a` is stored.
///   - accumulate: whether the product is added to `c`; an epilogue then sees the sum.
///   - reluResult: a matrix of the shape of `c`; where it is not positive, `c` becomes zero: backward of ReLU.
public func multiply(
    _ a: Matrix, _ storage: Storage, _ b: PackedMatrix, into c: Matrix,
    accumulate: Bool = false, epilogue: Epilogue = .none, reluResult: Matrix? = nil,
    workspace: Workspace
) {
    let depth = storage == .natural ? a.columns : a.rows
    let rows = storage == .natural ? a.rows : a.columns
    precondition(
        depth == b.depth && c.rows == rows && c.columns == b.columns,
        "product of [\(rows), \(depth)] and [\(b.depth), \(b.columns)] into [\(c.rows), \(c.columns)]"
    )
    precondition(epilogue.fits(c), "a residual connection of another shape than its block")
    guard rows > 0, b.columns > 0 else { return }
    let grid = BlockGrid(
        rows: rows, columns: b.columns, precision: b.precision,
        threads: workspace.threadCount,
        packsRows: storage == .transposed || b.precision == .bf16,
        streams: depth * b.columns > BlockGrid.cachedCount)
    let mark = workspace.arena.mark
    let product = BlockProduct(
        a: a, storage: storage, b: b, c: c, accumulate: accumulate, epilogue: epilogue,
        reluResult: reluResult, grid: grid)
    let scratch = workspace.arena.matrix(
        product.packsRows ? workspace.threadCount : 0, grid.packedCount(depth: depth))
    // Rows are packed by the block that uses them, into a place of each worker's own.
    workspace.parallelFor(grid.blockCount) { block, worker in
        product.run(block, packing: scratch.row(worker))
    }
    workspace.arena.release(to: mark)
}
