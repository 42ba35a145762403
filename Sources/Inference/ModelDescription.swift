import Foundation
import Transformer

/// What can be told about a model folder without its weights.
///
/// As JSON it has the keys of the card, and `folder`, `configuration`, `files` and `bytes`.
public struct ModelDescription: Encodable, Sendable {
    public let folder: URL
    public let configuration: ModelConfiguration
    public let card: ModelCard
    /// The number of parameters.
    public let parameterCount: Int
    /// The size of each file in bytes.
    public let files: [String: Int]

    /// The size of all files in bytes.
    public var byteCount: Int { files.values.reduce(0, +) }

    /// Reads a folder.
    ///
    /// - Throws: `ModelError` when a file is missing, or damaged and not that of the weights.
    public init(contentsOf url: URL) throws {
        folder = url
        let files = ModelFolder(url: url)
        try files.checkPresence()
        configuration = try files.readConfiguration()
        let model = Model(configuration)
        card = try files.readCard(of: model)
        parameterCount = model.layout.count
        self.files = try files.sizes()
    }

    private enum CodingKeys: String, CodingKey {
        case folder, configuration, parameters, files, bytes
    }

    public func encode(to encoder: any Swift.Encoder) throws {
        try card.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(folder.path, forKey: .folder)
        try container.encode(configuration, forKey: .configuration)
        try container.encode(parameterCount, forKey: .parameters)
        try container.encode(files, forKey: .files)
        try container.encode(byteCount, forKey: .bytes)
    }
}
