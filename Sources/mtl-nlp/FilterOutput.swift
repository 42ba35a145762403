import Files
import Foundation
import LineFilter

/// What a filter writes: standard output, a file, or a device or pipe with a name.
struct FilterOutput {
    /// Nil for standard output.
    let path: String?
    private let separator: RecordSeparator
    /// What is in the place; nil if nothing is.
    private let state: stat?

    /// - Parameter path: nil or `-` for standard output.
    init(path: String?, separator: RecordSeparator = .lineFeed) {
        self.path = path == "-" ? nil : path
        self.separator = separator
        state = self.path.map(stat.init(of:)) ?? stat(of: STDOUT_FILENO)
    }

    /// Lets `body` write. A file is in its place once all is written; when anything fails or a signal ends the program,
    /// the place is as it was. What is no file, or is standard output by another name, is written as it comes.
    ///
    /// - Throws: `CommandFailure` if the input is the same file, `IOFailure`, and what `body` throws.
    func write(besides input: FilterInput, _ body: (LineWriter) throws -> Void) throws {
        try refuseFile(of: input)
        guard let path, !isStandardOutput else {
            return try body(LineWriter(fileDescriptor: STDOUT_FILENO, separator: separator))
        }
        if isStream {
            let descriptor = open(path, O_WRONLY)
            guard descriptor >= 0 else { throw IOFailure(path, cannot: "write") }
            defer { close(descriptor) }
            return try body(
                LineWriter(fileDescriptor: descriptor, name: path, separator: separator))
        }
        try AtomicFile.replace(URL(fileURLWithPath: path)) { temporary in
            try UnfinishedFile.removed(onSignals: temporary.path) {
                let descriptor = open(temporary.path, O_WRONLY)
                guard descriptor >= 0 else { throw IOFailure(path, cannot: "write") }
                defer { close(descriptor) }
                try body(
                    LineWriter(fileDescriptor: descriptor, name: path, separator: separator))
                // This may take long, and afterwards a signal would leave the file behind.
                try AtomicFile.synchronize(temporary, name: path)
            }
        }
    }

    /// Whether what this and another write would be mixed up: they are one file or pipe, by whatever names, and no device.
    func mixes(with other: FilterOutput) -> Bool {
        if let state, let otherState = other.state {
            return state.isSameFile(as: otherState) && state.st_mode & S_IFMT != S_IFCHR
        }
        // Neither is there yet: are they the same name in the same folder?
        guard state == nil, other.state == nil, let target = try? target,
            let otherTarget = try? other.target,
            let folder = stat(of: target.deletingLastPathComponent().path),
            let otherFolder = stat(of: otherTarget.deletingLastPathComponent().path)
        else { return false }
        return folder.isSameFile(as: otherFolder)
            && target.lastPathComponent == otherTarget.lastPathComponent
    }

    private var target: URL? {
        get throws { try path.map { try AtomicFile.target(of: URL(fileURLWithPath: $0)) } }
    }

    /// Whether the path is that of standard output, as `/dev/stdout` is.
    private var isStandardOutput: Bool {
        guard let state, let output = stat(of: STDOUT_FILENO) else { return false }
        return state.isSameFile(as: output)
    }

    /// Whether there is something that cannot be replaced but written to: a device, a pipe.
    private var isStream: Bool {
        state.map { !$0.isRegularFile && $0.st_mode & S_IFMT != S_IFDIR } ?? false
    }

    private func refuseFile(of input: FilterInput) throws {
        guard let source = stat(of: input.fileDescriptor), source.isRegularFile,
            let state, source.isSameFile(as: state)
        else { return }
        throw CommandFailure(
            .usage,
            "\(path ?? input.name): input and output are the same file; name another output")
    }
}
