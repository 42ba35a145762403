import Files
import Foundation

/// Writes lines to a file descriptor through a buffer.
public final class LineWriter {
    private let fileDescriptor: Int32
    private let name: String
    private let separator: RecordSeparator
    private var buffer: [UInt8] = []

    private static let bufferSize = 1 << 16

    /// A writer to `fileDescriptor`, which stays open and which errors call `name`.
    ///
    /// - Parameter separator: what ends each line.
    public init(
        fileDescriptor: Int32, name: String = "standard output",
        separator: RecordSeparator = .lineFeed
    ) {
        self.fileDescriptor = fileDescriptor
        self.name = name
        self.separator = separator
    }

    /// Writes one line: a separator inside `text` becomes a space, so that it stays one.
    ///
    /// - Throws: `BrokenPipe` when nobody reads any more, `IOFailure` when writing fails otherwise.
    public func write(_ text: String) throws {
        let start = buffer.count
        buffer.append(contentsOf: text.utf8)
        for index in start..<buffer.count where buffer[index] == separator.rawValue {
            buffer[index] = 0x20
        }
        buffer.append(separator.rawValue)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Hands everything written so far to the operating system.
    ///
    /// - Throws: as `write`. What could not be written is dropped.
    public func flush() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        try buffer.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let chunk = UnsafeRawBufferPointer(rebasing: rest)
                let count = Foundation.write(fileDescriptor, chunk.baseAddress, chunk.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else {
                    try waitOrThrow(errno)
                }
            }
        }
    }

    /// Returns when writing may be tried again.
    private func waitOrThrow(_ code: Int32) throws {
        switch code {
        case EINTR: return
        case EAGAIN:
            var state = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&state, 1, -1)
        case EPIPE: throw BrokenPipe()
        default: throw IOFailure(name, cannot: "write", code: code)
        }
    }
}
