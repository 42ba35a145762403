import Files
import Foundation

/// What a filter reads: standard input or a file.
struct FilterInput {
    let fileDescriptor: Int32
    /// What messages call it.
    let name: String
    private let isFile: Bool

    /// - Parameter path: nil for standard input.
    /// - Throws: `CommandFailure` if there is no such file, `IOFailure` if it cannot be opened.
    init(path: String?) throws {
        isFile = path != nil
        guard let path else {
            (fileDescriptor, name) = (STDIN_FILENO, "standard input")
            return
        }
        _ = try inputFile(path)
        (fileDescriptor, name) = (open(path, O_RDONLY), path)
        guard fileDescriptor >= 0 else { throw IOFailure(path, cannot: "read") }
    }

    func close() {
        if isFile { _ = Foundation.close(fileDescriptor) }
    }

    /// The bytes to be read, if that can be known.
    var byteCount: Int? {
        var state = stat()
        guard fstat(fileDescriptor, &state) == 0, state.isRegularFile else { return nil }
        return Int(state.st_size) - Int(lseek(fileDescriptor, 0, SEEK_CUR))
    }
}

extension stat {
    var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }

    func isSameFile(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }
}
