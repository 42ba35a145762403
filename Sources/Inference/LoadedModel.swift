import Foundation
import Kernels
import LanguageIdentification
import Tokenization
import Transformer

/// A model that is ready to answer: its numbers, packed for the matrix product when they are first used, and its
/// tokenizer.
///
/// It does not change and may be used from many threads at once.
public final class LoadedModel: Sendable {
    public let model: Model
    public let parameters: Parameters
    public let tokenizer: BPETokenizer
    public let card: ModelCard
    /// Tells the language of a text, if the model comes with the numbers for that.
    public let languageIdentifier: LanguageIdentifier?
    public let precision: InferencePrecision
    private let packed: PackedWeights

    /// The precision of a model for which none is named.
    public static let defaultPrecision = InferencePrecision.int8

    /// Puts a model together in memory.
    ///
    /// - Parameters:
    ///   - parameters: must not change as long as the model is used.
    ///   - precision: in which matrices are multiplied; the parameters keep theirs.
    /// - Precondition: the tokenizer's size and languages are those of the model.
    public init(
        model: Model, parameters: Parameters, tokenizer: BPETokenizer, card: ModelCard,
        languageIdentifier: LanguageIdentifier? = nil,
        precision: InferencePrecision = defaultPrecision
    ) {
        let mismatch = Self.mismatch(tokenizer, model.configuration)
        precondition(mismatch == nil, mismatch ?? "")
        self.model = model
        self.parameters = parameters
        self.tokenizer = tokenizer
        self.card = card
        self.languageIdentifier = languageIdentifier
        self.precision = precision
        packed = PackedWeights(of: parameters, precision: precision)
    }

    /// Reads a model folder: `config.json`, `tokenizer.json`, `model.safetensors`, `card.json` and, if it is there,
    /// `language_identifier.safetensors`.
    ///
    /// - Throws: `ModelError` when one of the others is missing, a file is damaged, or files do not fit each other.
    public convenience init(
        contentsOf url: URL, precision: InferencePrecision = defaultPrecision
    ) throws {
        let folder = ModelFolder(url: url)
        try folder.checkPresence()
        let configuration = try folder.readConfiguration()
        let tokenizer = try folder.readTokenizer(for: configuration)
        let model = Model(configuration)
        let card = try folder.readCard(of: model)
        let languageIdentifier = try folder.readLanguageIdentifier()
        let parameters = try folder.readParameters(model.layout)
        self.init(
            model: model, parameters: parameters, tokenizer: tokenizer, card: card,
            languageIdentifier: languageIdentifier, precision: precision)
    }

    /// Writes a model folder. Each file is replaced whole or not at all.
    ///
    /// - Parameter precision: of the weights.
    /// - Throws: `ModelError` when a file cannot be written or a weight is not finite in the precision.
    public func write(to url: URL, as precision: WeightFile.Precision = .float16) throws {
        try ModelFolder(url: url).write(self, as: precision)
    }

    /// Writes the configuration and the card of a model folder anew, with checksums and a self-test.
    ///
    /// - Parameter url: a folder with the tokenizer and the weights of this model.
    /// - Throws: `ModelError` when a file cannot be written.
    public func writeDescription(to url: URL) throws {
        try ModelFolder(url: url).writeDescription(of: self)
    }

    /// The same model with another temperature of sentiment.
    ///
    /// - Parameter record: how the temperature was found.
    public func calibrated(
        temperature: Double?, record: ModelCard.Calibration?
    ) -> LoadedModel {
        var configuration = model.configuration
        configuration.sentimentTemperature = temperature
        var card = card
        card.calibration = record
        return LoadedModel(
            model: Model(configuration), parameters: parameters, tokenizer: tokenizer, card: card,
            languageIdentifier: languageIdentifier, precision: precision)
    }

    /// How a tokenizer contradicts a configuration, in words; nil if it does not.
    static func mismatch(
        _ tokenizer: BPETokenizer, _ configuration: ModelConfiguration
    ) -> String? {
        let vocabulary = tokenizer.vocabulary
        if vocabulary.count != configuration.vocabularySize {
            return "\(vocabulary.count) subwords, but vocabulary_size of config.json is "
                + "\(configuration.vocabularySize)"
        }
        if vocabulary.languages != configuration.languages {
            return "languages \(vocabulary.languages), but config.json has "
                + "\(configuration.languages)"
        }
        return nil
    }

    /// A pass for inference.
    package func pass(_ workspace: Workspace) -> Pass {
        Pass(parameters, workspace: workspace, packed: packed)
    }
}
