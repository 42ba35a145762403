import Kernels

/// Classifies the sentiment of each sentence by what one layer of the encoder makes of it: pooling over the tokens, a
/// hidden layer with ReLU, a linear layer to the classes.
///
/// On the embeddings it is a deep averaging network (Iyyer et al. 2015), which sees words but not their order; on a middle
/// layer, a task of lower level in the sense of Søgaard and Goldberg (2016).
public struct SentimentHead: Sendable {
    /// What the names of the parameters of all heads begin with.
    static let name = "sentiment_head"

    /// The layer it reads; 0 stands for the embeddings of the tokens, without their positions.
    let layer: Int
    private let isTop: Bool
    let pooling: Pooling
    let hidden: Linear
    let output: Linear

    init(
        readingLayer layer: Int, _ configuration: ModelConfiguration,
        in layout: inout ParameterLayout
    ) {
        self.layer = layer
        isTop = layer == configuration.encoderLayerCount
        let name = Self.name(readingLayer: layer, configuration)
        let dimension = configuration.modelDimension
        pooling = Pooling(name + ".pooling", configuration, in: &layout)
        hidden = Linear(
            name + ".hidden", inner: pooling.width(of: dimension), outer: dimension, in: &layout)
        output = Linear(
            name + ".output", inner: dimension, outer: configuration.labels.count, in: &layout)
    }

    /// What the names of its parameters begin with.
    static func name(readingLayer layer: Int, _ configuration: ModelConfiguration) -> String {
        layer == configuration.encoderLayerCount ? name : "\(name).layer_\(layer)"
    }

    /// What backward needs.
    public struct Activations {
        let segments: Segments
        let pooled: Matrix
        /// Behind ReLU and dropout.
        let hidden: Matrix
        let pooledDropout: Dropout
        let hiddenDropout: Dropout
        let pooling: Pooling.Activations
    }

    /// `[tokens, modelDimension] -> [sentences, labels]`.
    public func forward(_ states: EncoderStates, _ pass: Pass) -> (logits: Matrix, Activations) {
        guard let input = isTop ? states.states : states.lowerStates[layer] else {
            preconditionFailure("layer \(layer) was not kept")
        }
        let (pooled, pooling) = pooling.forward(input, states.segments, pass)
        let pooledDropout = pass.nextDropout()
        if pooledDropout.rate > 0 {
            pooledDropout.apply(pooled, into: pooled, workspace: pass.workspace)
        }
        let activated = hidden.forward(pooled, usesReLU: true, pass)
        let hiddenDropout = pass.nextDropout()
        if hiddenDropout.rate > 0 {
            hiddenDropout.apply(activated, into: activated, workspace: pass.workspace)
        }
        let activations = Activations(
            segments: states.segments, pooled: pooled, hidden: activated,
            pooledDropout: pooledDropout, hiddenDropout: hiddenDropout, pooling: pooling)
        return (output.forward(activated, pass), activations)
    }

    /// Adds to the gradients of the head and of the states it reads.
    ///
    /// - Parameter dlogits: `[sentences, labels]`.
    public func backward(
        _ dlogits: Matrix, _ activations: Activations, into dstates: EncoderStateGradients,
        _ pass: Pass, gradients: Parameters
    ) {
        let dinput = isTop ? dstates.states : dstates.lowerStates[layer]
        guard let dinput else {
            preconditionFailure("no gradient for the states of layer \(layer)")
        }
        let mark = pass.arena.mark
        // An element is positive where ReLU let it through and it did not fall out.
        let dhidden = output.backward(
            dlogits, x: activations.hidden, throughReLU: true, pass, gradients: gradients)
        if activations.hiddenDropout.rate > 0 {
            activations.hiddenDropout.apply(
                dhidden, into: dhidden, workspace: pass.workspace)
        }
        let dpooled = hidden.backward(dhidden, x: activations.pooled, pass, gradients: gradients)
        if activations.pooledDropout.rate > 0 {
            activations.pooledDropout.apply(
                dpooled, into: dpooled, workspace: pass.workspace)
        }
        pooling.backward(
            dpooled, activations.pooling, activations.segments, into: dinput, pass,
            gradients: gradients)
        pass.arena.release(to: mark)
    }

    /// The multiplications with an addition that a sentence takes.
    func multiplyAdds(sentenceLength: Int) -> Int {
        pooling.multiplyAdds(sentenceLength: sentenceLength, dimension: hidden.weight.rows)
            + hidden.weight.count + output.weight.count
    }
}
