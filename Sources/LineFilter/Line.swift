/// One line of input, or one record that a NUL ends.
public struct Line: Hashable, Sendable, FilterRecord {
    /// The place in the input, from 1.
    public let number: Int
    /// The line without its end: for a line, a line feed and one carriage return before that. Where the bytes were not
    /// UTF-8, U+FFFD stands for each maximal part of a sequence that could not be continued.
    public let text: String
    /// Whether the bytes were UTF-8, so that `text` is what was read.
    public let isWellFormed: Bool
    /// Whether a carriage return was taken off the end.
    public let endsInCarriageReturn: Bool

    public var byteCount: Int { text.utf8.count }

    /// The line in `bytes`, which hold no separator.
    init(number: Int, bytes: UnsafeBufferPointer<UInt8>, separator: RecordSeparator) {
        self.number = number
        endsInCarriageReturn = separator == .lineFeed && bytes.last == UInt8(ascii: "\r")
        let content = UnsafeBufferPointer(rebasing: bytes.dropLast(endsInCarriageReturn ? 1 : 0))
        isWellFormed = isUTF8(content)
        text = String(decoding: content, as: UTF8.self)
    }
}
