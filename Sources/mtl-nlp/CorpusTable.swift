import Foundation
import Training

/// Statistics of corpora for people: tables with a line for each column of texts, for the lengths of pairs, and for labels.
enum CorpusTable {
    private static let percentages = ["0 %", "5 %", "25 %", "50 %", "75 %", "95 %", "100 %"]

    static func lines(_ statistics: [CorpusStatistics]) -> [String] {
        let texts = statistics.flatMap { corpus in corpus.columns.map { row(of: $0, in: corpus) } }
        let headings = [
            "file", "column", "lines", "duplicates", "empty", "words", "characters", "tokens",
        ]
        let tables = [
            [headings + percentages.map { "words \($0)" } + ["languages"]] + texts,
            [["file", "target/source"] + percentages]
                + statistics.compactMap { corpus in
                    corpus.lengthRatio.map { ratio in
                        [corpus.file, "characters"]
                            + ratio.all.map { String(format: "%.2f", $0) }
                    }
                },
            [["file", "label", "lines", "share"]] + statistics.flatMap(labelRows),
        ]
        return Array(tables.filter { $0.count > 1 }.map(TextTable.lines).joined(separator: [""]))
    }

    private static func row(
        of column: CorpusStatistics.Column, in corpus: CorpusStatistics
    ) -> [String] {
        let languages = column.languages.map { languages in
            sorted(languages).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        let counts = [
            corpus.lines, corpus.duplicates, column.empty, column.words, column.characters,
        ]
        return [corpus.file, column.name] + counts.map(String.init)
            + [column.tokens.map(String.init) ?? ""]
            + column.lengths.all.map { String(Int($0)) } + [languages ?? ""]
    }

    private static func labelRows(_ corpus: CorpusStatistics) -> [[String]] {
        sorted(corpus.labels ?? [:]).map { label, count in
            [
                corpus.file, field(label), String(count),
                String(format: "%.1f %%", 100 * Double(count) / Double(corpus.lines)),
            ]
        }
    }

    /// The most frequent first.
    private static func sorted(_ counts: [String: Int]) -> [(key: String, value: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    }
}
