import Files
import FoundationEssentials

/// A sentence and its translation.
public struct SentencePair: Hashable, Sendable {
    public var source: String
    public var target: String

    public init(source: String, target: String) {
        self.source = source
        self.target = target
    }
}

/// Readers of corpora for translation.
public enum ParallelCorpus {
    /// Reads two files of which each line of one translates the same line of the other.
    ///
    /// - Throws: ``FileError`` for what ``TextFile/lines(of:)`` throws, for unequal line counts and for empty files.
    public static func read(source: URL, target: URL) throws -> [SentencePair] {
        let sources = try TextFile.lines(of: source)
        let targets = try TextFile.lines(of: target)
        guard sources.count == targets.count else {
            throw FileError(
                .malformed, source,
                "\(sources.count) lines, but \(target.relativePath) has \(targets.count); "
                    + "both need the same number of lines")
        }
        guard !sources.isEmpty else {
            throw FileError(.malformed, source, "empty; a corpus needs at least one line")
        }
        return zip(sources, targets).map { SentencePair(source: $0, target: $1) }
    }

    /// Reads a file of lines `source<TAB>target`.
    ///
    /// - Throws: ``FileError`` for what ``TextFile/lines(of:)`` throws, for a line that has not two columns and for
    ///   an empty file.
    public static func read(pairs: URL) throws -> [SentencePair] {
        try ColumnFile.rows(of: pairs, columns: ["source", "target"]) { _, columns in
            SentencePair(source: columns[0], target: columns[1])
        }
    }
}
