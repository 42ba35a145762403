import Files
import Foundation

/// Reads lines from a file descriptor.
///
/// Only a line feed ends a line: NUL, a lone carriage return and U+2028 are data. A last line without a line feed is
/// a line. The reader never waits for more than the line it was asked for.
public final class LineReader: RecordSource {
    /// What messages call the input.
    public let name: String
    /// How many lines were handed out.
    public private(set) var lineCount = 0
    /// How many bytes were handed out, the ends of lines among them.
    public private(set) var byteCount = 0

    private let fileDescriptor: Int32
    private let separator: RecordSeparator
    private let isStrict: Bool
    /// What was read; `pending` of it is not yet handed out, and its first `searched` bytes hold no separator.
    private var buffer: UnsafeMutableBufferPointer<UInt8>
    private var pending: Range<Int> = 0..<0
    private var searched = 0
    private var isAtEnd = false

    private static let readSize = 1 << 16

    /// A reader of `fileDescriptor`, which stays open and which errors call `name`.
    ///
    /// - Parameters:
    ///   - separator: what ends a line. A carriage return before a NUL is data.
    ///   - isStrict: whether a line that is not UTF-8 is an error: a `FileError`.
    public init(
        fileDescriptor: Int32, name: String = "standard input",
        separator: RecordSeparator = .lineFeed, isStrict: Bool = false
    ) {
        self.fileDescriptor = fileDescriptor
        self.name = name
        self.separator = separator
        self.isStrict = isStrict
        buffer = .allocate(capacity: 2 * Self.readSize)
    }

    deinit { buffer.deallocate() }

    public func next() throws -> Line? {
        while true {
            if let line = try takeLine() { return line }
            if isAtEnd { return nil }
            try read()
        }
    }

    public func nextWithoutWaiting() throws -> Line? {
        while true {
            if let line = try takeLine() { return line }
            guard !isAtEnd, isReadable(timeout: 0) else { return nil }
            try read()
        }
    }

    /// Takes the first complete line out of the buffer.
    private func takeLine() throws -> Line? {
        let start = pending.lowerBound
        let unsearched = UnsafeBufferPointer(
            rebasing: buffer[(start + searched)..<pending.upperBound])
        let content: Range<Int>
        if let base = unsearched.baseAddress,
            let end = memchr(base, Int32(separator.rawValue), unsearched.count)
        {
            content = start..<(start + searched + (UnsafeRawPointer(end) - UnsafeRawPointer(base)))
            pending = (content.upperBound + 1)..<pending.upperBound
        } else if isAtEnd, !pending.isEmpty {
            content = pending
            pending = pending.upperBound..<pending.upperBound
        } else {
            searched = pending.count
            return nil
        }
        searched = 0
        lineCount += 1
        byteCount += pending.lowerBound - start
        let line = Line(
            number: lineCount, bytes: UnsafeBufferPointer(rebasing: buffer[content]),
            separator: separator)
        if isStrict && !line.isWellFormed {
            throw FileError(.malformed, name, line: lineCount, "not UTF-8; convert it first")
        }
        return line
    }

    /// Reads once, waiting if nothing is there.
    private func read() throws {
        makeRoom()
        let room = UnsafeMutableBufferPointer(rebasing: buffer[pending.upperBound...])
        while true {
            let count = Foundation.read(fileDescriptor, room.baseAddress, room.count)
            if count > 0 {
                pending = pending.lowerBound..<(pending.upperBound + count)
                return
            }
            if count == 0 {
                isAtEnd = true
                return
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: _ = isReadable(timeout: -1)  // someone made the descriptor non-blocking
            default: throw IOFailure(name, cannot: "read")
            }
        }
    }

    /// Moves what is pending to the front, or to a buffer twice the size when it fills half of this one, so that
    /// each byte of a long line is moved a constant number of times.
    private func makeRoom() {
        guard buffer.count - pending.upperBound < Self.readSize else { return }
        let content = UnsafeBufferPointer(rebasing: buffer[pending])
        if pending.count <= buffer.count / 2 {
            memmove(buffer.baseAddress!, content.baseAddress!, content.count)
        } else {
            let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * buffer.count)
            _ = larger.update(fromContentsOf: content)
            buffer.deallocate()
            buffer = larger
        }
        pending = 0..<content.count
    }

    /// Whether a read would return at once, be it with an error or the end, within `timeout` milliseconds.
    private func isReadable(timeout: Int32) -> Bool {
        var state = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&state, 1, timeout)
            if count >= 0 || errno != EINTR { return count != 0 }
        }
    }
}
