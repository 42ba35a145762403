import Foundation
import Inference

/// A folder that exists as long as this object.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("mtl-nlp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a file or folder in it.
    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a file and returns its path.
    func write(_ text: String, as name: String) throws -> String {
        try Data(text.utf8).write(to: url.appendingPathComponent(name))
        return path(name)
    }

    /// Writes the tiny model and returns its folder's path.
    func writeModel(random: Bool = true) throws -> String {
        try write(TinyModel.loaded(random: random), as: "model")
    }

    /// Writes a model and returns its folder's path.
    func write(_ model: LoadedModel, as name: String) throws -> String {
        try model.write(to: url.appendingPathComponent(name))
        return path(name)
    }
}
