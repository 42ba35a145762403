import Files
import FoundationEssentials

/// The form that pairs and labelled texts share: each line has two columns and one TAB between them.
enum TwoColumnFile {
    /// Reads all rows; `makeRow` gets the line number, from 1, and both columns.
    static func rows<Row>(
        of url: URL, columns form: String, makeRow: (Int, String, String) throws -> Row
    ) throws -> [Row] {
        let lines = try TextFile.lines(of: url)
        guard !lines.isEmpty else {
            throw FileError(.malformed, url, "empty; a corpus needs at least one line")
        }
        return try zip(1..., lines).map { number, line in
            let columns = line.utf8.split(
                separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard columns.count == 2 else {
                let count = columns.count == 1 ? "1 column" : "\(columns.count) columns"
                throw FileError(
                    .malformed, url, line: number, "\(count), but each line must be \(form)")
            }
            return try makeRow(
                number, String(Substring(columns[0])), String(Substring(columns[1])))
        }
    }
}
