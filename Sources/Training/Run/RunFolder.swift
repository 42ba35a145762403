import Files
import Foundation
import Inference
import Kernels
import Transformer

/// The folder of a run: a model folder that can be used at any time, and what is needed to go on.
///
///     run.json            the recipe as it began, and the digests of the corpora's files
///     checkpoints/000012  the last checkpoint: counters, and numbers as 32-bit floats
///
/// A checkpoint is written under another name, put on the disk, and renamed; only then the one before it goes. So a run
/// that is killed at any moment has a whole one.
struct RunFolder {
    let url: URL

    /// What a run began with.
    private struct Beginning: Codable {
        let recipe: Recipe
        /// The SHA-256 of each file of the corpora, by its path in the recipe.
        let digests: [String: String]
    }

    private var beginningFile: URL { url.appending(path: "run.json") }
    private var checkpoints: URL { url.appending(path: "checkpoints") }

    /// Makes the folder ready for a recipe.
    ///
    /// - Parameters:
    ///   - resumes: whether a run that began here may go on; a folder that is empty or absent begins one.
    ///   - acceptsChanges: whether corpora may have changed since.
    /// - Throws: `TrainingError` when the folder holds something else, or the recipe or a corpus has changed.
    func open(
        _ recipe: Recipe, digests: [String: String], resumes: Bool, acceptsChanges: Bool
    ) throws {
        // Hidden files are what a run leaves that is killed while it writes its first file.
        let contents = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [])
            .filter { !$0.hasPrefix(".") }
        if contents.isEmpty { return try begin(Beginning(recipe: recipe, digests: digests)) }
        guard resumes else {
            throw TrainingError(
                .outputExists,
                "\(url.path): the folder is not empty; name another with --output, or "
                    + "go on with the run in it with --resume")
        }
        guard let data = try? Data(contentsOf: beginningFile),
            let beginning = try? JSONDecoder().decode(Beginning.self, from: data)
        else {
            throw TrainingError(
                .outputExists,
                "\(url.path): not a folder of a training run; name another with --output")
        }
        let differences = try recipe.differences(from: beginning.recipe)
        guard differences.isEmpty else {
            throw TrainingError(
                .malformed,
                "\(url.path): the recipe has changed since the run began: "
                    + differences.joined(separator: "; ") + "; undo that, or begin anew")
        }
        let changed = digests.keys.sorted().filter { beginning.digests[$0] != digests[$0] }
        guard changed.isEmpty || acceptsChanges else {
            throw TrainingError(
                .malformed,
                "\(changed.joined(separator: ", ")): not the file that the run began with; "
                    + "bring it back, or go on all the same with --accept-changed")
        }
    }

    private func begin(_ beginning: Beginning) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            try AtomicFile.replace(beginningFile) { try encode(beginning).write(to: $0) }
        } catch {
            throw TrainingError(.unusableFile, "\(url.path): cannot be written: \(reason(error))")
        }
    }

    /// What a checkpoint holds besides the counters.
    typealias Buffers = [String: Parameters]

    /// Writes a checkpoint and removes the ones before it.
    func write(_ state: TrainingState, _ buffers: Buffers) throws {
        do {
            let older = try numbers()
            let partial = checkpoints.appending(path: "partial")
            try? FileManager.default.removeItem(at: partial)
            try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
            for (name, parameters) in buffers {
                try AtomicFile.replace(partial.appending(path: name + ".safetensors")) {
                    try WeightFile.write(parameters, to: $0, as: .float32)
                }
            }
            try AtomicFile.replace(partial.appending(path: "state.json")) {
                try encode(state).write(to: $0)
            }
            try FileManager.default.moveItem(at: partial, to: folder((older.last ?? 0) + 1))
            try AtomicFile.synchronize(checkpoints, name: checkpoints.path)
            for number in older { try FileManager.default.removeItem(at: folder(number)) }
        } catch {
            throw TrainingError(
                .unusableFile,
                "\(checkpoints.path): the checkpoint cannot be written: "
                    + "\(reason(error)); the one before it is whole, go on from it with --resume")
        }
    }

    /// The last checkpoint; nil if there is none.
    ///
    /// - Parameter layout: of its buffers.
    func read(layout: ParameterLayout) throws -> (TrainingState, Buffers)? {
        guard let last = try numbers().last.map(folder) else { return nil }
        let stateFile = last.appending(path: "state.json")
        do {
            let state = try JSONDecoder().decode(
                TrainingState.self, from: Data(contentsOf: stateFile))
            var buffers = Buffers()
            for name in try FileManager.default.contentsOfDirectory(atPath: last.path)
            where name.hasSuffix(".safetensors") {
                let key = String(name.dropLast(".safetensors".count))
                buffers[key] = try WeightFile.read(last.appending(path: name), layout: layout)
            }
            return (state, buffers)
        } catch {
            throw TrainingError(
                .unusableFile, "\(last.path): the checkpoint cannot be read: \(reason(error))")
        }
    }

    private func numbers() throws -> [Int] {
        guard FileManager.default.fileExists(atPath: checkpoints.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
            .compactMap { Int($0) }.sorted()
    }

    private func folder(_ number: Int) -> URL {
        let digits = String(number)
        let name = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        return checkpoints.appending(path: name)
    }

    private func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value) + Data("\n".utf8)
    }

    private func reason(_ error: any Error) -> String {
        error is CocoaError ? error.localizedDescription : "\(error)"
    }
}
