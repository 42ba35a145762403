/// What a model costs, whatever computes it: its parameters, and the multiplications with an addition that an answer takes.
/// They are counted in matrix products, attention and pooling; what grows with the size of the states alone
/// (normalisation, activation, softmax) is left out.
///
/// Attention depends on the lengths: all sentences, source and target, have `sentenceLength` tokens.
public struct ModelCost: Codable, Hashable, Sendable {
    public let parameters: Int
    /// Those that the answers of translation depend on.
    public let translationParameters: Int
    /// Those that the answers of sentiment depend on.
    public let sentimentParameters: Int
    /// Those that both depend on.
    public let sharedParameters: Int
    /// The tokens of a sentence, its end included.
    public let sentenceLength: Int
    /// Multiply-adds to encode a token for translation alone.
    public let translationEncoderToken: Int
    /// Multiply-adds to encode a token for sentiment alone.
    public let sentimentEncoderToken: Int
    /// Multiply-adds to encode a token for both tasks at once.
    public let bothEncoderToken: Int
    /// Multiply-adds of a target token of a greedy search: its way through the decoder and the projection to the
    /// vocabulary. The keys and values of one source token are counted with it.
    public let decoderToken: Int
    /// Multiply-adds of all heads of sentiment for a sentence.
    public let headSentence: Int

    /// Multiply-adds to translate a sentence.
    public var translation: Int { sentenceLength * (translationEncoderToken + decoderToken) }
    /// Multiply-adds to classify a sentence.
    public var sentiment: Int { sentenceLength * sentimentEncoderToken + headSentence }
    /// Multiply-adds to translate and classify a sentence at once.
    public var both: Int { sentenceLength * (bothEncoderToken + decoderToken) + headSentence }

    /// - Precondition: `configuration.problem` is nil.
    public init(_ configuration: ModelConfiguration, sentenceLength: Int = 20) {
        let model = Model(configuration)
        func count(_ slots: [ParameterSlot]) -> Int { slots.reduce(0) { $0 + $1.count } }
        parameters = model.layout.count
        translationParameters = count(model.slots(reachedBy: .translation))
        sentimentParameters = count(model.slots(reachedBy: .sentiment))
        sharedParameters = count(model.sharedSlots)
        self.sentenceLength = sentenceLength
        let dimension = configuration.modelDimension
        let square = dimension * dimension
        let feedForward = 2 * dimension * configuration.feedForwardDimension
        // Scores and weighted sum over all tokens.
        let attention = 2 * sentenceLength * dimension
        let encoderLayer = 4 * square + attention + feedForward
        translationEncoderToken = configuration.encoderLayerCount * encoderLayer
        let depth = configuration.readLayers.max() ?? configuration.encoderLayerCount
        sentimentEncoderToken = depth * encoderLayer
        bothEncoderToken =
            translationEncoderToken + configuration.ownLayerCount * encoderLayer
        // Each token looks back on half of the sentence, on the average of all tokens.
        let selfAttention = 4 * square + (sentenceLength + 1) * dimension
        let crossAttention = 4 * square + attention
        decoderToken =
            configuration.decoderLayerCount * (selfAttention + crossAttention + feedForward)
            + dimension * configuration.vocabularySize
        headSentence = model.sentimentHeads.reduce(0) {
            $0 + $1.multiplyAdds(sentenceLength: sentenceLength)
        }
    }
}
