/// A dense, row-major matrix of floats in memory that something else owns: an arena, a parameter buffer.
///
/// It is a view, copied freely; whoever holds one must not use it after its owner is gone or has been released. It
/// carries no synchronisation: kernels that run on several threads write disjoint parts.
public struct Matrix: @unchecked Sendable {
    public let data: UnsafeMutablePointer<Float>
    public let rows: Int
    public let columns: Int

    public init(_ data: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        self.data = data
        self.rows = rows
        self.columns = columns
    }

    /// The number of elements.
    public var count: Int { rows * columns }

    /// The elements in row-major order.
    public var elements: UnsafeMutableBufferPointer<Float> { .init(start: data, count: count) }

    /// The first element of a row.
    public func row(_ index: Int) -> UnsafeMutablePointer<Float> { data + index * columns }

    /// The rows of a range, as a view.
    public func rows(_ range: Range<Int>) -> Matrix {
        Matrix(row(range.lowerBound), rows: range.count, columns: columns)
    }

    /// Sets every element to zero.
    public func clear() { data.update(repeating: 0, count: count) }

    /// The same of a large matrix, by several threads.
    public func clear(workspace: Workspace) {
        workspace.parallelFor(count, grain: 1 << 16) { range in
            (data + range.lowerBound).update(repeating: 0, count: range.count)
        }
    }

    /// Copies the elements of a matrix of the same shape.
    public func copy(from other: Matrix) {
        precondition(
            rows == other.rows && columns == other.columns,
            "copy of [\(other.rows), \(other.columns)] into [\(rows), \(columns)]")
        data.update(from: other.data, count: count)
    }
}
