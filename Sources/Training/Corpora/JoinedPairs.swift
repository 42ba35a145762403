/// Pairs of two languages, made of two corpora that translate the same sentences of a third language, the pivot.
///
/// Sentences are the same if their texts are. A sentence with m translations in one corpus and n in the other could give
/// m · n pairs, most of which say the same again. They are taken in rounds: the first round pairs the i-th translation of
/// the longer list with the i-th of the shorter, which begins again when it is over; each further round shifts the
/// shorter list by one.
public struct JoinedPairs: Sendable {
    /// In the order in which the first corpus has the sentences, each pair once.
    public private(set) var pairs: [SentencePair] = []
    /// The sentence that each pair translates.
    public private(set) var pivots: [String] = []
    /// Translations whose sentence the other corpus does not have.
    public private(set) var unmatchedCount = 0
    /// Pairs that were not made because their sentence has enough of them.
    public private(set) var surplusCount = 0
    /// Pairs that an earlier sentence has given already.
    public private(set) var duplicateCount = 0

    /// - Parameters:
    ///   - first: pairs of a sentence of the pivot and what becomes a source.
    ///   - second: pairs of a sentence of the pivot and what becomes a target.
    ///   - mostPerSentence: the most pairs that a sentence gives.
    public init(_ first: [SentencePair], _ second: [SentencePair], mostPerSentence: Int) {
        let sources = Translations(first)
        let targets = Translations(second)
        var seen: Set<SentencePair> = []
        for pivot in sources.sentences {
            guard let source = sources[pivot], let target = targets[pivot] else { continue }
            let combinations = Self.combine(source, target, most: mostPerSentence)
            surplusCount += source.count * target.count - combinations.count
            for pair in combinations {
                if seen.insert(pair).inserted {
                    pairs.append(pair)
                    pivots.append(pivot)
                } else {
                    duplicateCount += 1
                }
            }
        }
        unmatchedCount = sources.count(without: targets) + targets.count(without: sources)
    }

    /// How many lines and pairs were left out, by the reason.
    var removed: [String: Int] {
        ["unmatched": unmatchedCount, "surplus": surplusCount, "duplicate": duplicateCount]
    }

    private static func combine(
        _ sources: [String], _ targets: [String], most: Int
    ) -> [SentencePair] {
        let longer = max(sources.count, targets.count)
        let shorter = min(sources.count, targets.count)
        return (0..<min(most, longer * shorter)).map { number in
            let (round, place) = number.quotientAndRemainder(dividingBy: longer)
            let other = (place + round) % shorter
            return sources.count >= targets.count
                ? SentencePair(source: sources[place], target: targets[other])
                : SentencePair(source: sources[other], target: targets[place])
        }
    }
}

/// The translations of each sentence of a corpus, each once.
private struct Translations {
    private(set) var sentences: [String] = []
    private var translations: [String: [String]] = [:]

    init(_ pairs: [SentencePair]) {
        var seen: Set<SentencePair> = []
        for pair in pairs where seen.insert(pair).inserted {
            if translations[pair.source] == nil { sentences.append(pair.source) }
            translations[pair.source, default: []].append(pair.target)
        }
    }

    /// Nil for a sentence that is not there, and for white space, which many things would translate.
    subscript(sentence: String) -> [String]? {
        sentence.allSatisfy(\.isWhitespace) ? nil : translations[sentence]
    }

    /// How many translations are of sentences that another corpus does not have.
    func count(without other: Translations) -> Int {
        sentences.reduce(0) { sum, sentence in
            self[sentence] != nil && other[sentence] != nil
                ? sum : sum + (translations[sentence]?.count ?? 0)
        }
    }
}
