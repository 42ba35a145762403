/// Rows that one unit of parallel work covers in kernels that walk rows. It is fixed, so that sums over rows, taken
/// block by block, do not depend on the number of threads.
let rowGrain = 64

/// Layer normalisation of each row of `x` (Ba et al. 2016): `(x - mean) / sqrt(variance + 1e-5) * gamma + beta`.
///
/// - Parameter statistics: `[rows, 2]`, receives the mean and the reciprocal standard deviation for backward.
public func layerNorm(
    _ x: Matrix, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, into y: Matrix,
    statistics: Matrix, workspace: Workspace
) {
    nonisolated(unsafe) let (gamma, beta) = (gamma, beta)
    workspace.parallelFor(x.rows, grain: rowGrain) { rows in
        let first = rows.lowerBound
        KernelTable.current.layerNormForward(
            rows.count, x.columns, x.row(first), gamma, beta, y.row(first), statistics.row(first))
    }
}

/// Backward of `layerNorm`: adds to `dx` and to the gradients of gamma and beta, `[columns]` each.
public func layerNormBackward(
    _ dy: Matrix, x: Matrix, statistics: Matrix, gamma: UnsafePointer<Float>, into dx: Matrix,
    dgamma: UnsafeMutablePointer<Float>, dbeta: UnsafeMutablePointer<Float>, workspace: Workspace
) {
    let mark = workspace.arena.mark
    let blocks = (x.rows + rowGrain - 1) / rowGrain
    let partial = workspace.arena.zeros(blocks, 2 * x.columns)
    nonisolated(unsafe) let gamma = gamma
    workspace.parallelFor(x.rows, grain: rowGrain) { rows in
        let first = rows.lowerBound
        let sums = partial.row(first / rowGrain)
        KernelTable.current.layerNormBackward(
            rows.count, x.columns, dy.row(first), x.row(first), statistics.row(first), gamma,
            dx.row(first), sums, sums + x.columns)
    }
    for block in 0..<blocks {
        let sums = partial.row(block)
        KernelTable.current.addScaled(x.columns, 1, sums, dgamma)
        KernelTable.current.addScaled(x.columns, 1, sums + x.columns, dbeta)
    }
    workspace.arena.release(to: mark)
}

/// `sums [columns] += sum over rows of x`: backward of a bias.
public func addColumnSums(
    _ x: Matrix, into sums: UnsafeMutablePointer<Float>, workspace: Workspace
) {
    let mark = workspace.arena.mark
    let blocks = (x.rows + rowGrain - 1) / rowGrain
    let partial = workspace.arena.zeros(blocks, x.columns)
    workspace.parallelFor(x.rows, grain: rowGrain) { rows in
        KernelTable.current.columnSums(
            rows.count, x.columns, x.row(rows.lowerBound),
            partial.row(rows.lowerBound / rowGrain))
    }
    for block in 0..<blocks {
        KernelTable.current.addScaled(x.columns, 1, partial.row(block), sums)
    }
    workspace.arena.release(to: mark)
}

/// Softmax of each row in place. `logSums [rows]` receives the logarithm of each row's sum of exponentials, so that a
/// log-probability is `log(p)`, or the logit less that sum.
public func softmax(
    _ x: Matrix, logSums: UnsafeMutablePointer<Float>, workspace: Workspace
) {
    nonisolated(unsafe) let logSums = logSums
    workspace.parallelFor(x.rows, grain: rowGrain) { rows in
        KernelTable.current.softmaxRows(
            rows.count, x.columns, x.row(rows.lowerBound), logSums + rows.lowerBound)
    }
}

/// The logarithm of the sum of the exponentials of some numbers, at least one.
public func logSumExponentials(_ x: UnsafeBufferPointer<Float>) -> Float {
    guard let first = x.baseAddress, !x.isEmpty else { return -.infinity }
    return KernelTable.current.logSumExponentials(x.count, first)
}

/// The `count` largest of some numbers with their places, the largest first, of equal ones the first one. Numbers that are
/// not above minus infinity are passed over.
public func largest(
    _ count: Int, of x: UnsafeBufferPointer<Float>
) -> [(index: Int, value: Float)] {
    guard let first = x.baseAddress, count > 0 else { return [] }
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { values in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { indices in
            guard let values = values.baseAddress, let indices = indices.baseAddress else {
                return []
            }
            let found = KernelTable.current.selectLargest(x.count, count, first, values, indices)
            return (0..<found).map { (Int(indices[$0]), values[$0]) }
        }
    }
}

/// Cross entropy with label smoothing for each row of logits, which are replaced by their gradient times `scale`.
///
/// - Parameters:
///   - targets: `[rows]`, each below the number of columns.
///   - smoothing: the weight of the uniform distribution (Szegedy et al. 2016, section 7).
///   - losses: `[rows, 2]`, receives the smoothed loss and the negative log-probability of the target.
public func crossEntropy(
    _ logits: Matrix, targets: UnsafePointer<Int32>, smoothing: Float, scale: Float,
    losses: Matrix, workspace: Workspace
) {
    nonisolated(unsafe) let targets = targets
    workspace.parallelFor(logits.rows, grain: 16) { rows in
        let first = rows.lowerBound
        KernelTable.current.crossEntropyRows(
            rows.count, logits.columns, logits.row(first), targets + first, smoothing, scale,
            losses.row(first))
    }
}
