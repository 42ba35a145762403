// Multiply-adds on registers: what no product can do faster.

/// Runs 12 chains of `x = x * a + b`, enough to hide the latency of the operation.
///
/// - Parameters:
///   - a: a vector; `b` another.
///   - result: receives a number that depends on all chains.
/// - Returns: the number of additions and multiplications.
@inline(never)
public func multiplyAddLoop(
    _ iterations: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>
) -> Int {
    let a = load(a), b = load(b)
    var c0 = b, c1 = b + a, c2 = c1 + a, c3 = c2 + a, c4 = c3 + a, c5 = c4 + a
    var c6 = c5 + a, c7 = c6 + a, c8 = c7 + a, c9 = c8 + a, c10 = c9 + a, c11 = c10 + a
    for _ in 0..<iterations {
        c0 = multiplyAdd(c0, a, b); c1 = multiplyAdd(c1, a, b); c2 = multiplyAdd(c2, a, b)
        c3 = multiplyAdd(c3, a, b); c4 = multiplyAdd(c4, a, b); c5 = multiplyAdd(c5, a, b)
        c6 = multiplyAdd(c6, a, b); c7 = multiplyAdd(c7, a, b); c8 = multiplyAdd(c8, a, b)
        c9 = multiplyAdd(c9, a, b); c10 = multiplyAdd(c10, a, b); c11 = multiplyAdd(c11, a, b)
    }
    let low = (c0 + c1 + c2) + (c3 + c4 + c5), high = (c6 + c7 + c8) + (c9 + c10 + c11)
    result.pointee = horizontalSum(low + high)
    return iterations * 12 * 2 * lanes
}
