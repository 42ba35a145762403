import Foundation
import Tokenization

/// Reads the corpora of a recipe and normalises their texts.
struct CorpusReader {
    let folder: URL
    let normalizer: Normalizer
    let threadCount: Int

    /// A pair as its file has it, and normalised.
    struct Pair {
        let pair: SentencePair
        let source: NormalizedText
        let target: NormalizedText
    }

    /// A labelled text as its file has it, and normalised.
    struct Text {
        let labelled: LabelledText
        let text: NormalizedText
        let mayBeHeld: Bool
    }

    /// The pairs of a corpus of which no side is empty, and how many others it has.
    func pairs(of corpus: Recipe.TranslationCorpus) throws -> (usable: [Pair], emptyCount: Int) {
        let pairs = try corpus.read(in: folder)
        let sources = normalize(pairs.map(\.source))
        let targets = normalize(pairs.map(\.target))
        let usable = pairs.indices.lazy
            .map { Pair(pair: pairs[$0], source: sources[$0], target: targets[$0]) }
            .filter { !$0.source.string.isEmpty && !$0.target.string.isEmpty }
        return (Array(usable), pairs.count - usable.count)
    }

    /// The texts of a corpus that are not empty, and how many others it has.
    func texts(of corpus: Recipe.SentimentCorpus) throws -> (usable: [Text], emptyCount: Int) {
        let labelled = try corpus.read(in: folder)
        let usable = zip(labelled, normalize(labelled.map(\.text)))
            .map { Text(labelled: $0, text: $1, mayBeHeld: corpus.isHeldOut) }
            .filter { !$0.text.string.isEmpty }
        return (usable, labelled.count - usable.count)
    }

    private func normalize(_ texts: [String]) -> [NormalizedText] {
        texts.concurrentMap(threadCount: threadCount) { normalizer.normalize($0) }
    }
}

extension Recipe.TranslationCorpus {
    /// The translations that the corpus teaches.
    var directionPairs: [(from: String, to: String, isReversed: Bool)] {
        let forward = (from: from, to: to, isReversed: false)
        return directions == .both ? [forward, (from: to, to: from, isReversed: true)] : [forward]
    }

    func read(in folder: URL) throws -> [SentencePair] {
        if let source, let target {
            return try ParallelCorpus.read(
                source: folder.appending(path: source), target: folder.appending(path: target))
        }
        // The reader of recipes sees to it that a corpus has either both sides or pairs.
        return try ParallelCorpus.read(pairs: folder.appending(path: pairs ?? ""))
    }

    /// The first pairs as test sets, one for each direction.
    func testSets(of pairs: [SentencePair], most: Int) -> [TranslationTestSet] {
        if pairs.isEmpty { return [] }
        let pairs = most == 0 ? pairs : Array(pairs.prefix(most))
        return directionPairs.map { direction in
            TranslationTestSet(
                name: name, from: direction.from, to: direction.to,
                pairs: direction.isReversed
                    ? pairs.map { SentencePair(source: $0.target, target: $0.source) } : pairs)
        }
    }
}

extension Recipe.SentimentCorpus {
    func read(in folder: URL) throws -> [LabelledText] {
        try LabelledCorpus.read(folder.appending(path: file), scheme: labels)
    }

    /// The first texts as a test set; none if there are no texts.
    func testSets(of texts: [LabelledText], most: Int) -> [SentimentTestSet] {
        if texts.isEmpty { return [] }
        let texts = most == 0 ? texts : Array(texts.prefix(most))
        return [SentimentTestSet(name: name, scheme: labels, texts: texts)]
    }
}
