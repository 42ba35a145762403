import Kernels

/// The feed-forward block with pre-normalisation: `y = x + dropout(relu(norm(x) W1^T + b1) W2^T + b2)`.
struct FeedForward: Sendable {
    let norm: LayerNorm
    let inner: Linear
    let outer: Linear

    init(_ name: String, _ configuration: ModelConfiguration, in layout: inout ParameterLayout) {
        let dimension = configuration.modelDimension
        norm = LayerNorm(name + ".norm", dimension: dimension, in: &layout)
        inner = Linear(
            name + ".inner", inner: dimension, outer: configuration.feedForwardDimension,
            in: &layout)
        outer = Linear(
            name + ".outer", inner: configuration.feedForwardDimension, outer: dimension,
            in: &layout)
    }

    struct Activations {
        let norm: LayerNorm.Activations
        let hidden: Matrix
        let dropout: Dropout
    }

    /// `x [rows, modelDimension] -> y`, the same shape.
    func forward(_ x: Matrix, _ pass: Pass) -> (Matrix, Activations) {
        let normalized = norm.forward(x, pass)
        let hidden = inner.forward(normalized.y, usesReLU: true, pass)
        let dropout = pass.nextDropout()
        let y = outer.forward(hidden, addingTo: x, dropout, pass)
        return (y, Activations(norm: normalized, hidden: hidden, dropout: dropout))
    }

    /// Turns `dy` into `dx` in place.
    func backward(
        _ dy: Matrix, _ activations: Activations, _ pass: Pass, gradients: Parameters
    ) {
        let mark = pass.arena.mark
        let doutput = residualBackward(dy, activations.dropout, pass)
        let dhidden = outer.backward(
            doutput, x: activations.hidden, throughReLU: true, pass, gradients: gradients)
        let dnorm = inner.backward(dhidden, x: activations.norm.y, pass, gradients: gradients)
        norm.backward(dnorm, activations.norm, into: dy, pass, gradients: gradients)
        pass.arena.release(to: mark)
    }
}

/// The gradient of what went into the dropout of a residual connection: `dy` itself if nothing fell out.
///
/// It is computed before the products of backward, not in them: two of them read it, and the sum for the bias.
func residualBackward(_ dy: Matrix, _ dropout: Dropout, _ pass: Pass) -> Matrix {
    guard dropout.rate > 0 else { return dy }
    let doutput = pass.arena.matrix(dy.rows, dy.columns)
    dropout.apply(dy, into: doutput, workspace: pass.workspace)
    return doutput
}
