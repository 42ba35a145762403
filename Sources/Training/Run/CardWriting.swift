import Foundation
import Inference
import Tokenization
import Transformer

extension ModelCard {
    /// What is known about a model before it is trained.
    ///
    /// - Parameters:
    ///   - text: the recipe's.
    ///   - digests: of the corpora's files.
    init(
        _ recipe: Recipe, text: String, _ digests: [String: String], _ data: TrainingData,
        _ model: Model, commit: String?
    ) {
        let counts = Dictionary(data.counts.map { ($0.name, $0) }) { first, _ in first }
        func corpus(
            _ name: String, _ files: [String], _ licence: String?, _ languages: [String]
        ) -> Corpus {
            Corpus(
                name: name, files: files, lines: counts[name]?.training ?? 0,
                sha256: files.compactMap { digests[$0] }, licence: licence, languages: languages,
                removed: counts[name].flatMap { $0.removed.isEmpty ? nil : $0.removed })
        }
        let corpora =
            recipe.corpora.translation.map {
                corpus($0.name, $0.fileNames, $0.licence, [$0.from, $0.to])
            }
            + recipe.corpora.sentiment.map {
                corpus($0.name, $0.fileNames, $0.licence, [$0.language])
            }
        self.init(
            name: recipe.name, version: "1", licence: recipe.licence, terms: recipe.terms,
            languages: data.configuration.languages, labels: data.configuration.labels,
            parameters: model.layout.count, corpora: corpora, recipe: text,
            seed: UInt64(recipe.seed), commit: commit)
    }
}

extension Recipe {
    /// The SHA-256 of every file that the run reads, by its path in the recipe: those of the corpora, of the test sets,
    /// of the model that it starts from, and of the language identifiers for cleaning.
    ///
    /// - Parameter languageIdentifier: the one that comes with the program.
    /// - Throws: `FileError` for a file that cannot be read.
    func fileDigests(
        in folder: URL, languageIdentifier: URL? = nil
    ) throws -> [String: String] {
        let modelFiles =
            initialModel.map { model in
                ["tokenizer.json", "model.safetensors"].map { "\(model)/\($0)" }
            } ?? []
        var digests: [String: String] = [:]
        for file in corpora.files + validation.tests.files + modelFiles + identifierFiles
        where digests[file] == nil {
            digests[file] = try TextFile.sha256(of: folder.file(file))
        }
        if needsOwnIdentifier, let languageIdentifier {
            digests["the program's language identifier"] = try TextFile.sha256(
                of: languageIdentifier)
        }
        return digests
    }
}

extension Recipe.Corpora {
    /// The files of all corpora, as the recipe names them.
    var files: [String] {
        translation.flatMap(\.fileNames) + sentiment.flatMap(\.fileNames)
    }
}

extension CorpusCounts: CustomStringConvertible {
    public var description: String {
        let reasons = removed.sorted { $0.key < $1.key }.map { ", \($0.value) \($0.key)" }
        return
            "\(name): \(training) to train on, \(held) held, \(dropped) dropped for a held text, "
            + "\(empty) empty" + reasons.joined()
    }
}
