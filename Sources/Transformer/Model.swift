import Kernels

/// The model: one encoder that is shared, a decoder that translates, a head that classifies sentiment.
///
/// It says how numbers flow; the numbers themselves are `Parameters` of its `layout`.
public struct Model: Sendable {
    public let configuration: ModelConfiguration
    public let layout: ParameterLayout
    public let embedding: Embedding
    public let encoder: Encoder
    public let decoder: Decoder
    public let sentimentHead: SentimentHead

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
        sentimentHead = SentimentHead(configuration, in: &layout)
        self.layout = layout
    }

    /// Parameters before training, a function of the seed.
    public func initialParameters(seed: UInt64) -> Parameters {
        let parameters = Parameters(layout)
        parameters.initialize(seed: seed)
        return parameters
    }

    /// `[rows, modelDimension] -> [rows, vocabularySize]`: the projection by the table of embeddings.
    public func logits(_ states: Matrix, _ pass: Pass) -> Matrix {
        let logits = pass.arena.matrix(states.rows, configuration.vocabularySize)
        pass.multiply(states, byTransposeOf: embedding.table, into: logits)
        return logits
    }
}
