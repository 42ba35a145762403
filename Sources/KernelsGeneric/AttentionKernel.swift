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

/// `y += scale * x`, short.
@inline(__always)
func accumulate(
    _ count: Int, _ scale: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
) {
    let factor = Vector(repeating: scale)
    let whole = count - count % lanes
    for d in stride(from: 0, to: whole, by: lanes) {
        store(multiplyAdd(factor, load(x + d), load(y + d)), y + d)
    }
    for d in whole..<count { y[d] += scale * x[d] }
}

/// `y = sum over j of weights[j] * row j of x`, rows `stride` apart.
@inline(__always)
func weightedSum(
    _ rows: Int, _ count: Int, _ weights: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
    _ xStride: Int, _ y: UnsafeMutablePointer<Float>
) {
    let whole = count - count % lanes
    for d in stride(from: 0, to: whole, by: lanes) {
        var sum = Vector.zero
        for j in 0..<rows {
            sum = multiplyAdd(Vector(repeating: weights[j]), load(x + j * xStride + d), sum)
        }
        store(sum, y + d)
    }
    for d in whole..<count {
        var sum: Float = 0
        for j in 0..<rows { sum += weights[j] * x[j * xStride + d] }
        y[d] = sum
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
        for j in 0..<visible {
            row[j] = dotProduct(headDimension, query, keys + j * keyStride) * scale
        }
        for j in visible..<keyCount { row[j] = 0 }
        _ = softmax(row, visible)
        weightedSum(
            visible, headDimension, row, values, keyStride, context + i * contextStride)
    }
}

/// Backward of `attentionForward`: adds to the gradients of queries, keys and values.
///
/// With P the weights: `dV = P^T dO`, `dP = dO V^T`, `dS = P * (dP - rowsum(dP * P))`, `dQ = dS K * scale`,
/// `dK = dS^T Q * scale`.
/// - Parameter scratch: room for `keyCount` numbers.
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
        let gradient = dcontext + i * contextStride
        let query = queries + i * queryStride
        let dquery = dqueries + i * queryStride
        let visible = isCausal ? min(i + 1, keyCount) : keyCount
        var sum: Float = 0
        for j in 0..<visible {
            accumulate(headDimension, row[j], gradient, dvalues + j * keyStride)
            scratch[j] = dotProduct(headDimension, gradient, values + j * keyStride)
            sum += scratch[j] * row[j]
        }
        for j in 0..<visible {
            let d = row[j] * (scratch[j] - sum) * scale
            accumulate(headDimension, d, keys + j * keyStride, dquery)
            accumulate(headDimension, d, query, dkeys + j * keyStride)
        }
    }
}
