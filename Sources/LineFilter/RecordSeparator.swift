/// The byte that ends a record, in the input and in the output.
public enum RecordSeparator: UInt8, Sendable {
    /// Records are lines.
    case lineFeed = 0x0A
    /// Records may hold line feeds, as file names may.
    case nul = 0x00
}
