// Cross entropy over a large vocabulary, in place.

/// The natural logarithm of a positive number, in double precision: `log 2 * exponent` plus the series of
/// `2 atanh(s)`, `s = (m - 1) / (m + 1)`, for the significand m in [sqrt 1/2, sqrt 2]. Error under 1e-9
/// before it is rounded to a float.
@inline(__always)
func naturalLogarithm(_ x: Float) -> Float {
    var exponent = Double(x.exponent)
    var m = Double(x.significand)
    if m > 1.414_213_562_373_095 {
        m *= 0.5
        exponent += 1
    }
    let s = (m - 1) / (m + 1)
    let q = s * s
    var p = 1.0 / 13
    p = p * q + 1.0 / 11
    p = p * q + 1.0 / 9
    p = p * q + 1.0 / 7
    p = p * q + 1.0 / 5
    p = p * q + 1.0 / 3
    p = p * q + 1
    return Float(exponent * 0.693_147_180_559_945_3 + 2 * s * p)
}

/// Softmax, cross entropy with label smoothing (Szegedy et al. 2016, section 7) and its gradient, for each row.
///
/// The target distribution is `1 - smoothing` on the target plus `smoothing / columns` everywhere.
/// - Parameters:
///   - logits: `[rows, columns]`, replaced by the gradient of the loss times `scale`.
///   - losses: `[rows, 2]`, the smoothed loss and the plain negative log-probability of each target.
@inline(never)
public func crossEntropyRows(
    _ rows: Int, _ columns: Int, _ logits: UnsafeMutablePointer<Float>,
    _ targets: UnsafePointer<Int32>, _ smoothing: Float, _ scale: Float,
    _ losses: UnsafeMutablePointer<Float>
) {
    let whole = columns - columns % lanes
    let uniform = smoothing / Float(columns)
    for row in 0..<rows {
        let x = logits + row * columns
        let target = Int(targets[row])
        let targetLogit = x[target]
        var sums = Vector.zero
        for column in stride(from: 0, to: whole, by: lanes) { sums += load(x + column) }
        if whole < columns { sums += load(UnsafePointer(x + whole), count: columns - whole) }
        let meanLogit = horizontalSum(sums) / Float(columns)
        let logSum = softmax(x, columns)
        let plain = logSum - targetLogit
        losses[2 * row] = (1 - smoothing) * plain + smoothing * (logSum - meanLogit)
        losses[2 * row + 1] = plain
        for column in stride(from: 0, to: whole, by: lanes) {
            store((load(x + column) - uniform) * scale, x + column)
        }
        for column in whole..<columns { x[column] = (x[column] - uniform) * scale }
        x[target] -= (1 - smoothing) * scale
    }
}
