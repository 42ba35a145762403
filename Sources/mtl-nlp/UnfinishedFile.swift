import Foundation
import Synchronization

/// A file that must not be left behind when a signal, or want of memory, ends the program.
enum UnfinishedFile {
    /// The path as the address of a C string, which the handler can read; 0 if there is no file.
    private static let path = Atomic<UInt>(0)
    /// The last is what the standard library ends with where memory fails it.
    private static let signals = [SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGABRT]

    /// What the kernels do where memory fails them is `exit`.
    private static let removalAtExit: Void = { _ = atexit { UnfinishedFile.remove() } }()

    /// Runs `body`. What would end the program removes the file at `path` first.
    static func removed<Result>(onSignals path: String, _ body: () throws -> Result) rethrows
        -> Result
    {
        _ = removalAtExit
        let name = strdup(path)
        Self.path.store(UInt(bitPattern: name), ordering: .sequentiallyConsistent)
        let caught = signals.filter { number in
            handleSignal(number) { number in
                UnfinishedFile.remove()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        defer {
            caught.forEach { signal($0, SIG_DFL) }
            Self.path.store(0, ordering: .sequentiallyConsistent)
            free(name)
        }
        return try body()
    }

    /// May be called while a signal is handled.
    private static func remove() {
        let path = path.load(ordering: .sequentiallyConsistent)
        _ = UnsafePointer<CChar>(bitPattern: path).map { unlink($0) }
    }
}
