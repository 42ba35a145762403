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
    /// Reads a file whose labels are those of the scheme.
    ///
    /// - Throws: ``FileError`` for what ``TextFile/lines(of:)`` throws, for a line that has not two columns, for a
    ///   label that the scheme does not know and for an empty file.
    public static func read(_ url: URL, scheme: LabelScheme) throws -> [LabelledText] {
        let labels = Dictionary(uniqueKeysWithValues: scheme.labels.map { ($0.name, $0.label) })
        return try rows(of: url) { number, text, name in
            guard let label = labels[name] else {
                throw FileError(.malformed, url, line: number, unknownLabel(name, in: scheme))
            }
            return LabelledText(text: text, label: label)
        }
    }

    /// The scheme of a file nobody named one for: ``LabelScheme/binary`` if only 0 and 1 occur, else
    /// ``LabelScheme/named``. Five classes are never guessed, because a part of such a file can look binary.
    ///
    /// - Throws: ``FileError`` as ``read(_:scheme:)``, but for unknown labels.
    public static func detectScheme(of url: URL) throws -> LabelScheme {
        detectScheme(of: try rows(of: url) { _, _, name in name })
    }

    /// The scheme of a file with these labels, by the same rule.
    public static func detectScheme(of labels: some Sequence<String>) -> LabelScheme {
        labels.allSatisfy { $0 == "0" || $0 == "1" } ? .binary : .named
    }

    private static func rows<Row>(
        of url: URL, makeRow: (Int, String, String) throws -> Row
    ) throws -> [Row] {
        try TwoColumnFile.rows(of: url, columns: "text<TAB>label", makeRow: makeRow)
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
