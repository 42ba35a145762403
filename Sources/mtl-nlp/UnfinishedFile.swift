import Foundation
import Synchronization

/// A file that must not be left behind when a signal ends the program.
enum UnfinishedFile {
    /// The path as the address of a C string, which the handler can read; 0 if there is no file.
    private static let path = Atomic<UInt>(0)
    private static let signals = [SIGHUP, SIGINT, SIGPIPE, SIGTERM]

    /// Runs `body`. A signal that would end the program removes the file at `path` first.
    static func removed<Result>(onSignals path: String, _ body: () throws -> Result) rethrows
        -> Result
    {
        let name = strdup(path)
        Self.path.store(UInt(bitPattern: name), ordering: .sequentiallyConsistent)
        let caught = signals.filter(catches)
        defer {
            caught.forEach { signal($0, SIG_DFL) }
            Self.path.store(0, ordering: .sequentiallyConsistent)
            free(name)
        }
        return try body()
    }

    /// Sets the handler of a signal; false, and nothing, if whoever started the program wants it ignored.
    private static func catches(_ number: Int32) -> Bool {
        let previous = signal(number) { number in
            let path = UnfinishedFile.path.load(ordering: .sequentiallyConsistent)
            _ = UnsafePointer<CChar>(bitPattern: path).map { unlink($0) }
            signal(number, SIG_DFL)
            raise(number)
        }
        let isIgnored =
            unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        if isIgnored { signal(number, SIG_IGN) }
        return !isIgnored
    }
}
