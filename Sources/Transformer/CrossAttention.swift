import Kernels

/// The cross-attention block with pre-normalisation: queries from the decoder, keys and values from the encoder's states.
struct CrossAttention: Sendable {
    let norm: LayerNorm
    let query: Linear
    /// Keys and values in one product, in this order.
    let keyValue: Linear
    let output: Linear
    let attention: Attention

    init(_ name: String, _ configuration: ModelConfiguration, in layout: inout ParameterLayout) {
        let dimension = configuration.modelDimension
        norm = LayerNorm(name + ".norm", dimension: dimension, in: &layout)
        query = Linear(name + ".query", inner: dimension, outer: dimension, in: &layout)
        keyValue = Linear(name + ".key_value", inner: dimension, outer: 2 * dimension, in: &layout)
        output = Linear(name + ".output", inner: dimension, outer: dimension, in: &layout)
        attention = Attention(
            headCount: configuration.headCount, headDimension: configuration.headDimension,
            isCausal: false)
    }

    struct Activations {
        let norm: LayerNorm.Activations
        let queries: Matrix
        let keysAndValues: Matrix
        let weights: Matrix
        let context: Matrix
        let dropout: Dropout
    }

    private func operands(_ queries: Matrix, _ keysAndValues: Matrix) -> Attention.Operands {
        Attention.Operands(
            queries: queries, queryColumn: 0, keysAndValues: keysAndValues, keyColumn: 0,
            valueColumn: queries.columns)
    }

    /// `x [target tokens, modelDimension]` over `source [source tokens, modelDimension]`; the result has the shape of
    /// `x`.
    func forward(
        _ x: Matrix, _ segments: Segments, _ source: EncoderStates, _ pass: Pass
    ) -> (Matrix, Activations) {
        let normalized = norm.forward(x, pass)
        let queries = query.forward(normalized.y, pass)
        let keysAndValues = keyValue.forward(source.states, pass)
        let weights = pass.arena.matrix(1, attention.weightCount(segments, source.segments))
        let context = pass.arena.matrix(x.rows, x.columns)
        attention.forward(
            operands(queries, keysAndValues), segments, source.segments, weights: weights,
            into: context, workspace: pass.workspace)
        let dropout = pass.nextDropout()
        let y = output.forward(context, addingTo: x, dropout, pass)
        return (
            y,
            Activations(
                norm: normalized, queries: queries, keysAndValues: keysAndValues, weights: weights,
                context: context, dropout: dropout)
        )
    }

    /// Turns `dy` into `dx` in place and adds to `dsource [source tokens, modelDimension]`.
    func backward(
        _ dy: Matrix, _ activations: Activations, _ segments: Segments, _ source: EncoderStates,
        into dsource: Matrix, _ pass: Pass, gradients: Parameters
    ) {
        let mark = pass.arena.mark
        let doutput = residualBackward(dy, activations.dropout, pass)
        let dcontext = output.backward(doutput, x: activations.context, pass, gradients: gradients)
        let dqueries = pass.arena.matrix(dy.rows, dy.columns)
        let dkeysAndValues = pass.arena.matrix(
            activations.keysAndValues.rows, activations.keysAndValues.columns)
        attention.backward(
            dcontext, operands(activations.queries, activations.keysAndValues), segments,
            source.segments, weights: activations.weights,
            into: operands(dqueries, dkeysAndValues), workspace: pass.workspace)
        keyValue.backward(
            dkeysAndValues, x: source.states, into: dsource, pass, gradients: gradients)
        let dnorm = query.backward(dqueries, x: activations.norm.y, pass, gradients: gradients)
        norm.backward(dnorm, activations.norm, into: dy, pass, gradients: gradients)
        pass.arena.release(to: mark)
    }
}
