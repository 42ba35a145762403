import Kernels

/// The self-attention block with pre-normalisation: `y = x + dropout(attention(norm(x)) Wo^T + bo)`.
struct SelfAttention: Sendable {
    let norm: LayerNorm
    /// Queries, keys and values in one product, in this order.
    let queryKeyValue: Linear
    let output: Linear
    let attention: Attention

    init(
        _ name: String, _ configuration: ModelConfiguration, isCausal: Bool,
        in layout: inout ParameterLayout
    ) {
        let dimension = configuration.modelDimension
        norm = LayerNorm(name + ".norm", dimension: dimension, in: &layout)
        queryKeyValue = Linear(
            name + ".query_key_value", inner: dimension, outer: 3 * dimension, in: &layout)
        output = Linear(name + ".output", inner: dimension, outer: dimension, in: &layout)
        attention = Attention(
            headCount: configuration.headCount, headDimension: configuration.headDimension,
            isCausal: isCausal)
    }

    struct Activations {
        let norm: LayerNorm.Activations
        let queryKeyValue: Matrix
        let weights: Matrix
        let context: Matrix
        let dropout: Dropout
    }

    private func operands(_ matrix: Matrix) -> Attention.Operands {
        let dimension = matrix.columns / 3
        return Attention.Operands(
            queries: matrix, queryColumn: 0, keysAndValues: matrix, keyColumn: dimension,
            valueColumn: 2 * dimension)
    }

    /// `x [tokens, modelDimension] -> y`, the same shape.
    func forward(_ x: Matrix, _ segments: Segments, _ pass: Pass) -> (Matrix, Activations) {
        let normalized = norm.forward(x, pass)
        let projected = queryKeyValue.forward(normalized.y, pass)
        let weights = pass.arena.matrix(1, attention.weightCount(segments, segments))
        let context = pass.arena.matrix(x.rows, x.columns)
        attention.forward(
            operands(projected), segments, segments, weights: weights, into: context,
            workspace: pass.workspace)
        let dropout = pass.nextDropout()
        let y = output.forward(context, addingTo: x, dropout, pass)
        return (
            y,
            Activations(
                norm: normalized, queryKeyValue: projected, weights: weights, context: context,
                dropout: dropout)
        )
    }

    /// Turns `dy` into `dx` in place.
    func backward(
        _ dy: Matrix, _ activations: Activations, _ segments: Segments, _ pass: Pass,
        gradients: Parameters
    ) {
        let mark = pass.arena.mark
        let doutput = residualBackward(dy, activations.dropout, pass)
        let dcontext = output.backward(doutput, x: activations.context, pass, gradients: gradients)
        let dprojected = pass.arena.matrix(
            activations.queryKeyValue.rows, activations.queryKeyValue.columns)
        attention.backward(
            dcontext, operands(activations.queryKeyValue), segments, segments,
            weights: activations.weights, into: operands(dprojected), workspace: pass.workspace)
        let dnorm = queryKeyValue.backward(
            dprojected, x: activations.norm.y, pass, gradients: gradients)
        norm.backward(dnorm, activations.norm, into: dy, pass, gradients: gradients)
        pass.arena.release(to: mark)
    }
}
