// Kernels on flat runs of numbers: sums, dropout, the optimisers.

/// `y += scale * x`.
@inline(never)
public func addScaled(
    _ count: Int, _ scale: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
) {
    let factor = Vector(repeating: scale)
    let whole = count - count % lanes
    for i in stride(from: 0, to: whole, by: lanes) {
        store(multiplyAdd(factor, load(x + i), load(y + i)), y + i)
    }
    for i in whole..<count { y[i] += scale * x[i] }
}

/// `dx = y > 0 ? dx : 0`: backward of ReLU, from its result.
@inline(never)
public func reluBackward(
    _ count: Int, _ y: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
) {
    let whole = count - count % lanes
    for i in stride(from: 0, to: whole, by: lanes) {
        store(Vector.zero.replacing(with: load(dx + i), where: load(y + i) .> .zero), dx + i)
    }
    for i in whole..<count where !(y[i] > 0) { dx[i] = 0 }
}

/// The sum of squares of up to 65,536 numbers.
@inline(never)
public func sumOfSquares(_ count: Int, _ x: UnsafePointer<Float>) -> Double {
    let whole = count - count % lanes
    var sums = Vector.zero
    for i in stride(from: 0, to: whole, by: lanes) {
        let v = load(x + i)
        sums = multiplyAdd(v, v, sums)
    }
    var rest: Float = 0
    for i in whole..<count { rest += x[i] * x[i] }
    return Double(horizontalSum(sums)) + Double(rest)
}

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
    var index = BitVector(repeating: first)
    for lane in 0..<lanes { index[lane] = first &+ UInt32(truncatingIfNeeded: lane) }
    let step = BitVector(repeating: UInt32(truncatingIfNeeded: lanes))
    let bound = BitVector(repeating: threshold)
    let keys = BitVector(repeating: key)
    let factor = Vector(repeating: scale)
    let whole = count - count % lanes
    var i = 0
    while i < whole {
        let kept = Vector.zero.replacing(
            with: load(x + i) * factor, where: mix(index, keys) .>= bound)
        if let base { store(load(base + i) + kept, y + i) } else { store(kept, y + i) }
        index = index &+ step
        i += lanes
    }
    if i < count {
        let kept = Vector.zero.replacing(
            with: load(x + i, count: count - i) * factor, where: mix(index, keys) .>= bound)
        var sum = kept
        if let base { sum += load(base + i, count: count - i) }
        store(sum, y + i, count: count - i)
    }
}

/// A hash of an index under a key: two rounds of multiply and xor-shift.
@inline(__always)
func mix(_ index: BitVector, _ key: BitVector) -> BitVector {
    var h = index &* 0x9E37_79B1
    h = h ^ key
    h = h ^ (h &>> 16)
    h = h &* 0x7FEB_352D
    h = h ^ (h &>> 15)
    h = h &* 0x846C_A68B
    h = h ^ (h &>> 16)
    return h
}

/// One step of Adam (Kingma and Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter 2019).
///
/// - Parameters:
///   - rate: the learning rate times `sqrt(1 - beta2^t) / (1 - beta1^t)`, the two corrections of the bias.
///   - epsilon: times `sqrt(1 - beta2^t)` likewise.
///   - gradientScale: multiplies the gradient first (clipping by the norm).
///   - decay: the weights are multiplied by `1 - decay` (0 for plain Adam).
@inline(never)
public func adamStep(
    _ count: Int, _ rate: Float, _ beta1: Float, _ beta2: Float, _ epsilon: Float,
    _ gradientScale: Float, _ decay: Float, _ gradient: UnsafePointer<Float>,
    _ mean: UnsafeMutablePointer<Float>, _ variance: UnsafeMutablePointer<Float>,
    _ weight: UnsafeMutablePointer<Float>
) {
    let whole = count - count % lanes
    for i in stride(from: 0, to: whole, by: lanes) {
        let g = load(gradient + i) * gradientScale
        let m = load(mean + i) * beta1 + g * (1 - beta1)
        let v = load(variance + i) * beta2 + g * g * (1 - beta2)
        store(m, mean + i)
        store(v, variance + i)
        let update = m * rate / (v.squareRoot() + epsilon)
        store(load(weight + i) * (1 - decay) - update, weight + i)
    }
    for i in whole..<count {
        let g = gradient[i] * gradientScale
        mean[i] = mean[i] * beta1 + g * (1 - beta1)
        variance[i] = variance[i] * beta2 + g * g * (1 - beta2)
        let update = mean[i] * rate / (variance[i].squareRoot() + epsilon)
        weight[i] = weight[i] * (1 - decay) - update
    }
}

/// One step of stochastic gradient descent with momentum: `velocity = momentum * velocity + g`,
/// `weight = weight * (1 - decay) - rate * velocity`.
@inline(never)
public func momentumStep(
    _ count: Int, _ rate: Float, _ momentum: Float, _ gradientScale: Float, _ decay: Float,
    _ gradient: UnsafePointer<Float>, _ velocity: UnsafeMutablePointer<Float>,
    _ weight: UnsafeMutablePointer<Float>
) {
    let whole = count - count % lanes
    for i in stride(from: 0, to: whole, by: lanes) {
        let v = load(velocity + i) * momentum + load(gradient + i) * gradientScale
        store(v, velocity + i)
        store(load(weight + i) * (1 - decay) - v * rate, weight + i)
    }
    for i in whole..<count {
        velocity[i] = velocity[i] * momentum + gradient[i] * gradientScale
        weight[i] = weight[i] * (1 - decay) - velocity[i] * rate
    }
}
