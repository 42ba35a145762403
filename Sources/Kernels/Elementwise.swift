/// Elements that one unit of parallel work covers in kernels on flat runs of numbers.
let elementGrain = 1 << 14

/// `y += scale * x`.
public func addScaled(_ x: Matrix, scale: Float = 1, into y: Matrix, workspace: Workspace) {
    precondition(x.count == y.count, "sum of \(x.count) and \(y.count) numbers")
    workspace.parallelFor(x.count, grain: elementGrain) { range in
        let first = range.lowerBound
        KernelTable.current.addScaled(range.count, scale, x.data + first, y.data + first)
    }
}

/// The sum of the products of all elements with those of another matrix. Parts of fixed size are summed one after the
/// other in double precision.
public func sumOfProducts(_ x: Matrix, _ y: Matrix, workspace: Workspace) -> Double {
    precondition(x.count == y.count, "sum of products of \(x.count) and \(y.count) numbers")
    let parts = (x.count + elementGrain - 1) / elementGrain
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: parts) { sums in
        nonisolated(unsafe) let target = sums.baseAddress
        workspace.parallelFor(x.count, grain: elementGrain) { range in
            target?[range.lowerBound / elementGrain] = KernelTable.current.sumOfProducts(
                range.count, x.data + range.lowerBound, y.data + range.lowerBound)
        }
        return sums.reduce(0, +)
    }
}

/// One use of dropout in one step: which elements of a matrix fall out is a function of its key and their places, so
/// backward computes the mask again instead of keeping it.
public struct Dropout: Sendable {
    /// The probability that an element falls out.
    public let rate: Float
    /// What distinguishes this use from all others.
    public let key: UInt32

    public init(rate: Float, key: UInt32) {
        self.rate = rate
        self.key = key
    }

    /// The least hash of an element that is kept.
    var threshold: UInt32 { UInt32(Double(rate) * 4_294_967_296) }

    /// What the elements that are kept are multiplied by.
    var scale: Float { 1 / (1 - rate) }

    /// No dropout.
    public static let none = Dropout(rate: 0, key: 0)

    /// `y = mask * x / (1 - rate)`, added to `base` if there is one; all may be the same.
    public func apply(
        _ x: Matrix, addingTo base: Matrix? = nil, into y: Matrix, workspace: Workspace
    ) {
        precondition(
            x.count == y.count && base?.count ?? x.count == x.count,
            "dropout of \(x.count) numbers into \(y.count)")
        workspace.parallelFor(x.count, grain: elementGrain) { range in
            let first = range.lowerBound
            KernelTable.current.dropout(
                range.count, UInt32(truncatingIfNeeded: first), key, threshold, scale,
                x.data + first, base.map { UnsafePointer($0.data + first) }, y.data + first)
        }
    }
}
