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
        nonisolated(unsafe) var loop: (@Sendable (Int) -> Void)?

        init(count: Int) { begun = (0..<count).map { _ in Signal() } }

        func run(_ helper: Int) {
            var count = 0
            while true {
                count += 1
                begun[helper].wait(for: count)
                guard loop != nil else { return }
                loop?(helper + 1)
                done.raise()
            }
        }
    }

    private let shared: Shared
    /// How often `Shared.done` will have been raised when all loops begun so far are through.
    private var expected = 0

    init(count: Int) {
        let shared = Shared(count: count)
        for helper in 0..<count {
            let thread = Thread { shared.run(helper) }
            thread.name = "mtl-nlp.helper"
            thread.start()
        }
        self.shared = shared
    }

    deinit {
        shared.loop = nil
        for signal in shared.begun { signal.raise() }
    }

    /// Calls `body` with 0 on this thread and with 1 to `helpers` on as many others, and returns when all have.
    func run(_ helpers: Int, _ body: @Sendable (_ worker: Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            shared.loop = body
            for signal in shared.begun.prefix(helpers) { signal.raise() }
            body(0)
            expected += helpers
            shared.done.wait(for: expected)
            shared.loop = nil
        }
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
