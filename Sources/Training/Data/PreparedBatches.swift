import Dispatch

/// The batches of a task, each made on another thread while the one before it is in use.
///
/// All but `position` is touched on the queue alone, which is what makes it safe to share.
final class PreparedBatches<Text: TrainingText>: @unchecked Sendable {
    private typealias Prepared = (examples: [Text.Example], position: TaskPosition)

    private let queue = DispatchQueue(label: "mtl-nlp.batches")
    private var batches: TaskBatches<Text>
    private var prepared: Prepared?
    /// That of the batch after the last one given out: where a run that stops now goes on.
    private(set) var position: TaskPosition

    init(_ batches: TaskBatches<Text>) {
        self.batches = batches
        position = batches.position
    }

    /// The next batch, for which the caller waits if it is not there yet; the one after it is begun.
    func next() -> [Text.Example] {
        let current = queue.sync { prepared ?? prepare() }
        queue.async { self.prepared = self.prepare() }
        position = current.position
        return current.examples
    }

    private func prepare() -> Prepared {
        let examples = batches.next()
        return (examples, batches.position)
    }
}
