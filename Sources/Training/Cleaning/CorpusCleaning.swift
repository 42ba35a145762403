import LanguageIdentification
import Tokenization

/// A corpus of lines, cleaned: which lines stay, and which rule each of the others breaks.
public struct CorpusCleaning: Sendable {
    /// By line: nil for those that stay.
    public let breaches: [CleaningRules.Rule?]

    public var lineCount: Int { breaches.count }
    public var keptCount: Int { breaches.count { $0 == nil } }

    /// How many lines break each rule, by its name; rules that none breaks are left out.
    public var removed: [String: Int] {
        Dictionary(breaches.compactMap(\.self).map { ($0.rawValue, 1) }, uniquingKeysWith: +)
    }

    /// Cleans lines of pairs.
    ///
    /// - Parameters:
    ///   - file: what messages call the corpus.
    ///   - source: the language of the sources, if it is known.
    ///   - target: the language of the targets, if it is known.
    /// - Throws: `FileError` for a line that has not two columns.
    public init(
        pairs lines: [String], file: String, _ rules: CleaningRules,
        identifier: LanguageIdentifier?, source: String?, target: String?, threadCount: Int
    ) throws {
        let rows = try ColumnFile.rows(of: lines, file: file, kind: .pairs)
        let normalizer = Normalizer()
        breaches = PairCleaner(rules, identifier: identifier, source: source, target: target)
            .breaches(
                of: rows.concurrentMap(threadCount: threadCount) {
                    (normalizer.normalize($0[0]), normalizer.normalize($0[1]))
                }, threadCount: threadCount)
    }

    /// Cleans lines of labelled texts.
    ///
    /// - Parameters:
    ///   - file: what messages call the corpus.
    ///   - language: of the texts, if it is known.
    /// - Throws: `FileError` for a line that has not a text and a label, or a text and three probabilities as the first.
    public init(
        labelled lines: [String], file: String, _ rules: CleaningRules,
        identifier: LanguageIdentifier?, language: String?, threadCount: Int
    ) throws {
        let rows = try ColumnFile.rows(of: lines, file: file, kind: .labelled)
        let normalizer = Normalizer()
        breaches = LabelledTextCleaner(rules, identifier: identifier, language: language)
            .breaches(
                of: rows.concurrentMap(threadCount: threadCount) {
                    (normalizer.normalize($0[0]), $0[1])
                }, threadCount: threadCount)
    }
}
