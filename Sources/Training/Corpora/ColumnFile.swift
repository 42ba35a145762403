import Files
import FoundationEssentials
import Transformer

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
            let columns = columns(of: line)
            guard columns.count == names.count else {
                throw mismatch(columns.count, url.relativePath, line: number, form: form(names))
            }
            return try makeRow(number, columns)
        }
    }

    /// The rows of lines of a kind: of labelled ones, all have a label or all have probabilities.
    static func rows(
        of lines: [String], file: String, kind: CorpusStatistics.Kind
    ) throws -> [[String]] {
        if kind == .text { return lines.map { [$0] } }
        let soft = ["text"] + probabilityNames
        let isSoft = kind == .labelled && columns(of: lines.first ?? "").count == soft.count
        let names = kind == .pairs ? ["source", "target"] : isSoft ? soft : ["text", "label"]
        return try zip(1..., lines).map { number, line in
            let columns = columns(of: line)
            guard columns.count == names.count else {
                throw mismatch(columns.count, file, line: number, form: form(names))
            }
            return columns
        }
    }

    /// The names of the columns of probabilities.
    static let probabilityNames = SentimentLabel.allCases.map { "P(\($0.name))" }

    /// The label of a row, by its name; of probabilities, the most probable.
    static func label(of row: [String]) -> String {
        guard row.count > 2 else { return row[1] }
        let probabilities = row.dropFirst().map { Double($0) ?? 0 }
        let best = probabilities.indices.reduce(0) {
            probabilities[$1] > probabilities[$0] ? $1 : $0
        }
        return SentimentLabel.allCases[best].name
    }

    static func columns(of line: String) -> [String] {
        line.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }

    private static func form(_ names: [String]) -> String { names.joined(separator: "<TAB>") }

    private static func mismatch(
        _ count: Int, _ file: String, line: Int, form: String
    ) -> FileError {
        FileError(
            .malformed, file, line: line,
            "\(count == 1 ? "1 column" : "\(count) columns"), but each line must be \(form)")
    }
}
