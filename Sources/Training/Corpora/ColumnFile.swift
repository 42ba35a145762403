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

    /// The rows of lines of a kind. Labelled ones have a label each, or probabilities each, of which the most probable
    /// label takes the place.
    static func rows(
        of lines: [String], file: String, kind: CorpusStatistics.Kind
    ) throws -> [[String]] {
        if kind == .text { return lines.map { [$0] } }
        let isSoft = kind == .labelled && columns(of: lines.first ?? "").count == softColumns.count
        let names =
            kind == .pairs ? ["source", "target"] : isSoft ? softColumns : ["text", "label"]
        return try zip(1..., lines).map { number, line in
            let columns = columns(of: line)
            guard columns.count == names.count else {
                throw mismatch(columns.count, file, line: number, form: form(names))
            }
            guard isSoft else { return columns }
            let probabilities = try probabilities(of: columns, file, line: number)
            return [columns[0], SentimentLabel(mostProbableOf: probabilities).name]
        }
    }

    /// The names of the columns of a text with probabilities.
    static let softColumns = ["text"] + SentimentLabel.allCases.map { "P(\($0.name))" }

    /// The probabilities behind a text.
    ///
    /// - Parameter columns: those of `softColumns`.
    /// - Throws: `FileError` unless they are numbers from 0 to 1 with the sum 1, which may be rounded.
    static func probabilities(
        of columns: [String], _ file: String, line: Int
    ) throws -> [Double] {
        let probabilities = columns.dropFirst().compactMap(Double.init)
        guard probabilities.count == columns.count - 1,
            probabilities.allSatisfy({ 0...1 ~= $0 }),
            abs(probabilities.reduce(0, +) - 1) < 0.01
        else {
            let found = columns.dropFirst().map(\.debugDescription).joined(separator: ", ")
            throw FileError(
                .malformed, file, line: line, "\(found) are no three probabilities with the sum 1")
        }
        return probabilities
    }

    /// The columns of a line, without the carriage return of one that ended in CR LF.
    static func columns(of line: String) -> [String] {
        let text = line.utf8.last == UInt8(ascii: "\r") ? line.utf8.dropLast() : line.utf8[...]
        return text.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
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
