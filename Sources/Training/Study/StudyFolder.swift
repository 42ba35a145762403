import Files
import Foundation
import Logging

/// The folder of a study.
///
///     study.json                     what the study began with
///     study.yml                      the study as it was last started
///     tokenizer.json                 what the arms share, if they do
///     runs/ARM/seed-1                an ordinary training run
///     runs/ARM/seed-1.yml, .json     its recipe; its result, from which the report is made
///     finals/...                     the same for the second phase
///     report.md, report.json, *.svg  the report
struct StudyFolder {
    let url: URL

    /// What the tokenizer and the results in the folder depend on besides the recipes of their runs.
    private struct Beginning: Codable {
        /// That the arms are changes of.
        let recipe: Recipe
        let sharesTokenizer: Bool
        /// The SHA-256 of each file that a run reads, by its path.
        let digests: [String: String]
    }

    private var beginningFile: URL { url.appending(path: "study.json") }
    private var studyFile: URL { url.appending(path: "study.yml") }
    var tokenizerFile: URL { url.appending(path: "tokenizer.json") }

    /// The folder of a run and, with other endings, its files.
    func run(_ run: StudyRun, phase: String) -> URL {
        url.appending(path: "\(phase)/\(run.arm)/seed-\(run.seed)")
    }

    /// Sees to it that a study may run in the folder.
    ///
    /// - Parameters:
    ///   - digests: of the files that its runs read.
    ///   - resumes: whether a study that began here may go on; a folder that is empty or absent begins one.
    /// - Throws: `TrainingError` when the folder holds something else, or the study began with another recipe or other
    ///   files. Arms may have been added.
    func check(_ study: Study, digests: [String: String], resumes: Bool, _ logger: Logger) throws {
        let contents = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [])
            .filter { !$0.hasPrefix(".") }
        if contents.isEmpty { return }
        guard resumes else {
            throw TrainingError(
                .outputExists,
                "\(url.path): the folder is not empty; name another with --output, or go on "
                    + "with the study in it with --resume")
        }
        if let beginning = try readBeginning() {
            try check(study, digests, against: beginning)
        } else if FileManager.default.fileExists(atPath: studyFile.path) {
            logger.warning(
                """
                \(beginningFile.path) is missing: an older program began this study, and \
                whether its recipe or corpora have changed cannot be told
                """)
        } else {
            throw TrainingError(
                .outputExists,
                "\(url.path): not a folder of a study; name another with --output")
        }
    }

    private func check(
        _ study: Study, _ digests: [String: String], against beginning: Beginning
    ) throws {
        var differences = try study.baseRecipe.differences(from: beginning.recipe)
        if study.sharesTokenizer != beginning.sharesTokenizer {
            differences.append(
                "shared_tokenizer: \(beginning.sharesTokenizer) -> \(study.sharesTokenizer)")
        }
        guard differences.isEmpty else {
            throw TrainingError(
                .malformed,
                "\(url.path): the recipe of the study has changed since it began: "
                    + differences.joined(separator: "; ") + "; undo that, or begin anew")
        }
        let changed = digests.keys.sorted().filter { file in
            beginning.digests[file].map { $0 != digests[file] } ?? false
        }
        guard changed.isEmpty else {
            throw TrainingError(
                .malformed,
                "\(url.path): \(changed.joined(separator: ", ")): not the file that the study "
                    + "began with; bring it back, or begin anew")
        }
    }

    /// What the study began with; nil if nothing says so.
    private func readBeginning() throws -> Beginning? {
        guard let data = try? Data(contentsOf: beginningFile) else { return nil }
        do {
            return try JSONDecoder().decode(Beginning.self, from: data)
        } catch {
            throw TrainingError(
                .unusableFile,
                "\(beginningFile.path): cannot be understood; bring the file back, or begin anew")
        }
    }

    /// Begins a study, or goes on with one that was checked: notes the files that it has not read before.
    ///
    /// - Parameter file: of the study.
    func begin(_ study: Study, file: URL, digests: [String: String]) throws {
        let known = try readBeginning()?.digests ?? [:]
        let beginning = Beginning(
            recipe: study.baseRecipe, sharesTokenizer: study.sharesTokenizer,
            digests: known.merging(digests) { old, _ in old })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try writing {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            try AtomicFile.replace(beginningFile) {
                try (encoder.encode(beginning) + Data("\n".utf8)).write(to: $0)
            }
            try AtomicFile.replace(studyFile) { try Data(contentsOf: file).write(to: $0) }
        }
    }

    func write(_ report: StudyReport) throws { try writing { try report.write(to: url) } }

    private func writing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw TrainingError(
                .unusableFile,
                "\(url.path): cannot be written: \(error.reason); mend that and go on with --resume"
            )
        }
    }
}
