import Foundation
import Tokenization

/// Reads the corpora of a recipe and normalises their texts.
struct CorpusReader {
    let folder: URL
    let normalizer: Normalizer
    let cleaning: CleaningRules?
    let identifiers: CleaningIdentifiers
    let threadCount: Int

    /// A pair as its file has it, and normalised.
    struct Pair {
        let pair: SentencePair
        let source: NormalizedText
        let target: NormalizedText
        /// What decides whether the pair is held: the source, or the sentence that both sides translate.
        let origin: NormalizedText
    }

    /// A labelled text as its file has it, and normalised.
    struct Text {
        let labelled: LabelledText
        let text: NormalizedText
        /// What decides whether the text is held: itself, or the texts that it translates. Not empty.
        let origins: [NormalizedText]
        let mayBeHeld: Bool
    }

    /// The pairs of a corpus of which no side is empty and that no rule rejects, and how many others it has.
    func pairs(of corpus: Recipe.TranslationCorpus) throws -> CorpusReading<Pair> {
        let lines = try corpus.read(in: folder)
        let sources = normalize(lines.pairs.map(\.source))
        let targets = normalize(lines.pairs.map(\.target))
        let origins = lines.pivots.map(normalize) ?? sources
        let usable = lines.pairs.indices
            .map {
                Pair(
                    pair: lines.pairs[$0], source: sources[$0], target: targets[$0],
                    origin: origins[$0])
            }
            .filter { !$0.source.string.isEmpty && !$0.target.string.isEmpty }
        var reading = CorpusReading(
            usable: usable, emptyCount: lines.pairs.count - usable.count,
            removed: lines.removed)
        if let rules = corpus.cleaning ?? cleaning {
            let cleaner = PairCleaner(
                rules, identifier: identifiers[rules], source: corpus.from, target: corpus.to)
            reading.remove(
                cleaner.breaches(
                    of: reading.usable.map { ($0.source, $0.target) }, threadCount: threadCount))
        }
        return reading
    }

    /// The texts of a corpus that are not empty and that no rule rejects, and how many others it has.
    func texts(of corpus: Recipe.SentimentCorpus) throws -> CorpusReading<Text> {
        let lines = try corpus.read(in: folder)
        let texts = normalize(lines.texts.map(\.text))
        let origins =
            lines.origins?.concurrentMap(threadCount: threadCount) { origins in
                origins.map(normalizer.normalize)
            } ?? texts.map { [$0] }
        let usable = lines.texts.indices
            .map {
                Text(
                    labelled: lines.texts[$0], text: texts[$0], origins: origins[$0],
                    mayBeHeld: corpus.isHeldOut)
            }
            .filter { !$0.text.string.isEmpty }
        var reading = CorpusReading(
            usable: usable, emptyCount: lines.texts.count - usable.count,
            removed: lines.removed)
        if let rules = corpus.cleaning ?? cleaning {
            let cleaner = LabelledTextCleaner(
                rules, identifier: identifiers[rules], language: corpus.language)
            reading.remove(
                cleaner.breaches(
                    of: reading.usable.map { ($0.text, $0.labelled.label.name) },
                    threadCount: threadCount))
        }
        return reading
    }

    private func normalize(_ texts: [String]) -> [NormalizedText] {
        texts.concurrentMap(threadCount: threadCount) { normalizer.normalize($0) }
    }
}

extension Recipe.ParallelFiles {
    func read(in folder: URL) throws -> [SentencePair] {
        if let source, let target {
            return try ParallelCorpus.read(
                source: folder.file(source), target: folder.file(target))
        }
        // The reader of recipes sees to it that there are either both sides or pairs.
        return try ParallelCorpus.read(pairs: folder.file(pairs ?? ""))
    }
}

extension Recipe.TranslationCorpus {
    /// The translations that the corpus teaches.
    var directionPairs: [(from: String, to: String, isReversed: Bool)] {
        let forward = (from: from, to: to, isReversed: false)
        return directions == .both ? [forward, (from: to, to: from, isReversed: true)] : [forward]
    }

    /// The pairs of the corpus as its files have them or, for a join, make them.
    func read(in folder: URL) throws -> (
        pairs: [SentencePair], pivots: [String]?, removed: [String: Int]
    ) {
        guard let join else { return (try files.read(in: folder), nil, [:]) }
        let sides = try join.pairs.map { try $0.read(in: folder) }
        let joined = JoinedPairs(sides[0], sides[1], mostPerSentence: join.mostPerSentence)
        return (joined.pairs, joined.pivots, joined.removed)
    }

    /// Those of a corpus that is no join.
    private var files: Recipe.ParallelFiles {
        Recipe.ParallelFiles(pairs: pairs, source: source, target: target)
    }

    /// All files, as the recipe names them.
    var fileNames: [String] { files.names + (join?.pairs.flatMap(\.names) ?? []) }

    /// Pairs of the corpus as test sets, one for each direction; none if there are no pairs.
    func testSets(of pairs: [SentencePair]) -> [TranslationTestSet] {
        if pairs.isEmpty { return [] }
        return directionPairs.map { direction in
            TranslationTestSet(
                name: name, from: direction.from, to: direction.to,
                pairs: direction.isReversed
                    ? pairs.map { SentencePair(source: $0.target, target: $0.source) } : pairs)
        }
    }
}

extension Recipe.SentimentCorpus {
    /// The texts of the corpus as its file has them, or their translations; these with the texts that they translate.
    func read(in folder: URL) throws -> (
        texts: [LabelledText], origins: [[String]]?, removed: [String: Int]
    ) {
        let labelled = try LabelledCorpus.read(folder.file(file), scheme: labels)
        guard let through else {
            let sure = labelled.filter(isSure)
            return (sure, nil, ["unsure": labelled.count - sure.count])
        }
        let carried = CarriedLabels(
            of: labelled, to: try through.flatMap { try $0.read(in: folder) }, where: isSure)
        return (carried.texts, carried.origins, carried.removed)
    }

    private func isSure(_ text: LabelledText) -> Bool {
        guard let minimumProbability, let probabilities = text.probabilities else { return true }
        return probabilities[text.label.rawValue] >= minimumProbability
    }

    /// All files, as the recipe names them.
    var fileNames: [String] { [file] + (through?.flatMap(\.names) ?? []) }

    /// Texts of the corpus as a test set; none if there are no texts.
    func testSets(of texts: [LabelledText]) -> [SentimentTestSet] {
        texts.isEmpty ? [] : [SentimentTestSet(name: name, texts: texts)]
    }
}
