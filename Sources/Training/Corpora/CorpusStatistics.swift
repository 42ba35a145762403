import Files
import Inference
import LanguageIdentification
import Tokenization
import Transformer

/// What can be counted of a corpus.
public struct CorpusStatistics: Encodable, Sendable {
    /// What a line is.
    public enum Kind: String, CaseIterable, Encodable, Sendable {
        case text, pairs, labelled

        /// The names of the columns that are texts.
        var texts: [String] { self == .pairs ? ["source", "target"] : ["text"] }
    }

    /// Some values of a sorted list: the least of which so many in a hundred are not larger.
    public struct Quantiles: Encodable, Hashable, Sendable {
        public let minimum: Double
        public let p5: Double
        public let p25: Double
        public let median: Double
        public let p75: Double
        public let p95: Double
        public let maximum: Double

        /// - Parameter values: at least one.
        init(_ values: some Sequence<Double>) {
            let sorted = values.sorted()
            func quantile(_ percent: Int) -> Double {
                sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
            }
            minimum = sorted[0]
            p5 = quantile(5)
            p25 = quantile(25)
            median = quantile(50)
            p75 = quantile(75)
            p95 = quantile(95)
            maximum = sorted[sorted.count - 1]
        }

        public var all: [Double] { [minimum, p5, p25, median, p75, p95, maximum] }
    }

    /// A column of texts.
    public struct Column: Encodable, Sendable {
        public let name: String
        /// Texts of white space alone.
        public let empty: Int
        /// Stretches without white space.
        public let words: Int
        /// Code points.
        public let characters: Int
        /// Subwords, without the end of each text; nil without a tokenizer.
        public let tokens: Int?
        /// The words of a text.
        public let lengths: Quantiles
        /// How many texts are in each language, by its code; nil without a language identifier.
        public let languages: [String: Int]?
    }

    public let file: String
    public let kind: Kind
    public let lines: Int
    /// Lines that an earlier line equals.
    public let duplicates: Int
    public let columns: [Column]
    /// The characters of the target for one of the source, of pairs without an empty side.
    public let lengthRatio: Quantiles?
    /// How many lines have each label; of probabilities, the most probable.
    public let labels: [String: Int]?

    enum CodingKeys: String, CodingKey {
        case file, kind, lines, duplicates, columns
        case lengthRatio = "length_ratio"
        case labels
    }

    /// - Parameters:
    ///   - lines: without their line feeds.
    ///   - file: what messages call it.
    ///   - kind: nil if it is to be found out: lines of four columns are labelled, of two columns if the second has labels
    ///     only.
    /// - Throws: `FileError` for a file without lines, and for a line that has not the columns of the kind or whose
    ///   probabilities are none.
    public init(
        _ lines: [String], file: String, kind: Kind?, tokenizer: BPETokenizer?,
        identifier: LanguageIdentifier?, threadCount: Int
    ) throws {
        guard !lines.isEmpty else {
            throw FileError(.malformed, file, "empty; a corpus needs at least one line")
        }
        let kind = kind ?? Self.kind(of: lines)
        let rows = try ColumnFile.rows(of: lines, file: file, kind: kind)
        self.file = file
        self.kind = kind
        self.lines = lines.count
        duplicates = lines.count - Set(lines.map { Array($0.utf8) }).count
        columns = kind.texts.enumerated().map { index, name in
            Column(
                name, rows.map { $0[index] }, tokenizer: tokenizer, identifier: identifier,
                threadCount: threadCount)
        }
        let ratios = rows.compactMap { row -> Double? in
            guard kind == .pairs, !row[0].isEmpty, !row[1].isEmpty else { return nil }
            return Double(row[1].unicodeScalars.count) / Double(row[0].unicodeScalars.count)
        }
        lengthRatio = ratios.isEmpty ? nil : Quantiles(ratios)
        labels =
            kind == .labelled
            ? Dictionary(rows.map { ($0[1], 1) }, uniquingKeysWith: +) : nil
    }

    private static func kind(of lines: [String]) -> Kind {
        let count = ColumnFile.columns(of: lines[0]).count
        if count == 1 { return .text }
        if count == ColumnFile.softColumns.count { return .labelled }
        let labels = Set(LabelScheme.allCases.flatMap { $0.labels.map(\.name) })
        let areLabels = lines.allSatisfy {
            ColumnFile.columns(of: $0).last.map(labels.contains) ?? false
        }
        return areLabels ? .labelled : .pairs
    }
}

extension CorpusStatistics.Column {
    fileprivate init(
        _ name: String, _ texts: [String], tokenizer: BPETokenizer?,
        identifier: LanguageIdentifier?, threadCount: Int
    ) {
        let counts = texts.concurrentMap(threadCount: threadCount) { text in
            (
                words: text.wordCount,
                // The last token is the end.
                tokens: tokenizer.map { $0.encode($0.normalizer.normalize(text)).count - 1 },
                language: identifier?.identify(text).code
            )
        }
        self.name = name
        empty = counts.count { $0.words == 0 }
        words = counts.reduce(0) { $0 + $1.words }
        characters = texts.reduce(0) { $0 + $1.unicodeScalars.count }
        tokens = tokenizer.map { _ in counts.reduce(0) { $0 + ($1.tokens ?? 0) } }
        lengths = CorpusStatistics.Quantiles(counts.lazy.map { Double($0.words) })
        languages = identifier.map { _ in
            Dictionary(counts.compactMap(\.language).map { ($0, 1) }, uniquingKeysWith: +)
        }
    }
}
