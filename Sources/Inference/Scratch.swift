import Kernels
import Synchronization

/// The memory of one worker, used by one at a time.
struct Scratch: @unchecked Sendable {
    /// Of one thread: workers are what runs in parallel.
    let workspace = Workspace(threadCount: 1)
    /// Keys and values of a search.
    let cache = Arena()

    /// Gives back what an unusually large group took.
    fileprivate func trim() {
        for arena in [workspace.arena, cache] { arena.trim(to: Self.usualCount) }
    }

    /// Floats that nearly every group finds enough, in either arena.
    private static let usualCount = 1 << 22
}

/// Memory that workers take and give back, so that a steady stream of work asks the system for none.
final class ScratchPool: Sendable {
    private let free = Mutex<[Scratch]>([])

    func withScratch<Result>(_ body: (Scratch) throws -> Result) rethrows -> Result {
        let scratch = free.withLock { $0.popLast() } ?? Scratch()
        defer {
            scratch.trim()
            free.withLock { $0.append(scratch) }
        }
        return try body(scratch)
    }
}
