// Kernels that walk rows: bias and activation, layer normalisation, column sums.

/// `c [rows, columns] += bias`, then ReLU if asked for.
@inline(never)
public func addBias(
    _ rows: Int, _ columns: Int, _ c: UnsafeMutablePointer<Float>, _ stride: Int,
    _ bias: UnsafePointer<Float>, _ usesReLU: Bool
) {
    let floor = Vector(repeating: usesReLU ? 0 : -Float.infinity)
    for row in 0..<rows {
        let target = c + row * stride
        var column = 0
        while column + lanes <= columns {
            store(maximum(load(target + column) + load(bias + column), floor), target + column)
            column += lanes
        }
        while column < columns {
            let sum = target[column] + bias[column]
            target[column] = usesReLU && sum < 0 ? 0 : sum
            column += 1
        }
    }
}

/// Layer normalisation (Ba et al. 2016, eq. 4): `y = (x - mean) * rstd * gamma + beta` for each row.
/// `statistics [rows, 2]` receives the mean and the reciprocal standard deviation.
@inline(never)
public func layerNormForward(
    _ rows: Int, _ columns: Int, _ x: UnsafePointer<Float>, _ gamma: UnsafePointer<Float>,
    _ beta: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ statistics: UnsafeMutablePointer<Float>
) {
    let whole = columns - columns % lanes
    for row in 0..<rows {
        let source = x + row * columns, target = y + row * columns
        var sums = Vector.zero
        for column in stride(from: 0, to: whole, by: lanes) { sums += load(source + column) }
        if whole < columns { sums += load(source + whole, count: columns - whole) }
        let mean = horizontalSum(sums) / Float(columns)
        var squares = Vector.zero
        for column in stride(from: 0, to: whole, by: lanes) {
            let d = load(source + column) - mean
            squares = multiplyAdd(d, d, squares)
        }
        if whole < columns {
            let d = load(source + whole, count: columns - whole, filler: mean) - mean
            squares = multiplyAdd(d, d, squares)
        }
        let rstd = 1 / (horizontalSum(squares) / Float(columns) + 1e-5).squareRoot()
        for column in stride(from: 0, to: whole, by: lanes) {
            let normalized = (load(source + column) - mean) * rstd
            store(
                multiplyAdd(normalized, load(gamma + column), load(beta + column)), target + column)
        }
        for column in whole..<columns {
            target[column] = (source[column] - mean) * rstd * gamma[column] + beta[column]
        }
        statistics[2 * row] = mean
        statistics[2 * row + 1] = rstd
    }
}

/// Backward of `layerNormForward`: adds to `dx [rows, columns]`, `dgamma [columns]` and `dbeta [columns]`.
///
/// With n the normalised row and g = dy * gamma: `dx = rstd * (g - mean(g) - n * mean(g * n))`.
@inline(never)
public func layerNormBackward(
    _ rows: Int, _ columns: Int, _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
    _ statistics: UnsafePointer<Float>, _ gamma: UnsafePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>, _ dgamma: UnsafeMutablePointer<Float>,
    _ dbeta: UnsafeMutablePointer<Float>
) {
    let whole = columns - columns % lanes
    let rest = columns - whole
    for row in 0..<rows {
        let gradient = dy + row * columns, source = x + row * columns, target = dx + row * columns
        let mean = statistics[2 * row], rstd = statistics[2 * row + 1]
        var sums = Vector.zero, products = Vector.zero
        for column in stride(from: 0, to: whole, by: lanes) {
            let g = load(gradient + column)
            let n = (load(source + column) - mean) * rstd
            store(multiplyAdd(g, n, load(dgamma + column)), dgamma + column)
            store(load(dbeta + column) + g, dbeta + column)
            let scaled = g * load(gamma + column)
            sums += scaled
            products = multiplyAdd(scaled, n, products)
        }
        if rest > 0 {
            let g = load(gradient + whole, count: rest)
            let n = (load(source + whole, count: rest, filler: mean) - mean) * rstd
            store(multiplyAdd(g, n, load(dgamma + whole, count: rest)), dgamma + whole, count: rest)
            store(load(dbeta + whole, count: rest) + g, dbeta + whole, count: rest)
            let scaled = g * load(gamma + whole, count: rest)
            sums += scaled
            products = multiplyAdd(scaled, n, products)
        }
        let meanOfG = horizontalSum(sums) / Float(columns)
        let meanOfGN = horizontalSum(products) / Float(columns)
        for column in stride(from: 0, to: whole, by: lanes) {
            let n = (load(source + column) - mean) * rstd
            let g = load(gradient + column) * load(gamma + column)
            let d = (g - meanOfG - n * meanOfGN) * rstd
            store(load(target + column) + d, target + column)
        }
        for column in whole..<columns {
            let n = (source[column] - mean) * rstd
            target[column] += (gradient[column] * gamma[column] - meanOfG - n * meanOfGN) * rstd
        }
    }
}

/// `sums [columns] += sum over rows of x [rows, columns]`.
@inline(never)
public func columnSums(
    _ rows: Int, _ columns: Int, _ x: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>
) {
    let whole = columns - columns % lanes
    var first = 0
    // Four vectors of a row at a time: rows may be pages apart.
    while first + 4 * lanes <= whole {
        let target = sums + first
        var s0 = load(target), s1 = load(target + lanes)
        var s2 = load(target + 2 * lanes), s3 = load(target + 3 * lanes)
        for row in 0..<rows {
            let source = x + row * columns + first
            s0 += load(source)
            s1 += load(source + lanes)
            s2 += load(source + 2 * lanes)
            s3 += load(source + 3 * lanes)
        }
        store(s0, target)
        store(s1, target + lanes)
        store(s2, target + 2 * lanes)
        store(s3, target + 3 * lanes)
        first += 4 * lanes
    }
    for column in stride(from: first, to: whole, by: lanes) {
        var sum = load(sums + column)
        for row in 0..<rows { sum += load(x + row * columns + column) }
        store(sum, sums + column)
    }
    for column in whole..<columns {
        for row in 0..<rows { sums[column] += x[row * columns + column] }
    }
}

/// Softmax of one row in place over its first `count` elements; returns the logarithm of the sum of exponentials.
@inline(__always)
func softmax(_ row: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
    let whole = count - count % lanes
    let rest = count - whole
    var largest = Vector(repeating: -Float.infinity)
    for column in stride(from: 0, to: whole, by: lanes) {
        largest = maximum(largest, load(row + column))
    }
    if rest > 0 {
        largest = maximum(
            largest, load(UnsafePointer(row + whole), count: rest, filler: -.infinity))
    }
    let top = horizontalMaximum(largest)
    var sums = Vector.zero
    for column in stride(from: 0, to: whole, by: lanes) {
        let e = exponential(load(row + column) - top)
        store(e, row + column)
        sums += e
    }
    if rest > 0 {
        let e = exponential(load(UnsafePointer(row + whole), count: rest, filler: top) - top)
        store(e, row + whole, count: rest)
        sums += load(UnsafePointer(row + whole), count: rest)
    }
    let sum = horizontalSum(sums)
    let scale = 1 / sum
    for column in stride(from: 0, to: whole, by: lanes) {
        store(load(row + column) * scale, row + column)
    }
    for column in whole..<count { row[column] *= scale }
    return top + naturalLogarithm(sum)
}

/// Softmax of each row in place; `logSums [rows]` receives the logarithms of the sums of exponentials.
@inline(never)
public func softmaxRows(
    _ rows: Int, _ columns: Int, _ x: UnsafeMutablePointer<Float>,
    _ logSums: UnsafeMutablePointer<Float>
) {
    for row in 0..<rows { logSums[row] = softmax(x + row * columns, columns) }
}
