import Kernels

/// The encoder: embeddings, layers of self-attention and feed-forward blocks, a last normalisation.
public struct Encoder: Sendable {
    struct Layer: Sendable {
        let selfAttention: SelfAttention
        let feedForward: FeedForward
    }

    let embedding: Embedding
    let layers: [Layer]
    let norm: LayerNorm
    /// The layers below the last whose outputs are kept for a head; 0 stands for the tokens' embeddings.
    private let keptLayers: Set<Int>

    init(
        _ configuration: ModelConfiguration, embedding: Embedding,
        in layout: inout ParameterLayout
    ) {
        self.embedding = embedding
        layers = (0..<configuration.encoderLayerCount).map { index in
            let name = "encoder.layers.\(index)"
            return Layer(
                selfAttention: SelfAttention(
                    name + ".self_attention", configuration, isCausal: false, in: &layout),
                feedForward: FeedForward(name + ".feed_forward", configuration, in: &layout))
        }
        norm = LayerNorm("encoder.norm", dimension: configuration.modelDimension, in: &layout)
        keptLayers = Set(configuration.readLayers).subtracting([configuration.encoderLayerCount])
    }

    /// What backward needs of a forward pass.
    public struct Activations {
        let batch: Batch
        let embeddingDropout: Dropout
        var layers:
            [(selfAttention: SelfAttention.Activations, feedForward: FeedForward.Activations)]
        let norm: LayerNorm.Activations
    }

    /// The states of a batch, keeping what backward needs.
    public func forward(_ batch: Batch, _ pass: Pass) -> (EncoderStates, Activations) {
        var (x, dropout) = embedding.forward(batch, pass)
        var kept: [(SelfAttention.Activations, FeedForward.Activations)] = []
        var lowerStates: [Int: Matrix] = [:]
        if keptLayers.contains(0) { lowerStates[0] = embedding.tokens(batch, pass) }
        for (index, layer) in layers.enumerated() {
            if index > 0 && keptLayers.contains(index) { lowerStates[index] = x }
            let (y, attention) = layer.selfAttention.forward(x, batch.segments, pass)
            let (z, feedForward) = layer.feedForward.forward(y, pass)
            kept.append((attention, feedForward))
            x = z
        }
        let last = norm.forward(x, pass)
        let activations = Activations(
            batch: batch, embeddingDropout: dropout, layers: kept, norm: last)
        let states = EncoderStates(
            states: last.y, segments: batch.segments, lowerStates: lowerStates)
        return (states, activations)
    }

    /// The states of a batch for inference: intermediate results are given up layer by layer.
    public func encode(_ batch: Batch, _ pass: Pass) -> EncoderStates {
        func room() -> Matrix { pass.arena.matrix(batch.segments.total, norm.gamma.columns) }
        let states = room()
        let lowerStates = Dictionary(
            uniqueKeysWithValues: keptLayers.map {
                ($0, $0 == 0 ? embedding.tokens(batch, pass) : room())
            })
        let mark = pass.arena.mark
        states.copy(from: embedding.forward(batch, pass).0)
        for (index, layer) in layers.enumerated() {
            pass.arena.release(to: mark)
            if index > 0 { lowerStates[index]?.copy(from: states) }
            let (y, _) = layer.selfAttention.forward(states, batch.segments, pass)
            states.copy(from: layer.feedForward.forward(y, pass).0)
        }
        pass.arena.release(to: mark)
        states.copy(from: norm.forward(states, pass).y)
        pass.arena.release(to: mark)
        return EncoderStates(
            states: states, segments: batch.segments, lowerStates: lowerStates)
    }

    /// Adds to the gradients of all parameters of the encoder.
    public func backward(
        _ dstates: EncoderStateGradients, _ activations: Activations, _ pass: Pass,
        gradients: Parameters
    ) {
        let mark = pass.arena.mark
        let dx = pass.arena.zeros(dstates.states.rows, dstates.states.columns)
        norm.backward(dstates.states, activations.norm, into: dx, pass, gradients: gradients)
        let segments = activations.batch.segments
        for (index, layer) in layers.enumerated().reversed() {
            let kept = activations.layers[index]
            layer.feedForward.backward(dx, kept.feedForward, pass, gradients: gradients)
            layer.selfAttention.backward(
                dx, kept.selfAttention, segments, pass, gradients: gradients)
            if index > 0, let dlower = dstates.lowerStates[index] {
                addScaled(dlower, into: dx, workspace: pass.workspace)
            }
        }
        embedding.backward(
            dx, activations.batch, activations.embeddingDropout, pass, gradients: gradients)
        if let dtokens = dstates.lowerStates[0] {
            embedding.addToTokens(dtokens, activations.batch, pass, gradients: gradients)
        }
        pass.arena.release(to: mark)
    }
}
