import Files
import Foundation
import Inference
import Transformer

/// Where a run keeps the labels that a stage began with, a file for each language: a run that goes on in mid-stage needs
/// them, and the weights that gave them are gone.
struct ProjectionFiles {
    private let rule: Stage.Projection
    /// In the order of the rule's languages.
    private let urls: [URL]

    /// - Parameters:
    ///   - folder: of the run.
    ///   - stage: from 0.
    init(in folder: URL, stage: Int, _ rule: Stage.Projection) {
        self.rule = rule
        urls = rule.languages.map { folder.appending(path: "projections/\(stage + 1).\($0).tsv") }
    }

    /// - Throws: `TrainingError`.
    func write(_ projected: ProjectedTexts) throws {
        for (language, url) in urls.enumerated() {
            let lines = projected.texts.lazy.filter { $0.language == language }
                .map { "\($0.text.string)\t\($0.label.name)\n" }
            do {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try AtomicFile.replace(url) { try Data(lines.joined().utf8).write(to: $0) }
            } catch {
                throw TrainingError(
                    .unusableFile, "\(url.path): the labels cannot be written: \(error.reason)")
            }
        }
    }

    /// The texts of all languages, one language after the other.
    ///
    /// - Throws: `TrainingError` when a file is gone or damaged.
    func read() throws -> [LabelledText] {
        try urls.flatMap { url in
            do {
                // A language without texts has an empty file, which as a corpus would be an error.
                return try TextFile.lines(of: url).isEmpty
                    ? [] : LabelledCorpus.read(url, scheme: .named)
            } catch {
                throw TrainingError(
                    .unusableFile,
                    "\(error): the labels that the stage began with; bring the file back, or "
                        + "begin anew")
            }
        }
    }

    /// What the card says of the texts: a corpus for each language that has any.
    ///
    /// - Parameters:
    ///   - stage: its name.
    ///   - corpora: those of the card, which have the pairs.
    func cardEntries(stage: String, _ corpora: [ModelCard.Corpus]) -> [ModelCard.Corpus] {
        zip(rule.languages, urls).compactMap { language, url in
            guard let lines = try? TextFile.lines(of: url), !lines.isEmpty else { return nil }
            let origins = corpora.filter {
                rule.corpora.contains($0.name) && $0.languages?.contains(language) ?? false
            }
            return ModelCard.Corpus(
                name: "labels projected in stage \(stage): \(language)",
                files: origins.flatMap(\.files), lines: lines.count,
                sha256: origins.flatMap(\.sha256), languages: [language])
        }
    }
}

extension Recipe {
    /// What the card says of the texts with projected labels that were learned from up to a stage.
    func projectedCorpora(
        through stage: Int, in folder: URL, _ corpora: [ModelCard.Corpus]
    ) -> [ModelCard.Corpus] {
        curriculum.prefix(stage + 1).enumerated().flatMap { index, stage in
            stage.project.map { rule in
                ProjectionFiles(in: folder, stage: index, rule)
                    .cardEntries(stage: stage.name, corpora)
            } ?? []
        }
    }
}
