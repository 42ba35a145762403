import Files
import FoundationEssentials
import Transformer

/// A text and its sentiment.
public struct LabelledText: Hashable, Sendable {
    public var text: String
    public var label: SentimentLabel

    public init(text: String, label: SentimentLabel) {
        self.text = text
        self.label = label
    }
}

/// Readers of corpora for sentiment: files of lines `text<TAB>label`.
public enum LabelledCorpus {
    /// Reads a file.
    ///
    /// - Parameter scheme: how labels are written; nil: as `detectScheme` finds.
    /// - Throws: ``FileError`` for what ``TextFile/lines(of:)`` throws, for a line that has not two columns, for a
    ///   label that the scheme does not know and for an empty file.
    public static func read(_ url: URL, scheme: LabelScheme? = nil) throws -> [LabelledText] {
        let rows = try TwoColumnFile.rows(of: url, columns: "text<TAB>label") {
            (number: $0, text: $1, name: $2)
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

    /// The scheme of a file nobody named one for: ``LabelScheme/binary`` if only 0 and 1 occur, else
    /// ``LabelScheme/named``. Five classes are never guessed, because a part of such a file can look binary.
    public static func detectScheme(of labels: some Sequence<String>) -> LabelScheme {
        labels.allSatisfy { $0 == "0" || $0 == "1" } ? .binary : .named
    }

    private static func unknownLabel(_ name: String, in scheme: LabelScheme) -> String {
        let schemes = LabelScheme.allCases.map { other in
            "\(other.rawValue): \(other.labels.map(\.name).joined(separator: " "))"
        }
        // Quoted as in source code, so that a CR or a space at its end is seen.
        return "unknown label \(name.debugDescription) for the \(scheme.rawValue) classes; "
            + "there are \(schemes.joined(separator: ", "))"
    }
}
