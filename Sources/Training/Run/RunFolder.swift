import Foundation
import Inference
import Kernels
import Transformer

/// The folder of a run: a model folder that can be used at any time, and what is needed to go on.
///
///     recipe.json         the recipe, as it began
///     corpora.json        the digests of the corpora's files
///     checkpoints/000012  the last checkpoint: counters, and numbers as 32-bit floats
///
/// A checkpoint is written under another name, put on the disk, and renamed; only then the one before it goes. So a run
/// that is killed at any moment has a whole one.
struct RunFolder {
    let url: URL

    private var recipeFile: URL { url.appending(path: "recipe.json") }
    private var corporaFile: URL { url.appending(path: "corpora.json") }
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
        let contents = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        if contents.isEmpty {
            try write(recipe, digests)
            return
        }
        guard resumes else {
            throw TrainingError(
                .outputExists,
                "\(url.path): the folder is not empty; name another with --output, or "
                    + "go on with the run in it with --resume")
        }
        guard let data = try? Data(contentsOf: recipeFile),
            let begun = try? Recipe(canonicalJSON: data)
        else {
            throw TrainingError(
                .outputExists,
                "\(url.path): not a folder of a training run; name another with --output")
        }
        let differences = try recipe.differences(from: begun)
        guard differences.isEmpty else {
            throw TrainingError(
                .malformed,
                "\(recipeFile.path): the recipe has changed since the run began: "
                    + differences.joined(separator: "; ") + "; undo that, or begin anew")
        }
        try check(digests, acceptsChanges: acceptsChanges)
    }

    private func write(_ recipe: Recipe, _ digests: [String: String]) throws {
        do {
            try FileManager.default.createDirectory(
                at: checkpoints, withIntermediateDirectories: true)
            try AtomicFile.write(to: recipeFile) { try recipe.canonicalJSON().write(to: $0) }
            try AtomicFile.write(to: corporaFile) { try encode(digests).write(to: $0) }
        } catch {
            throw TrainingError(.unusableFile, "\(url.path): cannot be written: \(reason(error))")
        }
    }

    private func check(_ digests: [String: String], acceptsChanges: Bool) throws {
        let data = try? Data(contentsOf: corporaFile)
        let begun =
            data.flatMap { try? JSONDecoder().decode([String: String].self, from: $0) } ?? [:]
        let changed = digests.keys.sorted().filter { begun[$0] != digests[$0] }
        guard changed.isEmpty || acceptsChanges else {
            throw TrainingError(
                .malformed,
                "\(changed.joined(separator: ", ")): not the file that the run began with; "
                    + "bring it back, or go on all the same with --accept-changed")
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
                try AtomicFile.write(to: partial.appending(path: name + ".safetensors")) {
                    try WeightFile.write(parameters, to: $0, as: .float32)
                }
            }
            try AtomicFile.write(to: partial.appending(path: "state.json")) {
                try encode(state).write(to: $0)
            }
            synchronize(partial)
            try FileManager.default.moveItem(at: partial, to: folder((older.last ?? 0) + 1))
            synchronize(checkpoints)
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
        try FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
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

    /// Has the system put the entries of a folder on the disk.
    private func synchronize(_ folder: URL) {
        let descriptor = Foundation.open(folder.path, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private func reason(_ error: any Error) -> String {
        error is CocoaError ? error.localizedDescription : "\(error)"
    }
}
