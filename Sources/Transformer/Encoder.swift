import Kernels

/// The encoder as one task reads it: embeddings, layers of self-attention and feed-forward blocks, a last normalisation.
///
/// Encoders of two tasks share parameters by having the same embeddings and the same lower layers.
public struct Encoder: Sendable {
    struct Layer: Sendable {
        /// What the names of its parameters begin with.
        let name: String
        let selfAttention: SelfAttention
        let feedForward: FeedForward

        /// The uses of dropout in a pass: one of each block.
        static let dropoutCount = 2
    }

    /// What the names of the parameters begin with that all tasks share, or translation has alone.
    static let name = "encoder"

    let embedding: Embedding
    let layers: [Layer]
    let norm: LayerNorm
    /// The layers whose outputs the task reads; 0 stands for the tokens' embeddings.
    private(set) var readLayers: Set<Int>

    /// - Parameters:
    ///   - name: what the names of the parameters begin with that the encoder adds to the layout.
    ///   - lowerLayers: those of another encoder, which this one begins with.
    ///   - readLayers: from 0, the embeddings, to the last layer, at least one.
    init(
        _ name: String, _ configuration: ModelConfiguration, embedding: Embedding,
        lowerLayers: some Collection<Layer> = [], reading readLayers: [Int],
        in layout: inout ParameterLayout
    ) {
        self.embedding = embedding
        self.readLayers = Set(readLayers)
        var layers = Array(lowerLayers)
        for index in layers.count..<configuration.encoderLayerCount {
            let name = "\(name).layers.\(index)"
            layers.append(
                Layer(
                    name: name,
                    selfAttention: SelfAttention(
                        name + ".self_attention", configuration, isCausal: false, in: &layout),
                    feedForward: FeedForward(name + ".feed_forward", configuration, in: &layout)))
        }
        self.layers = layers
        norm = LayerNorm(name + ".norm", dimension: configuration.modelDimension, in: &layout)
    }

    /// The same encoder for a task that reads other layers.
    func reading(_ layers: [Int]) -> Encoder {
        var encoder = self
        encoder.readLayers = Set(layers)
        return encoder
    }

    /// The read layers below the last; their outputs are kept as they are, not normalised.
    var keptLayers: Set<Int> { readLayers.subtracting([layers.count]) }

    /// The number of layers that what is read depends on; those above are not computed.
    private var depth: Int { readLayers.max() ?? layers.count }

    /// Whether what is read depends on a parameter.
    func reaches(_ slot: ParameterSlot) -> Bool {
        slot == embedding.table
            || layers.prefix(depth).contains { slot.name.hasPrefix($0.name + ".") }
            || depth == layers.count && (slot == norm.gamma || slot == norm.beta)
    }

    /// What backward needs of a forward pass.
    public struct Activations {
        let batch: Batch
        let embeddingDropout: Dropout
        let layers:
            [(selfAttention: SelfAttention.Activations, feedForward: FeedForward.Activations)]
        /// Nil if the last layer is not read.
        let norm: LayerNorm.Activations?
    }

    /// The states of a batch, keeping what backward needs.
    public func forward(_ batch: Batch, _ pass: Pass) -> (EncoderStates, Activations) {
        var (x, dropout) = embedding.forward(batch, pass)
        var kept: [(SelfAttention.Activations, FeedForward.Activations)] = []
        var lowerStates: [Int: Matrix] = [:]
        let keptLayers = keptLayers
        if keptLayers.contains(0) { lowerStates[0] = embedding.tokens(batch, pass) }
        for (index, layer) in layers.prefix(depth).enumerated() {
            let (y, attention) = layer.selfAttention.forward(x, batch.segments, pass)
            let (z, feedForward) = layer.feedForward.forward(y, pass)
            kept.append((attention, feedForward))
            x = z
            if keptLayers.contains(index + 1) { lowerStates[index + 1] = x }
        }
        // What comes after the encoder draws the same masks whatever is read of it.
        for _ in depth..<layers.count { pass.skipDropout(count: Layer.dropoutCount) }
        let last = depth == layers.count ? norm.forward(x, pass) : nil
        let activations = Activations(
            batch: batch, embeddingDropout: dropout, layers: kept, norm: last)
        let states = EncoderStates(
            states: last?.y ?? x, segments: batch.segments, lowerStates: lowerStates)
        return (states, activations)
    }

    /// What another encoder has made of a batch with the layers that it shares with this one.
    package struct Start {
        /// The number of layers, at least 1, the output of the last of which was kept.
        let layerCount: Int
        let states: EncoderStates
    }

    /// The states of a batch for inference: intermediate results are given up layer by layer.
    ///
    /// - Parameters:
    ///   - start: where to go on; nil: from the embeddings.
    ///   - others: further layers whose outputs are kept.
    package func encode(
        _ batch: Batch, after start: Start? = nil, keeping others: Set<Int> = [], _ pass: Pass
    ) -> EncoderStates {
        func room() -> Matrix { pass.arena.matrix(batch.segments.total, norm.gamma.columns) }
        let states = room()
        var lowerStates = start?.states.lowerStates ?? [:]
        for layer in keptLayers.union(others) where lowerStates[layer] == nil {
            lowerStates[layer] = layer == 0 ? embedding.tokens(batch, pass) : room()
        }
        let mark = pass.arena.mark
        let first = start?.layerCount ?? 0
        let x = start.flatMap { lowerStates[$0.layerCount] } ?? embedding.forward(batch, pass).0
        states.copy(from: x)
        for index in first..<depth {
            pass.arena.release(to: mark)
            let layer = layers[index]
            let (y, _) = layer.selfAttention.forward(states, batch.segments, pass)
            states.copy(from: layer.feedForward.forward(y, pass).0)
            lowerStates[index + 1]?.copy(from: states)
        }
        pass.arena.release(to: mark)
        if depth == layers.count {
            states.copy(from: norm.forward(states, pass).y)
            pass.arena.release(to: mark)
        }
        return EncoderStates(states: states, segments: batch.segments, lowerStates: lowerStates)
    }

    /// Adds to the gradients of all parameters of the encoder.
    public func backward(
        _ dstates: EncoderStateGradients, _ activations: Activations, _ pass: Pass,
        gradients: Parameters
    ) {
        let mark = pass.arena.mark
        let dx = pass.arena.zeros(dstates.states.rows, dstates.states.columns)
        if let last = activations.norm {
            norm.backward(dstates.states, last, into: dx, pass, gradients: gradients)
        } else if depth > 0, let dlower = dstates.lowerStates[depth] {
            dx.copy(from: dlower)
        }
        let segments = activations.batch.segments
        for (index, layer) in layers.prefix(depth).enumerated().reversed() {
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
