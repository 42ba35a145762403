// Kernels on flat runs of numbers: sums, the optimisers.

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
    // As in whole vectors, where the product is not rounded: no result depends on what stands before it.
    let rest = count - whole
    let sums = multiplyAdd(factor, load(x + whole, count: rest), load(y + whole, count: rest))
    store(sums, y + whole, count: rest)
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

/// The sum of the products of up to 65,536 pairs of numbers.
@inline(never)
public func sumOfProducts(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>
) -> Double {
    let whole = count - count % lanes
    var sums = Vector.zero
    for i in stride(from: 0, to: whole, by: lanes) {
        sums = multiplyAdd(load(x + i), load(y + i), sums)
    }
    var rest: Float = 0
    for i in whole..<count { rest += x[i] * y[i] }
    return Double(horizontalSum(sums)) + Double(rest)
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
