extension Reference {
    /// `a [rows, depth] · b [depth, columns]`.
    package static func product(
        _ a: [Double], _ b: [Double], rows: Int, depth: Int, columns: Int
    ) -> [Double] {
        var c = [Double](repeating: 0, count: rows * columns)
        for i in 0..<rows {
            for j in 0..<columns {
                for k in 0..<depth { c[i * columns + j] += a[i * depth + k] * b[k * columns + j] }
            }
        }
        return c
    }

    /// `x [rows, columns]` with rows and columns exchanged.
    package static func transpose(_ x: [Double], rows: Int, columns: Int) -> [Double] {
        (0..<columns).flatMap { column in (0..<rows).map { row in x[row * columns + column] } }
    }

    /// The bf16 number nearest to `x`, the one with an even significand of two: 8 bits of significand are kept.
    package static func bfloat16(_ x: Float) -> Float {
        guard x.isFinite else { return x }
        let ulp = Double(x.ulp) * 0x1p16
        let rounded = (Double(x) / ulp).rounded(.toNearestOrEven) * ulp
        return Float(rounded)
    }
}
