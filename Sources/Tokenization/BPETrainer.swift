/// Learns a joint BPE vocabulary from text of all its languages.
///
/// 1. Each line is normalised by the rule and cut into segments that merges never cross (`SegmentSpeller`).
/// 2. Base characters are the space and the most frequent characters, ties by code point, as many as cover 99.98 % of
///    the text's characters; the rest is spelled by bytes. U+2581, the mark of a word's beginning, is never one; the
///    marks of case are by rule, in the place of their symbols (`CaseMark`).
/// 3. The most frequent pair of neighbouring tokens is merged, over and over. Of equally frequent pairs it is the one
///    whose left part comes first in the order of UTF-8 bytes, then the one whose right part does. A pair that would
///    spell a subword which exists already is passed over for good. A mark of case is joined to whole words only.
///
/// The same text, in any order of its lines, gives the same tokenizer, byte for byte, on every machine and with any
/// number of threads.
public struct BPETrainer: Sendable {
    /// Tokens of the finished vocabulary, specials, bytes and base characters included.
    public let vocabularySize: Int
    /// The target languages.
    public let languages: [String]
    /// How text is normalised, now and by the tokenizer later.
    public let rule: NormalizationRule
    public let threadCount: Int

    /// Tokens reserved for later use.
    public static let spareCount = 8

    /// The part of the text's characters that base characters cover, in 10,000ths.
    private static let coverage = 9_998

    public init(
        vocabularySize: Int, languages: [String], rule: NormalizationRule = NormalizationRule(),
        threadCount: Int = 1
    ) {
        precondition(threadCount > 0, "\(threadCount) threads")
        self.vocabularySize = vocabularySize
        self.languages = languages
        self.rule = rule
        self.threadCount = threadCount
    }

    /// - Throws: `BPETrainerError` if the languages are no list of distinct codes, or the text cannot give a vocabulary
    ///   of exactly the size asked for.
    public func train(_ lines: some Sequence<String>) throws -> BPETokenizer {
        if let problem = Vocabulary.problem(ofLanguages: languages) {
            throw BPETrainerError(description: "\(problem); name each target language once")
        }
        let normalizer = Normalizer(rule)
        let words = WordCounts.count(Array(lines), normalizer, threadCount: threadCount)
        if words.isEmpty {
            throw BPETrainerError(
                description: "the text to learn subwords from is empty; give text")
        }
        let marks = rule.letterCase == .marked ? CaseMark.allCases : []
        let segments = words.segments(SegmentSpeller(rule))
        var vocabulary = Vocabulary(
            languages: languages, spareCount: Self.spareCount,
            characters: Self.baseCharacters(segments, marks), hasCaseMarks: !marks.isEmpty)
        if vocabulary.count > vocabularySize {
            throw BPETrainerError(
                description:
                    "a vocabulary of \(vocabularySize) is too small: specials, bytes and the "
                    + "text's characters take \(vocabulary.count); ask for at least that many")
        }
        var learner = MergeLearner(segments, vocabulary)
        while vocabulary.count < vocabularySize, learner.learnMerge(&vocabulary) {}
        if vocabulary.count < vocabularySize {
            throw BPETrainerError(
                description: "the text gives a vocabulary of \(vocabulary.count) at most, not "
                    + "\(vocabularySize); ask for \(vocabulary.count) or fewer, or give more text")
        }
        return BPETokenizer(vocabulary, normalizer: normalizer)
    }

    /// The base characters, ascending, the space first.
    private static func baseCharacters(
        _ segments: borrowing WordCounts, _ marks: [CaseMark]
    ) -> [UInt32] {
        var counts: [UInt32: Int] = [:]
        segments.forEach { segment, count in
            SegmentSpeller.forEachCharacter(of: segment) { character in
                guard let first = character.first, first != 0x20, !CaseMark.isMark(first) else {
                    return
                }
                var index = 0
                counts[decodeScalar(character, &index), default: 0] += count
            }
        }
        let symbols = marks.map(\.symbol.value)
        for symbol in [Vocabulary.boundaryMark] + symbols { counts[symbol] = nil }
        let total = counts.values.reduce(0, +)
        var covered = 0
        var characters: [UInt32] = []
        for (character, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            if covered * 10_000 >= total * coverage { break }
            covered += count
            characters.append(character)
        }
        return [0x20] + (characters + symbols).sorted()
    }
}

/// Why no tokenizer can be learned: one line with the way out.
public struct BPETrainerError: Error, CustomStringConvertible {
    public let description: String
}
