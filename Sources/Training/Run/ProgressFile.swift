import Files
import Foundation

/// The file of a run that tells how it went, an object a line, for other programs to read while it grows and afterwards.
struct ProgressFile {
    let url: URL

    func append(_ record: ProgressRecord) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try writing {
            let line = try encoder.encode(record) + Data("\n".utf8)
            if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
            let handle = try FileHandle(forWritingTo: url)
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: line)
        }
    }

    /// Keeps what a checkpoint knows of, and takes out what will happen again: lines of later steps, and one that was not
    /// written to its end.
    func keep(upTo state: TrainingState, of stages: [Stage]) throws {
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        try writing {
            let past = Set(stages.prefix(state.stage).map(\.name))
            let current = state.stage < stages.count ? stages[state.stage].name : nil
            let lines = try Data(contentsOf: url).split(separator: UInt8(ascii: "\n"))
            let kept = lines.filter { line in
                guard let place = try? JSONDecoder().decode(Place.self, from: line) else {
                    return false
                }
                return past.contains(place.stage)
                    || place.stage == current && place.step <= state.step
            }
            try AtomicFile.replace(url) {
                try Data(kept.map { $0 + Data("\n".utf8) }.joined()).write(to: $0)
            }
        }
    }

    /// Waits until all lines are on the disk.
    func synchronize() throws {
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        try writing { try AtomicFile.synchronize(url, name: url.path) }
    }

    private struct Place: Decodable {
        let stage: String
        let step: Int
    }

    private func writing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw TrainingError(
                .unusableFile,
                "\(url.path): cannot be written: \(error.reason); what stood before is whole, go on "
                    + "with --resume")
        }
    }
}
