import Kernels

/// The decoder: embeddings, layers of causal self-attention, cross-attention and feed-forward blocks, a last
/// normalisation. Its output is projected by the table of embeddings.
public struct Decoder: Sendable {
    struct Layer: Sendable {
        let selfAttention: SelfAttention
        let crossAttention: CrossAttention
        let feedForward: FeedForward
    }

    /// What the names of its parameters begin with.
    static let name = "decoder"

    let embedding: Embedding
    let layers: [Layer]
    let norm: LayerNorm

    init(
        _ configuration: ModelConfiguration, embedding: Embedding,
        in layout: inout ParameterLayout
    ) {
        self.embedding = embedding
        layers = (0..<configuration.decoderLayerCount).map { index in
            let name = "\(Self.name).layers.\(index)"
            return Layer(
                selfAttention: SelfAttention(
                    name + ".self_attention", configuration, isCausal: true, in: &layout),
                crossAttention: CrossAttention(
                    name + ".cross_attention", configuration, in: &layout),
                feedForward: FeedForward(name + ".feed_forward", configuration, in: &layout))
        }
        norm = LayerNorm(Self.name + ".norm", dimension: configuration.modelDimension, in: &layout)
    }

    struct LayerActivations {
        let selfAttention: SelfAttention.Activations
        let crossAttention: CrossAttention.Activations
        let feedForward: FeedForward.Activations
    }

    /// What backward needs of a forward pass.
    public struct Activations {
        let batch: Batch
        let source: EncoderStates
        let embeddingDropout: Dropout
        var layers: [LayerActivations]
        let norm: LayerNorm.Activations
    }

    /// The decoder's states, `[target tokens, modelDimension]`, under teacher forcing.
    ///
    /// - Parameter shiftedTarget: the start token and all of the target but its last token.
    public func forward(
        _ shiftedTarget: Batch, _ source: EncoderStates, _ pass: Pass
    ) -> (Matrix, Activations) {
        let segments = shiftedTarget.segments
        var (x, dropout) = embedding.forward(shiftedTarget, pass)
        var kept: [LayerActivations] = []
        for layer in layers {
            let (attended, selfAttention) = layer.selfAttention.forward(x, segments, pass)
            let (crossed, crossAttention) = layer.crossAttention.forward(
                attended, segments, source, pass)
            let (y, feedForward) = layer.feedForward.forward(crossed, pass)
            kept.append(
                LayerActivations(
                    selfAttention: selfAttention, crossAttention: crossAttention,
                    feedForward: feedForward))
            x = y
        }
        let last = norm.forward(x, pass)
        let activations = Activations(
            batch: shiftedTarget, source: source, embeddingDropout: dropout, layers: kept,
            norm: last)
        return (last.y, activations)
    }

    /// Adds to the gradients of all parameters of the decoder and to `dsource [source tokens, modelDimension]`.
    ///
    /// - Parameter dstates: `[target tokens, modelDimension]`.
    public func backward(
        _ dstates: Matrix, _ activations: Activations, into dsource: Matrix, _ pass: Pass,
        gradients: Parameters
    ) {
        let mark = pass.arena.mark
        let dx = pass.arena.zeros(dstates.rows, dstates.columns)
        norm.backward(dstates, activations.norm, into: dx, pass, gradients: gradients)
        let segments = activations.batch.segments
        for (layer, kept) in zip(layers, activations.layers).reversed() {
            layer.feedForward.backward(dx, kept.feedForward, pass, gradients: gradients)
            layer.crossAttention.backward(
                dx, kept.crossAttention, segments, activations.source, into: dsource, pass,
                gradients: gradients)
            layer.selfAttention.backward(
                dx, kept.selfAttention, segments, pass, gradients: gradients)
        }
        embedding.backward(
            dx, activations.batch, activations.embeddingDropout, pass, gradients: gradients)
        pass.arena.release(to: mark)
    }
}
