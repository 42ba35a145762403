import Files
import Foundation
import Inference
import Tokenization
import Transformer

extension ModelCard {
    /// What is known about a model before it is trained.
    ///
    /// - Parameters:
    ///   - text: the recipe as it stands in its file.
    ///   - digests: of the corpora's files.
    init(
        _ recipe: Recipe, text: String, _ digests: [String: String], _ data: TrainingData,
        _ model: Model, commit: String?
    ) throws {
        let lines = Dictionary(data.counts.map { ($0.name, $0.training) }) { first, _ in first }
        let corpora = recipe.corpora.files.map { name, licence, files in
            Corpus(
                name: name, files: files, lines: lines[name] ?? 0,
                sha256: files.compactMap { digests[$0] }, licence: licence)
        }
        self.init(
            name: recipe.name, version: "1", licence: recipe.licence, terms: recipe.terms,
            languages: data.configuration.languages, labels: data.configuration.labels,
            parameters: model.layout.count, corpora: corpora, recipe: text,
            seed: UInt64(recipe.seed), commit: commit)
    }
}

extension Recipe {
    /// The SHA-256 of every file of the corpora, by its path in the recipe.
    ///
    /// - Throws: `FileError` for a file that cannot be read.
    func fileDigests(in folder: URL) throws -> [String: String] {
        var digests: [String: String] = [:]
        for (_, _, files) in corpora.files {
            for file in files {
                digests[file] = try TextFile.sha256(of: folder.appending(path: file))
            }
        }
        return digests
    }
}

extension Recipe.Corpora {
    /// The licence of each corpus, and its files as the recipe names them.
    var files: [(name: String, licence: String?, files: [String])] {
        translation.map {
            ($0.name, $0.licence, [$0.source, $0.target, $0.pairs].compactMap(\.self))
        } + sentiment.map { ($0.name, $0.licence, [$0.file]) }
    }
}

extension CorpusCounts: CustomStringConvertible {
    public var description: String {
        "\(name): \(training) to train on, \(held) held, \(dropped) dropped for a held text, "
            + "\(empty) empty"
    }
}
