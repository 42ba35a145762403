// Dropout, by itself and as the end of a matrix product.

/// Dropout (Srivastava et al. 2014), inverted: `y = base + mask * x / (1 - rate)`.
///
/// The mask is a function of the key and of the element's index alone, so that backward computes it again and threads
/// may share the work in any way: an element is kept where a hash of both is at least `threshold`.
/// - Parameters:
///   - first: the index of `x[0]` in the whole matrix.
///   - base: what is added to; nothing if nil.
@inline(never)
public func dropout(
    _ count: Int, _ first: UInt32, _ key: UInt32, _ threshold: UInt32, _ scale: Float,
    _ x: UnsafePointer<Float>, _ base: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>
) {
    var mask = DropoutMask(key, threshold, scale)
    mask.move(to: first)
    let whole = count - count % lanes
    var i = 0
    while i < whole {
        let kept = mask.next(load(x + i))
        if let base { store(load(base + i) + kept, y + i) } else { store(kept, y + i) }
        i += lanes
    }
    if i < count {
        var sum = mask.next(load(x + i, count: count - i))
        if let base { sum += load(base + i, count: count - i) }
        store(sum, y + i, count: count - i)
    }
}

/// `c [rows, columns] = base + mask * (c + bias) / (1 - rate)`: bias, dropout and residual connection of a block of a
/// product, with the bits that `addBias` and then `dropout` give.
///
/// - Parameters:
///   - base: its rows are as far apart as those of `c`.
///   - first: the index of `c[0]` in the whole matrix, whose rows are `rowStride` long.
///   - threshold: 0 if nothing falls out.
@inline(never)
public func addBiasAndBase(
    _ rows: Int, _ columns: Int, _ c: UnsafeMutablePointer<Float>, _ rowStride: Int,
    _ bias: UnsafePointer<Float>, _ base: UnsafePointer<Float>, _ first: UInt32, _ key: UInt32,
    _ threshold: UInt32, _ scale: Float
) {
    var mask = DropoutMask(key, threshold, scale)
    let isMasked = threshold > 0
    let whole = columns - columns % lanes
    for row in 0..<rows {
        let target = c + row * rowStride, addends = base + row * rowStride
        mask.move(to: first &+ UInt32(truncatingIfNeeded: row * rowStride))
        for column in stride(from: 0, to: whole, by: lanes) {
            var x = load(target + column) + load(bias + column)
            if isMasked { x = mask.next(x) }
            store(load(addends + column) + x, target + column)
        }
        let rest = columns - whole
        if rest > 0 {
            var x =
                load(UnsafePointer(target + whole), count: rest) + load(bias + whole, count: rest)
            if isMasked { x = mask.next(x) }
            store(load(addends + whole, count: rest) + x, target + whole, count: rest)
        }
    }
}

/// The mask of one use of dropout, one vector of neighbours after the other.
private struct DropoutMask {
    private let keys: BitVector
    private let bound: BitVector
    private let factor: Vector
    /// The places of the lanes in a vector, and the indices of the next vector, times the constant with which a hash begins:
    /// a sum is cheaper than a product.
    private let laneProducts: BitVector
    private var products: BitVector

    private static var constant: UInt32 { 0x9E37_79B1 }

    @inline(__always)
    init(_ key: UInt32, _ threshold: UInt32, _ scale: Float) {
        keys = BitVector(repeating: key)
        bound = BitVector(repeating: threshold)
        factor = Vector(repeating: scale)
        var places = BitVector.zero
        for lane in 0..<lanes { places[lane] = UInt32(truncatingIfNeeded: lane) }
        laneProducts = places &* Self.constant
        products = laneProducts
    }

    /// Goes on at the element with this index.
    @inline(__always)
    mutating func move(to index: UInt32) {
        products = laneProducts &+ BitVector(repeating: index &* Self.constant)
    }

    /// What is kept of the next vector, scaled.
    @inline(__always)
    mutating func next(_ x: Vector) -> Vector {
        let kept = Vector.zero.replacing(with: x * factor, where: mix(products, keys) .>= bound)
        products =
            products &+ BitVector(repeating: UInt32(truncatingIfNeeded: lanes) &* Self.constant)
        return kept
    }
}

/// A hash of an index, which comes multiplied by a constant, under a key: two rounds of multiply and xor-shift.
@inline(__always)
private func mix(_ product: BitVector, _ key: BitVector) -> BitVector {
    var h = product ^ key
    h = h ^ (h &>> 16)
    h = h &* 0x7FEB_352D
    h = h ^ (h &>> 15)
    h = h &* 0x846C_A68B
    h = h ^ (h &>> 16)
    return h
}
