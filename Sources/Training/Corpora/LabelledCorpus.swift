import Files
import FoundationEssentials
import Transformer

/// A text and its sentiment.
public struct LabelledText: Hashable, Sendable {
    public var text: String
    /// The most probable one where there are probabilities.
    public var label: SentimentLabel
    /// Of negative, neutral and positive, with the sum 1; nil: the label is certain.
    public var probabilities: [Double]?

    public init(text: String, label: SentimentLabel) {
        self.text = text
        self.label = label
    }

    /// A text with the probabilities of its labels, of which the largest, and of equals the first, names it.
    ///
    /// - Parameter probabilities: one for each label, none negative, not all zero; they are scaled to the sum 1.
    public init(text: String, probabilities: [Double]) {
        precondition(
            probabilities.count == SentimentLabel.allCases.count,
            "\(probabilities.count) probabilities of labels")
        let total = probabilities.reduce(0, +)
        self.text = text
        self.probabilities = probabilities.map { $0 / total }
        label = SentimentLabel(mostProbableOf: probabilities)
    }
}

/// Readers of corpora for sentiment: files of lines `text<TAB>label`, or of a text and three probabilities.
public enum LabelledCorpus {
    /// Reads a file.
    ///
    /// - Parameter scheme: how labels are written; nil: as `detectScheme` finds.
    /// - Throws: ``FileError`` for what ``TextFile/lines(of:)`` throws, for a line that has not the columns of the
    ///   scheme, for a label that it does not know and for an empty file.
    public static func read(_ url: URL, scheme: LabelScheme? = nil) throws -> [LabelledText] {
        if scheme == .probabilities { return try readProbabilities(url) }
        let rows = try ColumnFile.rows(of: url, columns: ["text", "label"]) {
            (number: $0, text: $1[0], name: $1[1])
        }
        let scheme = scheme ?? detectScheme(of: rows.map(\.name))
        let labels = Dictionary(uniqueKeysWithValues: scheme.labels.map { ($0.name, $0.label) })
        return try rows.map { row in
            guard let label = labels[row.name] else {
                throw FileError(
                    .malformed, url, line: row.number, unknownLabel(row.name, in: scheme))
            }
            return LabelledText(text: row.text, label: label)
        }
    }

    private static func readProbabilities(_ url: URL) throws -> [LabelledText] {
        try ColumnFile.rows(of: url, columns: ColumnFile.softColumns) { number, columns in
            LabelledText(
                text: columns[0],
                probabilities: try ColumnFile.probabilities(
                    of: columns, url.relativePath, line: number))
        }
    }

    /// The scheme of a file nobody named one for: ``LabelScheme/binary`` if only 0 and 1 occur, else
    /// ``LabelScheme/named``. Five classes are never guessed, because a part of such a file can look binary.
    public static func detectScheme(of labels: some Sequence<String>) -> LabelScheme {
        labels.allSatisfy { $0 == "0" || $0 == "1" } ? .binary : .named
    }

    private static func unknownLabel(_ name: String, in scheme: LabelScheme) -> String {
        let schemes = LabelScheme.allCases.filter { !$0.labels.isEmpty }.map { other in
            "\(other.rawValue): \(other.labels.map(\.name).joined(separator: " "))"
        }
        // Quoted as in source code, so that a space at its end is seen.
        return "unknown label \(name.debugDescription) for the \(scheme.rawValue) classes; "
            + "choose the right classes (\(schemes.joined(separator: ", "))), or write "
            + "negative, neutral and positive"
    }
}
