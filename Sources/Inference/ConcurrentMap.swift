import Dispatch
import Synchronization

extension Array where Element: Sendable {
    /// The results of a pure function for all elements, in their order, made by several threads.
    package func concurrentMap<Result: Sendable>(
        threadCount: Int, _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        // The standard library would write into the empty array that all threads share.
        if isEmpty { return [] }
        return [Result](unsafeUninitializedCapacity: count) { results, initializedCount in
            nonisolated(unsafe) let results = results
            let next = Atomic(0)
            DispatchQueue.concurrentPerform(iterations: Swift.min(threadCount, count)) { _ in
                while true {
                    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard index < count else { return }
                    results.initializeElement(at: index, to: transform(self[index]))
                }
            }
            initializedCount = count
        }
    }
}
