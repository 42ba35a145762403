import CSIMD
import Dispatch
import Foundation
import Synchronization

/// Threads that run one loop after another, together with the thread that begins the loops.
///
/// To wake a thread takes about as long as a product of small matrices. So a thread that waits looks for a while whether it may go on,
/// and sleeps only then.
final class HelperThreads {
    /// What the threads know of the one that begins the loops; it lives until the last of them has ended.
    private final class Shared: @unchecked Sendable {
        /// For each thread, raised when there is something new in `loop`.
        let begun: [Signal]
        /// Raised by each thread that is through with its loop.
        let done = Signal()
        /// Calls the loop with a thread's number, or ends the threads if nil. Written before `begun` is raised, and not again
        /// before `done` was.
        var loop: (@Sendable (Int) -> Void)?

        init(count: Int) { begun = (0..<count).map { _ in Signal() } }

        func run(_ helper: Int) {
            var count = 0
            repeat {
                count += 1
                begun[helper].wait(for: count)
            } while runLoop(helper)
        }

        /// Never inlined, so that the reference to the loop is given up before `done` is raised: the loop does not escape.
        @inline(never)
        private func callLoop(_ helper: Int) -> Bool {
            guard let loop else { return false }
            loop(helper + 1)
            return true
        }

        /// Whether there was something to run.
        private func runLoop(_ helper: Int) -> Bool {
            guard callLoop(helper) else { return false }
            done.raise()
            return true
        }
    }

    /// Of a thread that starts: what it shares, and its number.
    private final class Start {
        let shared: Shared
        let helper: Int

        init(_ shared: Shared, _ helper: Int) {
            self.shared = shared
            self.helper = helper
        }
    }

    private let maximumCount: Int
    private let shared: Shared
    /// The threads there are; more begin when a loop can use them.
    private var count = 0
    /// Whether the system refused a thread: then there will be no more.
    private var isRefused = false
    private var isRunning = false
    /// How often `Shared.done` will have been raised when all loops begun so far are through.
    private var expected = 0

    /// - Parameter maximumCount: how many threads there may be at most, besides the one that begins the loops.
    init(maximumCount: Int) {
        self.maximumCount = maximumCount
        shared = Shared(count: maximumCount)
    }

    deinit {
        shared.loop = nil
        for signal in shared.begun.prefix(count) { signal.raise() }
    }

    /// Calls `body` with 0 on this thread and with 1 and so on, each on a thread of its own, and returns when all have
    /// returned.
    ///
    /// - Parameter helpers: how many other threads to call it on; there are fewer if the system gives none.
    func run(_ helpers: Int, _ body: @Sendable (_ worker: Int) -> Void) {
        precondition(!isRunning, "a loop began inside another one of the same workspace")
        isRunning = true
        defer { isRunning = false }
        let helpers = begin(helpers)
        withoutActuallyEscaping(body) { body in
            shared.loop = body
            for signal in shared.begun.prefix(helpers) { signal.raise() }
            body(0)
            expected += helpers
            shared.done.wait(for: expected)
            shared.loop = nil
        }
    }

    /// Sees to it that there are so many threads.
    ///
    /// - Returns: how many there are, of those wanted.
    private func begin(_ wanted: Int) -> Int {
        while count < min(wanted, maximumCount), !isRefused {
            // Foundation's `Thread` would not tell that there is none to be had.
            var thread = pthread_t()
            let start = Unmanaged.passRetained(Start(shared, count))
            let status = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                    start.shared.run(start.helper)
                    return nil
                }, start.toOpaque())
            guard status == 0 else {
                start.release()
                isRefused = true
                break
            }
            pthread_detach(thread)
            count += 1
        }
        return min(wanted, count)
    }
}

/// A number that threads raise and one thread waits for.
private final class Signal: Sendable {
    /// How often a thread looks before it sleeps: 50 to 200 microseconds, by the processor.
    private static let lookCount = 4000

    private let count = Atomic(0)
    private let isAsleep = Atomic(false)
    private let semaphore = DispatchSemaphore(value: 0)

    func raise() {
        count.add(1, ordering: .sequentiallyConsistent)
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { semaphore.signal() }
    }

    /// Returns when the signal has been raised `target` times in all.
    func wait(for target: Int) {
        for _ in 0..<Self.lookCount {
            if count.load(ordering: .acquiring) >= target { return }
            csimd_pause()
        }
        while count.load(ordering: .sequentiallyConsistent) < target {
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            // Whoever raises after the store sees it. If the last one was faster, and nobody took the flag, nobody will signal.
            if count.load(ordering: .sequentiallyConsistent) >= target,
                isAsleep.exchange(false, ordering: .sequentiallyConsistent)
            {
                return
            }
            semaphore.wait()
        }
    }
}
