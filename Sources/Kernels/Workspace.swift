import Foundation
import Synchronization

/// What a computation may use: memory for its intermediate results and a number of threads.
///
/// One workspace serves one computation at a time, and no loop of it begins inside another.
public final class Workspace {
    public let arena = Arena()
    public let threadCount: Int
    private lazy var helpers = HelperThreads(
        maximumCount: Self.runningThreadCount(of: threadCount) - 1)

    /// How many of the threads that are asked for compute: no more than cores, which would only be in each other's way.
    public static func runningThreadCount(of threadCount: Int) -> Int {
        min(threadCount, ProcessInfo.processInfo.activeProcessorCount)
    }

    /// - Parameter threadCount: at least 1; results do not depend on it.
    public init(threadCount: Int) {
        precondition(threadCount >= 1, "a workspace needs at least one thread, not \(threadCount)")
        self.threadCount = threadCount
    }

    /// Calls `body` with every index below `count` and the number of the thread that runs it, in any order.
    public func parallelFor(_ count: Int, _ body: @Sendable (_ index: Int, _ worker: Int) -> Void) {
        let workers = min(threadCount, count)
        guard workers > 1 else {
            for index in 0..<count { body(index, 0) }
            return
        }
        let next = Atomic(0)
        helpers.run(workers - 1) { worker in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                body(index, worker)
            }
        }
    }

    /// Calls `body` with ranges that cover `0..<count`, each of `grain` indices but the last.
    public func parallelFor(_ count: Int, grain: Int, _ body: @Sendable (Range<Int>) -> Void) {
        parallelFor((count + grain - 1) / grain) { index, _ in
            body(index * grain..<min(count, (index + 1) * grain))
        }
    }
}
