// Scaled dot-product attention (Vaswani et al. 2017, eq. 1) of one head over one sentence.

/// `sum a[d] b[d]`.
@inline(__always)
func dotProduct(_ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Float {
    let whole = count - count % lanes
    var sums = Vector.zero
    for d in stride(from: 0, to: whole, by: lanes) {
        sums = multiplyAdd(load(a + d), load(b + d), sums)
    }
    if whole < count {
        let rest = count - whole
        sums = multiplyAdd(load(a + whole, count: rest), load(b + whole, count: rest), sums)
    }
    return horizontalSum(sums)
}

/// `y[j] = scale * sum over d of a[d] b[j, d]` for rows of `b`, `stride` apart. Four at a time keep four chains in
/// flight; each sum is that of `dotProduct`, bit for bit.
@inline(__always)
func dotProducts(
    _ rows: Int, _ count: Int, _ scale: Float, _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>, _ stride: Int, _ y: UnsafeMutablePointer<Float>
) {
    let whole = count - count % lanes
    var j = 0
    while j + 4 <= rows {
        let b0 = b + j * stride
        let b1 = b0 + stride, b2 = b1 + stride, b3 = b2 + stride
        var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
        var d = 0
        while d < whole {
            let x = load(a + d)
            s0 = multiplyAdd(x, load(b0 + d), s0)
            s1 = multiplyAdd(x, load(b1 + d), s1)
            s2 = multiplyAdd(x, load(b2 + d), s2)
            s3 = multiplyAdd(x, load(b3 + d), s3)
            d += lanes
        }
        if whole < count {
            let rest = count - whole
            let x = load(a + whole, count: rest)
            s0 = multiplyAdd(x, load(b0 + whole, count: rest), s0)
            s1 = multiplyAdd(x, load(b1 + whole, count: rest), s1)
            s2 = multiplyAdd(x, load(b2 + whole, count: rest), s2)
            s3 = multiplyAdd(x, load(b3 + whole, count: rest), s3)
        }
        let sums = horizontalSums(s0, s1, s2, s3) * scale
        UnsafeMutableRawPointer(y + j).storeBytes(of: sums, as: SIMD4<Float>.self)
        j += 4
    }
    while j < rows {
        y[j] = dotProduct(count, a, b + j * stride) * scale
        j += 1
    }
}

/// `y = sum over j of weights[j * weightStride] * row j of x`, rows `stride` apart.
@inline(__always)
func weightedSum(
    _ rows: Int, _ count: Int, _ weights: UnsafePointer<Float>, _ weightStride: Int,
    _ x: UnsafePointer<Float>, _ stride: Int, _ y: UnsafeMutablePointer<Float>
) {
    var d = 0
    // Four vectors at a time keep four chains in flight.
    while d + 4 * lanes <= count {
        var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
        for j in 0..<rows {
            let weight = Vector(repeating: weights[j * weightStride])
            let source = x + j * stride + d
            s0 = multiplyAdd(weight, load(source), s0)
            s1 = multiplyAdd(weight, load(source + lanes), s1)
            s2 = multiplyAdd(weight, load(source + 2 * lanes), s2)
            s3 = multiplyAdd(weight, load(source + 3 * lanes), s3)
        }
        store(s0, y + d)
        store(s1, y + d + lanes)
        store(s2, y + d + 2 * lanes)
        store(s3, y + d + 3 * lanes)
        d += 4 * lanes
    }
    while d + lanes <= count {
        var sum = Vector.zero
        for j in 0..<rows {
            sum = multiplyAdd(
                Vector(repeating: weights[j * weightStride]), load(x + j * stride + d), sum)
        }
        store(sum, y + d)
        d += lanes
    }
    while d < count {
        var sum: Float = 0
        for j in 0..<rows { sum += weights[j * weightStride] * x[j * stride + d] }
        y[d] = sum
        d += 1
    }
}

/// Forward for one head of one sentence.
///
/// - Parameters:
///   - queries, keys, values: rows `queryStride`, `keyStride` apart (keys and values share a matrix), each
///     `headDimension` long.
///   - weights: `[queryCount, keyCount]`, receives the softmax of the scaled products (zero where masked).
///   - isCausal: whether query i sees the keys 0...i only.
@inline(never)
public func attentionForward(
    _ queryCount: Int, _ keyCount: Int, _ headDimension: Int, _ scale: Float, _ isCausal: Bool,
    _ queries: UnsafePointer<Float>, _ queryStride: Int,
    _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ keyStride: Int,
    _ weights: UnsafeMutablePointer<Float>,
    _ context: UnsafeMutablePointer<Float>, _ contextStride: Int
) {
    for i in 0..<queryCount {
        let query = queries + i * queryStride
        let row = weights + i * keyCount
        let visible = isCausal ? min(i + 1, keyCount) : keyCount
        dotProducts(visible, headDimension, scale, query, keys, keyStride, row)
        for j in visible..<keyCount { row[j] = 0 }
        _ = softmax(row, visible)
        weightedSum(
            visible, headDimension, row, 1, values, keyStride, context + i * contextStride)
    }
}

/// Backward of `attentionForward`: writes the gradients of queries, keys and values.
///
/// With P the weights: `dV = P^T dO`, `dP = dO V^T`, `dS = P * (dP - rowsum(dP * P))`, `dQ = dS K * scale`,
/// `dK = dS^T Q * scale`.
/// - Parameter scratch: room for dS, `[queryCount, keyCount]`.
@inline(never)
public func attentionBackward(
    _ queryCount: Int, _ keyCount: Int, _ headDimension: Int, _ scale: Float, _ isCausal: Bool,
    _ queries: UnsafePointer<Float>, _ queryStride: Int,
    _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ keyStride: Int,
    _ weights: UnsafePointer<Float>,
    _ dcontext: UnsafePointer<Float>, _ contextStride: Int,
    _ dqueries: UnsafeMutablePointer<Float>,
    _ dkeys: UnsafeMutablePointer<Float>, _ dvalues: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
) {
    for i in 0..<queryCount {
        let row = weights + i * keyCount
        let dscores = scratch + i * keyCount
        let visible = isCausal ? min(i + 1, keyCount) : keyCount
        dotProducts(
            visible, headDimension, 1, dcontext + i * contextStride, values, keyStride, dscores)
        let sum = dotProduct(visible, dscores, row)
        for j in 0..<visible { dscores[j] = row[j] * (dscores[j] - sum) * scale }
        weightedSum(
            visible, headDimension, dscores, 1, keys, keyStride, dqueries + i * queryStride)
    }
    for j in 0..<keyCount {
        let first = isCausal ? min(j, queryCount) : 0
        weightedSum(
            queryCount - first, headDimension, weights + first * keyCount + j, keyCount,
            dcontext + first * contextStride, contextStride, dvalues + j * keyStride)
        weightedSum(
            queryCount - first, headDimension, scratch + first * keyCount + j, keyCount,
            queries + first * queryStride, queryStride, dkeys + j * keyStride)
    }
}
