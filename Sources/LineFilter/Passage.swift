/// The lines of an input that make one text.
public struct Passage: Hashable, Sendable, FilterRecord {
    /// At least one.
    public let lines: [Line]
    /// Whether it is a blank line between paragraphs, which is no text.
    public let isBlank: Bool

    /// The number of its first line.
    public var number: Int { lines[0].number }

    public var byteCount: Int { lines.reduce(0) { $0 + $1.byteCount } }

    public var isWellFormed: Bool { lines.allSatisfy(\.isWellFormed) }

    /// Whether its last line ended in a carriage return.
    public var endsInCarriageReturn: Bool { lines[lines.count - 1].endsInCarriageReturn }

    /// Its lines with `separator` between them.
    public func text(joinedBy separator: String) -> String {
        lines.count == 1 ? lines[0].text : lines.map(\.text).joined(separator: separator)
    }
}
