/// One step of Adam (Kingma and Ba 2015, algorithm 1) or, with `decay`, of AdamW (Loshchilov and Hutter 2019).
public struct AdamStep: Sendable {
    public let learningRate: Float
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    /// Decoupled weight decay; 0 for plain Adam.
    public let decay: Float
    /// The number of this step, from 1.
    public let step: Int

    public init(
        learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float, step: Int
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.decay = decay
        self.step = step
    }

    /// - Parameter gradientScale: multiplies the gradient, to clip its norm.
    public func apply(
        gradient: Matrix, gradientScale: Float, mean: Matrix, variance: Matrix, weight: Matrix,
        workspace: Workspace
    ) {
        let correction1 = 1 - power(beta1, step)
        let correction2 = (1 - power(beta2, step)).squareRoot()
        let rate = Float(Double(learningRate) * correction2 / correction1)
        let epsilon = Float(Double(epsilon) * correction2)
        let (beta1, beta2, shrink) = (beta1, beta2, learningRate * decay)
        workspace.parallelFor(weight.count, grain: elementGrain) { range in
            let first = range.lowerBound
            KernelTable.current.adamStep(
                range.count, rate, beta1, beta2, epsilon, gradientScale, shrink,
                gradient.data + first, mean.data + first, variance.data + first,
                weight.data + first)
        }
    }

    /// `base ^ exponent` by repeated squaring, the same on every platform.
    private func power(_ base: Float, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, Double(base), exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}

/// One step of stochastic gradient descent with momentum and decoupled weight decay. The learning rate stands outside the
/// velocity, as in PyTorch and unlike Sutskever et al. 2013.
public struct MomentumStep: Sendable {
    public let learningRate: Float
    public let momentum: Float
    public let decay: Float

    public init(learningRate: Float, momentum: Float, decay: Float) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.decay = decay
    }

    /// - Parameter gradientScale: multiplies the gradient, to clip its norm.
    public func apply(
        gradient: Matrix, gradientScale: Float, velocity: Matrix, weight: Matrix,
        workspace: Workspace
    ) {
        let step = self
        workspace.parallelFor(weight.count, grain: elementGrain) { range in
            let first = range.lowerBound
            KernelTable.current.momentumStep(
                range.count, step.learningRate, step.momentum, gradientScale,
                step.learningRate * step.decay, gradient.data + first, velocity.data + first,
                weight.data + first)
        }
    }
}
