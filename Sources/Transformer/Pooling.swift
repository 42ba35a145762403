import Kernels

/// Makes one row of the states of each sentence's tokens. A sentence's row depends on its own states alone.
enum Pooling: Sendable {
    case columns(ColumnPooling)
    case attention(AttentionPooling)

    init(_ name: String, _ configuration: ModelConfiguration, in layout: inout ParameterLayout) {
        let rule = configuration.tokenPooling
        switch rule.method {
        case .mean, .max, .meanMax:
            self = .columns(
                ColumnPooling(
                    givesMean: rule.method != .max, givesMaximum: rule.method != .mean))
        case .attention, .hardAttention:
            let selection: AttentionPooling.Selection =
                if let count = rule.topK {
                    .best(count)
                } else if let share = rule.threshold {
                    .atLeast(Float(share))
                } else {
                    .all
                }
            self = .attention(
                AttentionPooling(
                    name, dimension: configuration.modelDimension, selection: selection,
                    in: &layout))
        }
    }

    /// The columns of the result for states of `dimension` columns.
    func width(of dimension: Int) -> Int {
        switch self {
        case .columns(let pooling): pooling.width(of: dimension)
        case .attention: dimension
        }
    }

    /// The multiplications with an addition that a sentence takes.
    func multiplyAdds(sentenceLength: Int, dimension: Int) -> Int {
        switch self {
        case .columns(let pooling): pooling.givesMean ? sentenceLength * dimension : 0
        // Scores and weighted sum.
        case .attention: 2 * sentenceLength * dimension
        }
    }

    /// What backward needs.
    enum Activations {
        case columns(ColumnPooling.Activations)
        case attention(AttentionPooling.Activations)
    }

    /// `[tokens, modelDimension] -> [sentences, width]`.
    func forward(
        _ states: Matrix, _ segments: Segments, _ pass: Pass
    ) -> (pooled: Matrix, Activations) {
        switch self {
        case .columns(let pooling):
            let (pooled, activations) = pooling.forward(states, segments, pass)
            return (pooled, .columns(activations))
        case .attention(let pooling):
            let (pooled, activations) = pooling.forward(states, segments, pass)
            return (pooled, .attention(activations))
        }
    }

    /// Adds to the gradients of the states and of the parameters.
    func backward(
        _ dpooled: Matrix, _ activations: Activations, _ segments: Segments, into dstates: Matrix,
        _ pass: Pass, gradients: Parameters
    ) {
        switch (self, activations) {
        case (.columns(let pooling), .columns(let kept)):
            pooling.backward(dpooled, kept, segments, into: dstates)
        case (.attention(let pooling), .attention(let kept)):
            pooling.backward(dpooled, kept, segments, into: dstates, pass, gradients: gradients)
        default: preconditionFailure("activations of another kind of pooling")
        }
    }
}
