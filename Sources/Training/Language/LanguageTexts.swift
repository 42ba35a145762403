import Files
import Foundation
import LanguageIdentification

/// Texts in one language, or, under the code `LanguageEstimate.undetermined`, in others than those to be told apart.
public struct LanguageTexts: Sendable {
    public let code: String
    public let texts: [String]

    public init(code: String, texts: [String]) {
        self.code = code
        self.texts = texts
    }

    /// Reads one text a line, or what stands in a column of each line.
    ///
    /// - Parameter column: from 1, the columns being separated by TABs; nil for whole lines.
    /// - Throws: `FileError` if the file cannot be read, a line lacks the column, or there is no line.
    public init(code: String, contentsOf url: URL, column: Int?) throws {
        let lines = try TextFile.lines(of: url)
        guard !lines.isEmpty else {
            throw FileError(.malformed, url, "empty; give a file with at least one line")
        }
        self.code = code
        texts =
            try column.map { column in
                try zip(1..., lines).map { number, line in
                    let columns = line.utf8.split(
                        separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                    guard column <= columns.count else {
                        throw FileError(
                            .malformed, url, line: number,
                            "there is no column \(column); name one of \(columns.count)")
                    }
                    return String(Substring(columns[column - 1]))
                }
            } ?? lines
    }
}
