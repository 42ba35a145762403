/// One line of input.
public struct Line: Hashable, Sendable {
    /// The place in the input, from 1.
    public let number: Int
    /// The line without its line feed and without one carriage return before that. Where the bytes were not UTF-8,
    /// U+FFFD stands for each maximal part of a sequence that could not be continued.
    public let text: String
    /// Whether the bytes were UTF-8, so that `text` is what was read.
    public let isWellFormed: Bool
    /// Whether a carriage return was taken off the end.
    public let endsInCarriageReturn: Bool

    /// The line in `bytes`, which hold no line feed.
    init(number: Int, bytes: UnsafeBufferPointer<UInt8>) {
        self.number = number
        endsInCarriageReturn = bytes.last == UInt8(ascii: "\r")
        let content = UnsafeBufferPointer(rebasing: bytes.dropLast(endsInCarriageReturn ? 1 : 0))
        isWellFormed = isUTF8(content)
        text = String(decoding: content, as: UTF8.self)
    }
}
