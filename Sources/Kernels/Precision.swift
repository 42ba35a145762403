/// The numbers that the matrix products of training take; their sums, and everything else, are fp32.
public enum Precision: String, Codable, CaseIterable, Sendable {
    case fp32
    /// Operands are rounded to bf16, the upper half of a float: the mixed precision of Kalamkar et al. (2019).
    case bf16

    /// Places of a packed operand that a depth takes.
    func places(_ depth: Int) -> Int {
        self == .fp32 ? depth : KernelTable.current.bfloat16.places(depth)
    }

    /// Rows of a block of a product, about.
    var blockRows: Int {
        self == .fp32 ? BlockGrid.rowCount : KernelTable.current.bfloat16.blockRows
    }

    /// The depth that one pass of a block covers.
    var depthStep: Int {
        self == .fp32 ? BlockGrid.depthStep : KernelTable.current.bfloat16.depthStep
    }

    /// Rows of a register tile.
    var tileRows: Int {
        self == .fp32 ? KernelTable.current.tileRows : KernelTable.current.bfloat16.tileRows
    }
}
