import Kernels
import Tokenization
import Transformer

/// Runs a task over sentences: groups of similar length, each the work of one thread.
///
/// The kernels compute every sentence as if it were alone, so that nothing here changes a result.
final class SentenceGroups: Sendable {
    /// Tokens times hypotheses of a group: enough for the matrix products, few enough for their results and the keys and
    /// values of a search to stay near the processor.
    private static let maximumRowCount = 1024

    private let threadCount: Int
    private let batchSize: Int
    private let pool = ScratchPool()

    init(threadCount: Int, batchSize: Int) {
        precondition(threadCount >= 1, "\(threadCount) threads")
        precondition(batchSize >= 1, "batches of \(batchSize)")
        self.threadCount = threadCount
        self.batchSize = batchSize
    }

    /// The results of all sentences, in their order.
    ///
    /// - Parameters:
    ///   - hypothesisCount: the hypotheses that the task keeps for each sentence.
    ///   - task: gives one result for each sentence of a group; called on several threads at once.
    func map<Result: Sendable>(
        _ sentences: [[TokenID]], hypothesisCount: Int = 1,
        _ task: @Sendable (Batch, Scratch) -> [Result]
    ) -> [Result] {
        let groups = groups(sentences.map(\.count), hypothesisCount: hypothesisCount)
        let answers = groups.concurrentMap(threadCount: threadCount) { group in
            pool.withScratch { scratch in
                let mark = scratch.workspace.arena.mark
                defer { scratch.workspace.arena.release(to: mark) }
                return task(Batch(group.map { sentences[$0] }), scratch)
            }
        }
        var results = [Result?](repeating: nil, count: sentences.count)
        for (sentence, answer) in zip(groups.joined(), answers.joined()) {
            results[sentence] = answer
        }
        return results.compactMap { $0 }
    }

    /// The indices of the sentences, the longest first, cut into groups. Few sentences are divided among all threads.
    private func groups(_ lengths: [Int], hypothesisCount: Int) -> [[Int]] {
        let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        let shareCount = threadCount == 1 ? 1 : 2 * threadCount
        let size = min(batchSize, (lengths.count + shareCount - 1) / shareCount)
        var groups: [[Int]] = []
        var rowCount = 0
        for index in order {
            let added = lengths[index] * hypothesisCount
            if let last = groups.last, last.count < size,
                rowCount + added <= Self.maximumRowCount
            {
                groups[groups.count - 1].append(index)
                rowCount += added
            } else {
                groups.append([index])
                rowCount = added
            }
        }
        return groups
    }
}
