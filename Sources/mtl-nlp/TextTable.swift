import Foundation

/// Text in columns and paragraphs, for people.
enum TextTable {
    /// Rows, the first of which has the headings, in columns with two spaces between them; a column that is empty but for
    /// its heading is left out.
    static func lines(_ rows: [[String]]) -> [String] {
        let headings = rows.first ?? []
        let widths = headings.indices.map { column in
            rows.dropFirst().map { $0[column].count }.max().map {
                $0 == 0 ? 0 : max($0, headings[column].count)
            } ?? 0
        }
        return rows.map { row in
            row.indices.filter { widths[$0] > 0 }
                .map { row[$0].padding(toLength: widths[$0], withPad: " ", startingAt: 0) }
                .joined(separator: "  ")
                .trimmingCharacters(in: .whitespaces)
        }
    }

    /// A text in lines of at most so many characters, broken at white space; a longer word has a line of its own.
    static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
