import Kernels

/// The model: one encoder that is shared, a decoder that translates, heads that classify sentiment.
///
/// It says how numbers flow; the numbers themselves are `Parameters` of its `layout`.
public struct Model: Sendable {
    public let configuration: ModelConfiguration
    public let layout: ParameterLayout
    public let embedding: Embedding
    public let encoder: Encoder
    public let decoder: Decoder
    /// One for each layer of `ModelConfiguration.readLayers`.
    public let sentimentHeads: [SentimentHead]

    /// - Precondition: `configuration.problem` is nil.
    public init(_ configuration: ModelConfiguration) {
        precondition(configuration.problem == nil, configuration.problem ?? "")
        self.configuration = configuration
        var layout = ParameterLayout()
        embedding = Embedding(
            vocabularySize: configuration.vocabularySize, dimension: configuration.modelDimension,
            maximumLength: configuration.maximumLength, in: &layout)
        encoder = Encoder(configuration, embedding: embedding, in: &layout)
        decoder = Decoder(configuration, embedding: embedding, in: &layout)
        var heads: [SentimentHead] = []
        for layer in configuration.readLayers {
            heads.append(SentimentHead(readingLayer: layer, configuration, in: &layout))
        }
        sentimentHeads = heads
        self.layout = layout
    }

    /// Parameters before training, a function of the seed.
    public func initialParameters(seed: UInt64) -> Parameters {
        let parameters = Parameters(layout)
        parameters.initialize(seed: seed)
        return parameters
    }

    /// The logits of sentiment, `[sentences, labels]`: the mean over the heads, which is to say that their answer is the
    /// normalised geometric mean of their probabilities.
    public func sentimentLogits(_ states: EncoderStates, _ pass: Pass) -> Matrix {
        let logits = pass.arena.zeros(states.segments.count, configuration.labels.count)
        let mark = pass.arena.mark
        for head in sentimentHeads {
            addScaled(
                head.forward(states, pass).logits, scale: 1 / Float(sentimentHeads.count),
                into: logits, workspace: pass.workspace)
        }
        pass.arena.release(to: mark)
        return logits
    }

    /// `[rows, modelDimension] -> [rows, vocabularySize]`: the projection by the table of embeddings.
    public func logits(_ states: Matrix, _ pass: Pass) -> Matrix {
        let logits = pass.arena.matrix(states.rows, configuration.vocabularySize)
        pass.multiply(states, byTransposeOf: embedding.table, into: logits)
        return logits
    }
}
