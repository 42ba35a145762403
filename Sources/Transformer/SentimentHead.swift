import Kernels

/// Classifies the sentiment of each sentence by what one layer of the encoder makes of it: the mean and the maximum of its
/// states over the tokens, a hidden layer with ReLU, a linear layer to the classes.
///
/// On the embeddings it is a deep averaging network (Iyyer et al. 2015), which sees words but not their order; on a middle
/// layer, a task of lower level in the sense of Søgaard and Goldberg (2016).
public struct SentimentHead: Sendable {
    /// What the names of the parameters of all heads begin with.
    static let name = "sentiment_head"

    /// The layer it reads; 0 stands for the embeddings of the tokens, without their positions.
    let layer: Int
    private let isTop: Bool
    let hidden: Linear
    let output: Linear

    init(
        readingLayer layer: Int, _ configuration: ModelConfiguration,
        in layout: inout ParameterLayout
    ) {
        self.layer = layer
        isTop = layer == configuration.encoderLayerCount
        let name = isTop ? Self.name : "\(Self.name).layer_\(layer)"
        let dimension = configuration.modelDimension
        hidden = Linear(name + ".hidden", inner: 2 * dimension, outer: dimension, in: &layout)
        output = Linear(
            name + ".output", inner: dimension, outer: configuration.labels.count, in: &layout)
    }

    /// What backward needs.
    public struct Activations {
        let segments: Segments
        let pooled: Matrix
        let hidden: Matrix
        let dropped: Matrix
        let pooledDropout: Dropout
        let hiddenDropout: Dropout
        /// `[sentences][modelDimension]`: the row that holds the maximum of each column.
        let maximumRows: [Int32]
    }

    /// `[tokens, modelDimension] -> [sentences, labels]`.
    public func forward(_ states: EncoderStates, _ pass: Pass) -> (logits: Matrix, Activations) {
        let (pooled, maximumRows) = pool(states, pass)
        let pooledDropout = pass.nextDropout()
        if pooledDropout.rate > 0 {
            pooledDropout.apply(pooled, into: pooled, workspace: pass.workspace)
        }
        let activated = hidden.forward(pooled, usesReLU: true, pass)
        let hiddenDropout = pass.nextDropout()
        var dropped = activated
        if hiddenDropout.rate > 0 {
            dropped = pass.arena.matrix(activated.rows, activated.columns)
            hiddenDropout.apply(activated, into: dropped, workspace: pass.workspace)
        }
        let activations = Activations(
            segments: states.segments, pooled: pooled, hidden: activated, dropped: dropped,
            pooledDropout: pooledDropout, hiddenDropout: hiddenDropout, maximumRows: maximumRows)
        return (output.forward(dropped, pass), activations)
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
        let dhidden = output.backward(dlogits, x: activations.dropped, pass, gradients: gradients)
        if activations.hiddenDropout.rate > 0 {
            activations.hiddenDropout.apply(
                dhidden, into: dhidden, workspace: pass.workspace)
        }
        reluBackward(dhidden, y: activations.hidden, workspace: pass.workspace)
        let dpooled = hidden.backward(dhidden, x: activations.pooled, pass, gradients: gradients)
        if activations.pooledDropout.rate > 0 {
            activations.pooledDropout.apply(
                dpooled, into: dpooled, workspace: pass.workspace)
        }
        poolBackward(dpooled, activations, into: dinput)
        pass.arena.release(to: mark)
    }

    /// `[tokens, d] -> [sentences, 2 d]`: means in the first half of the columns, maxima in the second.
    private func pool(_ states: EncoderStates, _ pass: Pass) -> (Matrix, maximumRows: [Int32]) {
        guard let input = isTop ? states.states : states.lowerStates[layer] else {
            preconditionFailure("layer \(layer) was not kept")
        }
        let segments = states.segments
        let dimension = input.columns
        let pooled = pass.arena.zeros(segments.count, 2 * dimension)
        var maximumRows = [Int32](repeating: 0, count: segments.count * dimension)
        for sentence in 0..<segments.count {
            let mean = pooled.row(sentence), maximum = mean + dimension
            let scale = 1 / Float(segments.lengths[sentence])
            for row in segments.rows(of: sentence) {
                let source = input.row(row)
                let isFirst = row == segments.offsets[sentence]
                for column in 0..<dimension {
                    mean[column] += source[column] * scale
                    if isFirst || source[column] > maximum[column] {
                        maximum[column] = source[column]
                        maximumRows[sentence * dimension + column] = Int32(row)
                    }
                }
            }
        }
        return (pooled, maximumRows)
    }

    private func poolBackward(_ dpooled: Matrix, _ activations: Activations, into dstates: Matrix) {
        let segments = activations.segments
        let dimension = dstates.columns
        for sentence in 0..<segments.count {
            let dmean = dpooled.row(sentence), dmaximum = dmean + dimension
            let scale = 1 / Float(segments.lengths[sentence])
            for row in segments.rows(of: sentence) {
                let target = dstates.row(row)
                for column in 0..<dimension { target[column] += dmean[column] * scale }
            }
            for column in 0..<dimension {
                let row = Int(activations.maximumRows[sentence * dimension + column])
                dstates.row(row)[column] += dmaximum[column]
            }
        }
    }
}
