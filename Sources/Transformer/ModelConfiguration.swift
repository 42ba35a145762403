/// All sizes of a model, and what its inputs and outputs mean.
public struct ModelConfiguration: Codable, Hashable, Sendable {
    /// The version of the model folder's format that this program writes. Since 2, matrices may be stored in 8 bits.
    public static let currentVersion = 2

    /// The versions that this program reads.
    private static let readableVersions = 1...currentVersion

    public var version = Self.currentVersion
    public var encoderLayerCount: Int
    public var decoderLayerCount: Int
    public var modelDimension: Int
    public var feedForwardDimension: Int
    public var headCount: Int
    /// The most tokens of a sentence, on either side, its end included.
    public var maximumLength: Int
    public var vocabularySize: Int
    /// The target languages, in the order of their start tokens.
    public var languages: [String]
    /// The classes of sentiment, in the order of the head's outputs.
    public var labels: [String]
    /// The layers of the encoder that a head of sentiment reads each, 0 being the embeddings; nil: the last one.
    public var sentimentLayers: [Int]?
    /// What the encoders of the tasks share; nil: everything.
    public var sharing: EncoderSharing?
    /// What the heads of sentiment make of the tokens' states; nil: mean and maximum.
    public var pooling: TokenPooling?
    /// What the logits of sentiment are divided by before they become probabilities; nil: 1.
    public var sentimentTemperature: Double?

    public init(
        encoderLayerCount: Int, decoderLayerCount: Int, modelDimension: Int,
        feedForwardDimension: Int, headCount: Int, maximumLength: Int = 256, vocabularySize: Int,
        languages: [String], labels: [String] = SentimentLabel.allCases.map(\.name),
        sentimentLayers: [Int]? = nil, sharing: EncoderSharing? = nil,
        pooling: TokenPooling? = nil
    ) {
        self.encoderLayerCount = encoderLayerCount
        self.decoderLayerCount = decoderLayerCount
        self.modelDimension = modelDimension
        self.feedForwardDimension = feedForwardDimension
        self.headCount = headCount
        self.maximumLength = maximumLength
        self.vocabularySize = vocabularySize
        self.languages = languages
        self.labels = labels
        self.sentimentLayers = sentimentLayers
        self.sharing = sharing
        self.pooling = pooling
    }

    /// The size of one head's queries, keys and values.
    public var headDimension: Int { modelDimension / headCount }

    /// The layers of the encoder that a head of sentiment reads, 0 being the embeddings.
    public var readLayers: [Int] { sentimentLayers ?? [encoderLayerCount] }

    /// What the encoders of the tasks share.
    public var encoderSharing: EncoderSharing { sharing ?? .hard }

    /// What the heads of sentiment make of the tokens' states.
    public var tokenPooling: TokenPooling { pooling ?? .meanMax }

    /// The top layers of the encoder that each task has of its own.
    var ownLayerCount: Int { encoderSharing.ownLayerCount(of: encoderLayerCount) }

    /// The most parameters in matrices: beyond it neither the model nor its gradients fit an ordinary machine.
    private static let largestMatrixElementCount = 1_000_000_000

    /// The parameters of the tables of embeddings and of the layers' matrices.
    private var matrixElementCount: Int {
        let attention = 4 * modelDimension * modelDimension
        let feedForward = 2 * modelDimension * feedForwardDimension
        let tableCount = encoderSharing.method == .separate ? 2 : 1
        return tableCount * vocabularySize * modelDimension
            + (encoderLayerCount + ownLayerCount) * (attention + feedForward)
            + decoderLayerCount * (2 * attention + feedForward)
    }

    /// The temperatures of sentiment that make sense: outside, a model is either always or never sure.
    public static let temperatureRange = 0.1...10

    /// What makes the configuration impossible, in words; nil if it is possible.
    public var problem: String? {
        let sizes = [
            ("encoder_layer_count", encoderLayerCount, 1...64),
            ("decoder_layer_count", decoderLayerCount, 1...64),
            ("model_dimension", modelDimension, 2...8192),
            ("feed_forward_dimension", feedForwardDimension, 1...65536),
            ("head_count", headCount, 1...256),
            ("maximum_length", maximumLength, 8...4096),
            ("vocabulary_size", vocabularySize, 16...1_000_000),
        ]
        if !Self.readableVersions.contains(version) {
            return "version is \(version), this program reads versions "
                + "\(Self.readableVersions.lowerBound) to \(Self.readableVersions.upperBound)"
        }
        for (name, value, range) in sizes where !range.contains(value) {
            return "\(name) is \(value), not between \(range.lowerBound) and \(range.upperBound)"
        }
        if modelDimension % headCount != 0 {
            return "head_count \(headCount) does not divide model_dimension \(modelDimension)"
        }
        if modelDimension % 2 != 0 { return "model_dimension \(modelDimension) is odd" }
        if let problem = encoderSharing.problem(layerCount: encoderLayerCount) { return problem }
        if matrixElementCount > Self.largestMatrixElementCount {
            return "encoder_layer_count, decoder_layer_count, model_dimension, "
                + "feed_forward_dimension and vocabulary_size make \(matrixElementCount) "
                + "parameters, more than \(Self.largestMatrixElementCount)"
        }
        if readLayers.isEmpty || Set(readLayers).count != readLayers.count
            || !readLayers.allSatisfy((0...encoderLayerCount).contains)
        {
            return "sentiment_layers \(readLayers) are not different layers from 0, the "
                + "embeddings, to \(encoderLayerCount), the last"
        }
        if ownLayerCount > 0 && !readLayers.contains(encoderLayerCount) {
            return "sentiment_layers \(readLayers) leave layers unused that sharing gives to "
                + "sentiment alone; add \(encoderLayerCount), the last"
        }
        if let problem = tokenPooling.problem { return problem }
        if let temperature = sentimentTemperature, !Self.temperatureRange.contains(temperature) {
            return "sentiment_temperature is \(temperature), not between "
                + "\(Self.temperatureRange.lowerBound) and \(Self.temperatureRange.upperBound)"
        }
        if languages.isEmpty { return "languages is empty" }
        if labels != SentimentLabel.allCases.map(\.name) {
            return "labels are not negative, neutral, positive"
        }
        return nil
    }
}
