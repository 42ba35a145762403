import Files
import Foundation

/// Why a run cannot go on after a step: a loss, or the norm of the gradient or of the weights, is not finite
/// any more.
struct Divergence: Error {
    /// Where in the run, and what is not finite.
    let problem: String
    /// The batches that may be to blame.
    let batches: [(task: TrainingTask, listing: BatchListing)]
}

extension RunFolder {
    /// Makes a step.
    ///
    /// - Throws: what the step throws; instead of a `Divergence` a `TrainingError` that says which lines the batch has, and
    ///   what is left of the run.
    func reportingDivergence<Result>(_ step: () throws -> Result) throws -> Result {
        do {
            return try step()
        } catch let divergence as Divergence {
            let beginnings = divergence.batches.map {
                "\($0.task.rawValue) \($0.listing.beginning)"
            }
            let isWritten = (try? write(divergence)) != nil
            throw TrainingError(
                .diverged,
                "\(divergence.problem); the batch: \(beginnings.joined(separator: "; "))"
                    + (isWritten ? "; all of its lines are in \(divergedBatchFile.path)" : "")
                    + (hasCheckpoint ? "; the last good checkpoint is kept" : "")
                    + "; begin anew with a lower learning rate")
        }
    }

    /// Writes a line for each text of the batches: the task, where the text stands, and what it says, with TABs between
    /// them.
    private func write(_ divergence: Divergence) throws {
        let lines = divergence.batches.flatMap { task, listing in
            listing.texts.map { "\(task.rawValue)\t\($0.place)\t\($0.text)\n" }
        }
        try AtomicFile.replace(divergedBatchFile) { try Data(lines.joined().utf8).write(to: $0) }
    }
}
