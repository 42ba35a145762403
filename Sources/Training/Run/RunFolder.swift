import Files
import Foundation
import Inference
import Kernels
import Transformer

/// The folder of a run: a model folder that can be used at any time, and what is needed to go on.
///
///     run.json            the recipe as it began, and the digests of the corpora's files
///     progress.jsonl      how the run has gone so far, a `ProgressRecord` a line
///     finished.json       the stages that are over, and the digests of the model at the end of the last
///     checkpoints/000012  the last checkpoint: counters, and numbers as 32-bit floats
///     diverged.tsv        the texts of the batch that made the run diverge, if one did
///
/// A checkpoint is written under another name, put on the disk, and renamed; only then the one before it goes. So a run
/// that is killed at any moment has a whole one. A folder that is copied at the end of a stage, before the next has written
/// its first model, is enough to go on from without its checkpoints.
struct RunFolder {
    let url: URL

    /// What a run began with.
    private struct Beginning: Codable {
        let recipe: Recipe
        /// The SHA-256 of each file of the corpora, by its path in the recipe.
        let digests: [String: String]
    }

    private var beginningFile: URL { url.appending(path: "run.json") }
    var progressFile: URL { url.appending(path: "progress.jsonl") }
    var divergedBatchFile: URL { url.appending(path: "diverged.tsv") }
    private var finishedFile: URL { url.appending(path: "finished.json") }
    private var checkpoints: URL { url.appending(path: "checkpoints") }

    /// Sees to it that a recipe may be trained into the folder.
    ///
    /// - Parameters:
    ///   - resumes: whether a run that began here may go on; a folder that is empty or absent begins one.
    ///   - acceptsChanges: whether corpora may have changed since.
    /// - Returns: whether a run has begun here.
    /// - Throws: `TrainingError` when the folder holds something else, or a corpus has changed, or the recipe in more than
    ///   stages that have not begun.
    func check(
        _ recipe: Recipe, digests: [String: String], resumes: Bool, acceptsChanges: Bool
    ) throws -> Bool {
        // Hidden files are what a run leaves that is killed while it writes its first file.
        let contents = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [])
            .filter { !$0.hasPrefix(".") }
        if contents.isEmpty { return false }
        guard resumes else {
            throw TrainingError(
                .outputExists,
                "\(url.path): the folder is not empty; name another with --output, or "
                    + "go on with the run in it with --resume")
        }
        let beginning = try readBeginning()
        try check(recipe, against: beginning.recipe)
        let changed = digests.keys.sorted().filter { beginning.digests[$0] != digests[$0] }
        guard changed.isEmpty || acceptsChanges else {
            throw TrainingError(
                .malformed,
                "\(changed.joined(separator: ", ")): not the file that the run began with; "
                    + "bring it back, or go on all the same with --accept-changed")
        }
        return true
    }

    /// Sees to it that a recipe differs from that of the run in stages ahead at most.
    private func check(_ recipe: Recipe, against older: Recipe) throws {
        let count = begunStageCount
        let differences = try recipe.firstStages(count).differences(from: older.firstStages(count))
        guard differences.isEmpty else {
            throw TrainingError(
                .malformed,
                "\(url.path): the recipe has changed since the run began: "
                    + differences.joined(separator: "; ") + "; undo that, or begin anew")
        }
    }

    private func readBeginning() throws -> Beginning {
        guard let data = try? Data(contentsOf: beginningFile),
            let beginning = try? JSONDecoder().decode(Beginning.self, from: data)
        else {
            throw TrainingError(
                .outputExists,
                "\(url.path): not a folder of a training run; name another with --output")
        }
        return beginning
    }

    /// How many stages have begun, as far as what they did is kept; no more than that of a recipe has to stay.
    private var begunStageCount: Int {
        func decode<Value: Decodable>(_ type: Value.Type, _ file: URL) -> Value? {
            try? JSONDecoder().decode(type, from: Data(contentsOf: file))
        }
        guard let last = try? numbers().last.map(folder) else {
            return decode(Finished.self, finishedFile)?.stages.count ?? 0
        }
        // A checkpoint that cannot be read is named when the run goes on.
        let state = decode(TrainingState.self, last.appending(path: "state.json"))
        return state.map { $0.step > 0 ? $0.stage + 1 : $0.stage } ?? Int.max
    }

    /// Takes a recipe whose stages ahead differ for that of the run. The folder must be locked, or another program could
    /// begin one of these meanwhile.
    ///
    /// - Returns: the differences.
    /// - Throws: `TrainingError` when other stages differ.
    func update(_ recipe: Recipe) throws -> [String] {
        let beginning = try readBeginning()
        try check(recipe, against: beginning.recipe)
        let differences = try recipe.differences(from: beginning.recipe)
        if !differences.isEmpty { try begin(recipe, digests: beginning.digests) }
        return differences
    }

    /// What the end of a stage leaves.
    private struct Finished: Codable {
        let stages: [ModelCard.Stage]
        /// The SHA-256 of the files that the next stage needs.
        let digests: [String: String]
    }

    /// Notes the stages that are over, at the end of the last of which the model stands in the folder.
    func write(finished stages: [ModelCard.Stage]) throws {
        do {
            let finished = Finished(stages: stages, digests: try modelDigests())
            try AtomicFile.replace(finishedFile) { try encode(finished).write(to: $0) }
        } catch {
            throw TrainingError(
                .unusableFile, "\(finishedFile.path): cannot be written: \(error.reason)")
        }
    }

    /// The stages behind which a run without checkpoints can go on from the model; nil if none is over.
    ///
    /// - Throws: `TrainingError` when the model is not the one that the last of them left.
    func readFinishedStages() throws -> [ModelCard.Stage]? {
        guard let data = try? Data(contentsOf: finishedFile) else { return nil }
        guard let finished = try? JSONDecoder().decode(Finished.self, from: data),
            finished.digests == (try? modelDigests())
        else {
            throw TrainingError(
                .unusableFile,
                "\(url.path): there is no checkpoint, and the model is not the one at the end of a "
                    + "stage; bring the checkpoints back, or begin anew")
        }
        return finished.stages
    }

    private func modelDigests() throws -> [String: String] {
        try ["model.safetensors", "tokenizer.json"].reduce(into: [:]) { digests, file in
            digests[file] = try SHA256.hexadecimalDigest(of: url.appending(path: file))
        }
    }

    /// Notes what a run begins with, in a locked folder.
    func begin(_ recipe: Recipe, digests: [String: String]) throws {
        do {
            try AtomicFile.replace(beginningFile) {
                try encode(Beginning(recipe: recipe, digests: digests)).write(to: $0)
            }
        } catch {
            throw TrainingError(.unusableFile, "\(url.path): cannot be written: \(error.reason)")
        }
    }

    /// Makes the folder if need be, and sees to it that nobody else trains into it as long as the result exists.
    ///
    /// - Throws: `TrainingError` when somebody does, or the folder cannot be made.
    func lock() throws -> FileHandle {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw TrainingError(.unusableFile, "\(url.path): cannot be made: \(error.reason)")
        }
        // The folder itself: unlike the files in it, it is never replaced.
        let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TrainingError(
                .unusableFile, "\(url.path): cannot be opened: \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw TrainingError(
                .outputExists,
                "\(url.path): another program trains into this folder; wait for it, or stop it")
        }
        return handle
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
            try? AtomicFile.synchronize(checkpoints, name: checkpoints.path)
            // What stays because it cannot be removed is tried again with the next.
            for number in older { try? FileManager.default.removeItem(at: folder(number)) }
        } catch {
            throw TrainingError(
                .unusableFile,
                "\(checkpoints.path): the checkpoint cannot be written: "
                    + "\(error.reason); what stood before is whole, go on from it with --resume")
        }
    }

    /// Whether a run has written a checkpoint here.
    var hasCheckpoint: Bool { (try? numbers().isEmpty) == false }

    /// The last checkpoint; nil if there is none.
    ///
    /// - Parameters:
    ///   - layout: of its buffers.
    ///   - stages: of the run.
    ///   - momentCount: how many moments the optimiser has.
    /// - Throws: `TrainingError` when it is not whole.
    func read(
        layout: ParameterLayout, stages: [Stage], momentCount: Int
    ) throws -> (TrainingState, Buffers)? {
        guard let last = try numbers().last.map(folder) else { return nil }
        let stateFile = last.appending(path: "state.json")
        do {
            let state = try JSONDecoder().decode(
                TrainingState.self, from: Data(contentsOf: stateFile))
            guard state.isPossible(for: stages) else {
                throw TrainingError(.unusableFile, "state.json has impossible counters")
            }
            let buffers = try state.bufferNames(momentCount: momentCount).map { name in
                let file = last.appending(path: name + ".safetensors")
                return (name, try WeightFile.read(file, layout: layout))
            }
            return (state, Buffers(uniqueKeysWithValues: buffers))
        } catch {
            throw TrainingError(
                .unusableFile,
                "\(last.path): the checkpoint cannot be read: \(error.reason); bring the folder "
                    + "back, or begin anew")
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
}
