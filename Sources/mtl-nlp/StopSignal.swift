import Foundation
import Synchronization

/// The wish of a signal that a long run stop in good order.
enum StopSignal {
    private static let number = Atomic<Int32>(0)
    /// Those that end the program when they come again, each as the bit of its number: what is ignored stays so.
    private static let caught = Atomic<Int32>(0)

    /// The signal that came since `listen()`; nil if none did.
    static var received: Int32? {
        let number = number.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Lets the first SIGINT or SIGTERM be remembered only, unless whoever started the program wants it ignored. A second one
    /// ends the program at once.
    static func listen() {
        // Makes the atomic before a handler can need it.
        number.store(0, ordering: .relaxed)
        caught.store(0, ordering: .relaxed)
        for signalNumber in [SIGINT, SIGTERM] {
            let isCaught = handleSignal(signalNumber) { received in
                StopSignal.number.store(received, ordering: .relaxed)
                let caught = StopSignal.caught.load(ordering: .relaxed)
                if caught & 1 << SIGINT != 0 { signal(SIGINT, SIG_DFL) }
                if caught & 1 << SIGTERM != 0 { signal(SIGTERM, SIG_DFL) }
            }
            if isCaught { caught.add(1 << signalNumber, ordering: .relaxed) }
        }
    }
}
