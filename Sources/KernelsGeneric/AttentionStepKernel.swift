// Attention of a single query: a step of decoding over a cache of keys and values.

import CSIMD

/// The sums of the lanes of four vectors.
@inline(__always)
func horizontalSums(_ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector) -> SIMD4<Float> {
    #if KERNELS_V4
        csimd_sums_x16(a, b, c, d)
    #else
        SIMD4(horizontalSum(a), horizontalSum(b), horizontalSum(c), horizontalSum(d))
    #endif
}

/// One query of one head over rows that stand anywhere in memory.
///
/// - Parameters:
///   - count: at least 1.
///   - rows: a pointer for each key, which stands `keyOffset` behind it and is `headDimension` long; the value stands
///     `valueOffset` behind the key.
///   - weights: room for `count` numbers, rounded up to a multiple of 16.
@inline(never)
public func attentionStep(
    _ count: Int, _ headDimension: Int, _ scale: Float, _ query: UnsafePointer<Float>,
    _ rows: UnsafePointer<UnsafePointer<Float>>, _ keyOffset: Int, _ valueOffset: Int,
    _ weights: UnsafeMutablePointer<Float>, _ context: UnsafeMutablePointer<Float>
) {
    attentionScores(count, headDimension, scale, query, rows, keyOffset, weights)
    softmaxOfWholeVectors(count, weights)
    let offset = keyOffset + valueOffset
    var d = 0
    while d + 4 * lanes <= headDimension {
        let place = offset + d
        var c0 = Vector.zero, c1 = Vector.zero, c2 = Vector.zero, c3 = Vector.zero
        for j in 0..<count {
            let value = rows[j] + place
            let weight = Vector(repeating: weights[j])
            c0 = multiplyAdd(weight, load(value), c0)
            c1 = multiplyAdd(weight, load(value + lanes), c1)
            c2 = multiplyAdd(weight, load(value + 2 * lanes), c2)
            c3 = multiplyAdd(weight, load(value + 3 * lanes), c3)
        }
        store(c0, context + d)
        store(c1, context + d + lanes)
        store(c2, context + d + 2 * lanes)
        store(c3, context + d + 3 * lanes)
        d += 4 * lanes
    }
    while d + lanes <= headDimension {
        var sum = Vector.zero
        for j in 0..<count {
            sum = multiplyAdd(Vector(repeating: weights[j]), load(rows[j] + offset + d), sum)
        }
        store(sum, context + d)
        d += lanes
    }
    while d < headDimension {
        var sum: Float = 0
        for j in 0..<count { sum += weights[j] * rows[j][offset + d] }
        context[d] = sum
        d += 1
    }
}

/// The scaled products of a query with each key, four keys at a time; from `count` on, minus infinity up to a whole
/// vector.
@inline(__always)
func attentionScores(
    _ count: Int, _ headDimension: Int, _ scale: Float, _ query: UnsafePointer<Float>,
    _ rows: UnsafePointer<UnsafePointer<Float>>, _ keyOffset: Int,
    _ scores: UnsafeMutablePointer<Float>
) {
    let whole = headDimension - headDimension % lanes
    let last = count - 1
    var j = 0
    while j < count {
        // Behind the last key it is taken again; what comes of it is overwritten.
        let key0 = rows[j] + keyOffset, key1 = rows[min(j + 1, last)] + keyOffset
        let key2 = rows[min(j + 2, last)] + keyOffset, key3 = rows[min(j + 3, last)] + keyOffset
        var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
        var d = 0
        while d < whole {
            let q = load(query + d)
            s0 = multiplyAdd(q, load(key0 + d), s0)
            s1 = multiplyAdd(q, load(key1 + d), s1)
            s2 = multiplyAdd(q, load(key2 + d), s2)
            s3 = multiplyAdd(q, load(key3 + d), s3)
            d += lanes
        }
        if whole < headDimension {
            let rest = headDimension - whole
            let q = load(query + whole, count: rest)
            s0 = multiplyAdd(q, load(key0 + whole, count: rest), s0)
            s1 = multiplyAdd(q, load(key1 + whole, count: rest), s1)
            s2 = multiplyAdd(q, load(key2 + whole, count: rest), s2)
            s3 = multiplyAdd(q, load(key3 + whole, count: rest), s3)
        }
        UnsafeMutableRawPointer(scores + j).storeBytes(
            of: horizontalSums(s0, s1, s2, s3) * scale, as: SIMD4<Float>.self)
        j += 4
    }
    let end = (count + lanes - 1) / lanes * lanes
    j = count
    while j < end {
        scores[j] = -.infinity
        j += 1
    }
}

/// Softmax in place of numbers that are filled up with minus infinity to whole vectors.
@inline(__always)
func softmaxOfWholeVectors(_ count: Int, _ x: UnsafeMutablePointer<Float>) {
    var largest = load(x)
    var i = lanes
    while i < count {
        largest = maximum(largest, load(x + i))
        i += lanes
    }
    let top = horizontalMaximum(largest)
    var sums = Vector.zero
    i = 0
    while i < count {
        let e = exponential(load(x + i) - top)
        store(e, x + i)
        sums += e
        i += lanes
    }
    let factor = Vector(repeating: 1 / horizontalSum(sums))
    i = 0
    while i < count {
        store(load(x + i) * factor, x + i)
        i += lanes
    }
}
