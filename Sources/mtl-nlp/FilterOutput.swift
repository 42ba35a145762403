import Files
import Foundation
import LineFilter

/// What a filter writes: standard output, a file, or a device or pipe with a name.
struct FilterOutput {
    /// Nil for standard output.
    let path: String?
    let separator: RecordSeparator

    /// Lets `body` write. A file is in its place once all is written; when anything fails or a signal ends the program,
    /// the place is as it was. What is no file, or is standard output by another name, is written as it comes.
    ///
    /// - Throws: `CommandFailure` if the input is the same file, `IOFailure`, and what `body` throws.
    func write(besides input: FilterInput, _ body: (LineWriter) throws -> Void) throws {
        try refuseFile(of: input)
        guard let path, !isStandardOutput(path) else {
            return try body(LineWriter(fileDescriptor: STDOUT_FILENO, separator: separator))
        }
        if isStream(path) {
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

    /// Whether the path is that of standard output, as `/dev/stdout` is.
    private func isStandardOutput(_ path: String) -> Bool {
        var (target, output) = (stat(), stat())
        return stat(path, &target) == 0 && fstat(STDOUT_FILENO, &output) == 0
            && target.isSameFile(as: output)
    }

    /// Whether there is something that cannot be replaced but written to: a device, a pipe.
    private func isStream(_ path: String) -> Bool {
        var target = stat()
        return stat(path, &target) == 0 && !target.isRegularFile
            && target.st_mode & S_IFMT != S_IFDIR
    }

    private func refuseFile(of input: FilterInput) throws {
        var (source, target) = (stat(), stat())
        let hasTarget =
            path.map { stat($0, &target) == 0 } ?? (fstat(STDOUT_FILENO, &target) == 0)
        guard hasTarget, fstat(input.fileDescriptor, &source) == 0, source.isRegularFile,
            source.isSameFile(as: target)
        else { return }
        throw CommandFailure(
            .usage,
            "\(path ?? input.name): input and output are the same file; name another output")
    }
}
