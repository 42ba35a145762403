import Files
import FoundationEssentials

/// The form that pairs and labelled texts share: each line has the same number of columns, with TABs between them.
enum ColumnFile {
    /// Reads all rows.
    ///
    /// - Parameters:
    ///   - columns: the columns' names.
    ///   - makeRow: gets the line number, from 1, and the columns.
    static func rows<Row>(
        of url: URL, columns names: [String], makeRow: (Int, [String]) throws -> Row
    ) throws -> [Row] {
        let lines = try TextFile.lines(of: url)
        guard !lines.isEmpty else {
            throw FileError(.malformed, url, "empty; a corpus needs at least one line")
        }
        return try zip(1..., lines).map { number, line in
            let columns = line.utf8.split(
                separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard columns.count == names.count else {
                let count = columns.count == 1 ? "1 column" : "\(columns.count) columns"
                throw FileError(
                    .malformed, url, line: number,
                    "\(count), but each line must be \(names.joined(separator: "<TAB>"))")
            }
            return try makeRow(number, columns.map { String(Substring($0)) })
        }
    }
}
