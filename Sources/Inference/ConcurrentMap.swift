import Dispatch

extension Array where Element: Sendable {
    /// The results of a pure function for all elements, in their order, made by several threads.
    package func concurrentMap<Result: Sendable>(
        threadCount: Int, _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        [Result](unsafeUninitializedCapacity: count) { results, initializedCount in
            nonisolated(unsafe) let results = results
            DispatchQueue.concurrentPerform(iterations: threadCount) { part in
                for index in count * part / threadCount..<count * (part + 1) / threadCount {
                    results.initializeElement(at: index, to: transform(self[index]))
                }
            }
            initializedCount = count
        }
    }
}
