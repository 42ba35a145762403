/// The numbers that the matrix products of training take; their sums, and everything else, are fp32.
public enum Precision: String, Codable, CaseIterable, Sendable {
    case fp32
    /// Operands are rounded to bf16, the upper half of a float: the mixed precision of Kalamkar et al. (2019).
    case bf16

    /// Places of a packed operand that a depth takes.
    func places(_ depth: Int) -> Int {
        guard self == .bf16 else { return depth }
        let size = KernelTable.current.bfloat16.groupSize
        return (depth + size - 1) / size
    }
}
