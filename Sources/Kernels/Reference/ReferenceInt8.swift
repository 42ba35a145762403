extension Reference {
    /// A row in 8 bits: `x ≈ scale * values`, the largest magnitude becoming 127; in the steps of the kernel, as every
    /// instruction set must give the same integers.
    package static func quantized(_ x: [Float]) -> (values: [Int], scale: Float) {
        let top = x.map(abs).max() ?? 0
        let factor = top > 0 ? 127 / top : 0
        return (x.map { Int(($0 * factor).rounded(.toNearestOrEven)) }, top / 127)
    }

    /// `a [rows, depth] · b [depth, columns]` in integers.
    package static func product(
        _ a: [Int], _ b: [Int], rows: Int, depth: Int, columns: Int
    ) -> [Int] {
        var c = [Int](repeating: 0, count: rows * columns)
        for i in 0..<rows {
            for j in 0..<columns {
                for k in 0..<depth { c[i * columns + j] += a[i * depth + k] * b[k * columns + j] }
            }
        }
        return c
    }
}
