import Files
import Foundation

/// What a filter reads: standard input or a file.
struct FilterInput {
    let fileDescriptor: Int32
    /// What messages call it.
    let name: String
    private let isFile: Bool

    /// - Parameter path: nil or `-` for standard input.
    /// - Throws: `CommandFailure` if there is no such file, `IOFailure` if it cannot be opened.
    init(path: String?) throws {
        isFile = path != nil && path != "-"
        guard let path, isFile else {
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
        guard let state = stat(of: fileDescriptor), state.isRegularFile else { return nil }
        return Int(state.st_size) - Int(lseek(fileDescriptor, 0, SEEK_CUR))
    }
}

extension stat {
    /// Nil if nothing is there.
    init?(of path: String) {
        self.init()
        guard stat(path, &self) == 0 else { return nil }
    }

    /// Nil if nothing is open.
    init?(of descriptor: Int32) {
        self.init()
        guard fstat(descriptor, &self) == 0 else { return nil }
    }

    var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }

    func isSameFile(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }
}
