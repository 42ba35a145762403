import Files
import Foundation
import Tokenization
import Transformer

/// The corpora of a recipe, read, normalised and split into a part to train on and a held part.
public struct TrainingCorpora: Sendable {
    /// What to train on; a pair of a corpus with both directions stands here twice.
    public private(set) var translation: [TranslationText] = []
    public private(set) var sentiment: [SentimentText] = []
    /// The held part, a set for each corpus and direction that has any.
    public private(set) var heldTranslation: [TranslationTestSet] = []
    public private(set) var heldSentiment: [SentimentTestSet] = []
    /// What became of the lines, by corpus.
    public private(set) var counts: [CorpusCounts] = []
    /// What a tokenizer is to learn from: each text of the training part once; of corpora that are made of others, what no
    /// corpus before them has.
    public private(set) var lines: [String] = []

    /// - Parameters:
    ///   - folder: where the paths of the recipe begin.
    ///   - languages: the target languages of the model.
    ///   - languageIdentifier: the file of the one that comes with the program, for cleaning.
    /// - Throws: `FileError`.
    public init(
        _ recipe: Recipe, folder: URL, normalizer: Normalizer, languages: [String],
        languageIdentifier: URL? = nil, threadCount: Int
    ) throws {
        let reader = CorpusReader(
            folder: folder, normalizer: normalizer, cleaning: recipe.corpora.cleaning,
            identifiers: try CleaningIdentifiers(recipe, folder: folder, own: languageIdentifier),
            threadCount: threadCount)
        let holdOut = HoldOut(recipe.holdOut)
        try addTranslation(recipe, reader, holdOut, languages)
        try addSentiment(recipe, reader, holdOut)
    }

    private mutating func addTranslation(
        _ recipe: Recipe, _ reader: CorpusReader, _ holdOut: HoldOut, _ languages: [String]
    ) throws {
        let corpora = recipe.corpora.translation
        let parts = split(try corpora.map(reader.pairs)) { pairs in
            holdOut.sides(
                of: pairs.map {
                    (
                        WordSequence($0.source.string), WordSequence($0.target.string),
                        WordSequence($0.origin.string)
                    )
                })
        }
        for (index, (corpus, part)) in zip(corpora, parts).enumerated() {
            counts.append(CorpusCounts(name: corpus.name, part))
            addLines(
                part.training.flatMap { [$0.source.string, $0.target.string] },
                isDerived: corpus.join != nil)
            for pair in part.training {
                for direction in corpus.directionPairs {
                    guard let language = languages.firstIndex(of: direction.to) else { continue }
                    translation.append(
                        TranslationText(
                            source: direction.isReversed ? pair.target : pair.source,
                            target: direction.isReversed ? pair.source : pair.target,
                            languageIndex: language, corpusIndex: index))
                }
            }
            heldTranslation += corpus.testSets(of: part.held.map(\.pair))
        }
    }

    /// - Parameter isDerived: whether the texts probably stand in another corpus too.
    private mutating func addLines(_ texts: [String], isDerived: Bool) {
        guard isDerived else {
            lines += texts
            return
        }
        var known = Set(lines)
        lines += texts.filter { known.insert($0).inserted }
    }

    private mutating func addSentiment(
        _ recipe: Recipe, _ reader: CorpusReader, _ holdOut: HoldOut
    ) throws {
        let corpora = recipe.corpora.sentiment
        let parts = split(try corpora.map(reader.texts)) { texts in
            holdOut.sides(
                of: texts.map {
                    (
                        WordSequence($0.text.string), $0.mayBeHeld,
                        $0.origins.map { WordSequence($0.string) }
                    )
                })
        }
        for (index, (corpus, part)) in zip(corpora, parts).enumerated() {
            counts.append(CorpusCounts(name: corpus.name, part))
            addLines(part.training.map(\.text.string), isDerived: corpus.through != nil)
            for example in part.training {
                sentiment.append(
                    SentimentText(
                        text: example.text,
                        target: example.labelled.target(of: corpus.labels.classes),
                        corpusIndex: index))
            }
            heldSentiment += corpus.testSets(of: part.held.map(\.labelled))
        }
    }
}

extension LabelledText {
    /// What a model is to learn of the text.
    ///
    /// - Parameter classes: of its corpus.
    fileprivate func target(of classes: Set<SentimentLabel>) -> SentimentLoss.Target {
        probabilities.map(SentimentLoss.Target.init(probabilities:))
            ?? SentimentLoss.Target(label, of: classes)
    }
}

extension Recipe.Corpora {
    /// The corpora as test sets.
    ///
    /// - Throws: `FileError`.
    func testSets(
        in folder: URL
    ) throws -> (translation: [TranslationTestSet], sentiment: [SentimentTestSet]) {
        (
            try translation.flatMap { $0.testSets(of: try $0.read(in: folder).pairs) },
            try sentiment.flatMap { $0.testSets(of: try $0.read(in: folder).texts) }
        )
    }
}

extension Recipe {
    /// Refuses a target language that the model does not have: known only when `init` names the model.
    ///
    /// - Parameter file: of the recipe.
    func check(languages: [String], file: URL) throws {
        for corpus in corpora.translation + validation.tests.translation {
            for direction in corpus.directionPairs where !languages.contains(direction.to) {
                let known = languages.joined(separator: ", ")
                throw FileError(
                    .malformed, file,
                    "the model translates to \(known), not to '\(direction.to)' as corpus "
                        + "'\(corpus.name)' asks; leave the corpus out")
            }
        }
    }
}
