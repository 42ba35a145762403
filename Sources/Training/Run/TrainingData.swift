import Files
import Foundation
import Inference
import Tokenization
import Transformer

/// What a run learns from, and what it is measured on.
struct TrainingData {
    /// Where the paths of the recipe begin.
    let folder: URL
    let tokenizer: BPETokenizer
    let configuration: ModelConfiguration
    let translation: TranslationData
    var sentiment: SentimentData
    /// The held part, which chooses checkpoints.
    let held: Validation
    /// Sets that are measured and choose nothing, whole.
    let tests: Validation
    let counts: [CorpusCounts]

    /// Reads the corpora and learns the tokenizer, unless there is a model that has one.
    ///
    /// - Parameters:
    ///   - file: of the recipe, for errors.
    ///   - folder: where the paths of the recipe begin.
    ///   - languageIdentifier: the file of the one that comes with the program, for cleaning.
    ///   - source: the model whose tokenizer and sizes are kept: the one that the run starts from or goes on with.
    ///   - given: the tokenizer, if it has been learned and there is no such model.
    /// - Throws: `FileError` for a corpus or the recipe.
    init(
        _ recipe: Recipe, file: URL, folder: URL, languageIdentifier: URL?, source: LoadedModel?,
        tokenizer given: BPETokenizer? = nil, threadCount: Int
    ) throws {
        self.folder = folder
        try recipe.check(languageIdentifier: languageIdentifier, file: file)
        let languages = source?.tokenizer.vocabulary.languages ?? recipe.tokenizer?.languages ?? []
        try recipe.check(languages: languages, file: file)
        let normalizer =
            source?.tokenizer.normalizer ?? Normalizer(recipe.tokenizer?.normalization ?? .init())
        let corpora = try TrainingCorpora(
            recipe, folder: folder, normalizer: normalizer, languages: languages,
            languageIdentifier: languageIdentifier, threadCount: threadCount)
        if let source {
            tokenizer = source.tokenizer
            var configuration = source.model.configuration
            // It belonged to the weights that the run changes.
            configuration.sentimentTemperature = nil
            self.configuration = configuration
        } else if let rule = recipe.tokenizer, let sizes = recipe.model {
            tokenizer =
                try given
                ?? Self.learnTokenizer(rule, corpora, file: file, threadCount: threadCount)
            configuration = sizes.configuration(
                vocabularySize: tokenizer.vocabulary.count, languages: languages)
        } else {
            preconditionFailure("a recipe names a model to start from, or its sizes")
        }
        try recipe.check(Model(configuration), file: file)
        translation = TranslationData(
            corpora.translation, tokenizer: tokenizer,
            maximumLength: configuration.maximumLength,
            bpeDropout: recipe.regularization.bpeDropout,
            augmentation: TextAugmentation(recipe.regularization),
            balance: SamplingBalance(corpora: recipe.corpora.balance?.translation),
            threadCount: threadCount)
        sentiment = SentimentData(
            corpora.sentiment, tokenizer: tokenizer, maximumLength: configuration.maximumLength,
            bpeDropout: recipe.regularization.bpeDropout,
            augmentation: TextAugmentation(recipe.regularization),
            balance: SamplingBalance(
                corpora: recipe.corpora.balance?.sentiment, classes: recipe.corpora.balance?.classes
            ),
            threadCount: threadCount)
        for task in TrainingTask.allCases
        where recipe.curriculum.contains(where: { $0.tasks[task] != nil }) {
            let isEmpty = task == .translation ? translation.texts.isEmpty : sentiment.texts.isEmpty
            guard !isEmpty else {
                throw FileError(
                    .malformed, file,
                    "nothing is left to train \(task.rawValue) on after the hold-out and without "
                        + "texts of more than \(configuration.maximumLength) tokens; add corpora")
            }
        }
        held = Validation(
            translation: corpora.heldTranslation, sentiment: corpora.heldSentiment
        ).prefix(recipe.validation.sentences)
        let tests = try recipe.validation.tests.testSets(in: folder)
        self.tests = Validation(translation: tests.translation, sentiment: tests.sentiment)
        counts = corpora.counts
    }

    /// Learns the tokenizer of a recipe without training a model.
    ///
    /// - Throws: as the initialiser.
    static func learnTokenizer(
        _ recipe: Recipe, _ rule: Recipe.TokenizerRule, file: URL, folder: URL,
        languageIdentifier: URL?, threadCount: Int
    ) throws -> BPETokenizer {
        try recipe.check(languageIdentifier: languageIdentifier, file: file)
        let corpora = try TrainingCorpora(
            recipe, folder: folder, normalizer: Normalizer(rule.normalization),
            languages: rule.languages, languageIdentifier: languageIdentifier,
            threadCount: threadCount)
        return try learnTokenizer(rule, corpora, file: file, threadCount: threadCount)
    }

    private static func learnTokenizer(
        _ rule: Recipe.TokenizerRule, _ corpora: TrainingCorpora, file: URL, threadCount: Int
    ) throws -> BPETokenizer {
        let trainer = BPETrainer(
            vocabularySize: rule.vocabularySize, languages: rule.languages,
            rule: rule.normalization, threadCount: threadCount)
        do {
            return try trainer.train(corpora.lines)
        } catch let error as BPETrainerError {
            throw FileError(.malformed, file, "tokenizer.vocabulary_size: \(error)")
        }
    }
}

extension TrainingData {
    /// How often an epoch holds the examples of each corpus, and of each class where classes are balanced, in words; none
    /// where the recipe asks for no balance.
    func balanceReport(_ corpora: Recipe.Corpora) -> [String] {
        guard let balance = corpora.balance else { return [] }
        var report: [String] = []
        if balance.translation != nil {
            let groups = translation.groups(weights: corpora.translation.map(\.weight))
            report += zip(corpora.translation, groups.weights).map { corpus, weight in
                "\(corpus.name): \(Self.times(weight)) an epoch"
            }
        }
        if balance.sentiment != nil || balance.classes != nil {
            let weights = sentiment.groups(weights: corpora.sentiment.map(\.weight)).weights
            let perCorpus = weights.count / max(1, corpora.sentiment.count)
            report += corpora.sentiment.enumerated().map { index, corpus in
                let own = weights[index * perCorpus..<(index + 1) * perCorpus]
                let names = perCorpus == 1 ? [""] : SentimentLabel.allCases.map { "\($0.name) " }
                let parts = zip(names, own).map { $0 + Self.times($1) }
                return "\(corpus.name): \(parts.joined(separator: ", ")) an epoch"
            }
        }
        return report
    }

    private static func times(_ weight: Double) -> String { String(format: "%.2f times", weight) }
}

extension Recipe {
    /// Refuses stages that have nothing to do in a model. That of a recipe was looked at when it was read; one to start
    /// from was not known then.
    ///
    /// - Parameter file: of the recipe.
    fileprivate func check(_ model: Model, file: URL) throws {
        for stage in curriculum {
            if stage.trainedSlots(of: model).isEmpty {
                throw FileError(
                    .malformed, file,
                    "stage '\(stage.name)' freezes all that its tasks reach in the model; leave a "
                        + "part out of freeze")
            }
            if stage.comparesGradients && stage.sharedSlots(of: model).isEmpty {
                throw FileError(
                    .malformed, file,
                    "stage '\(stage.name)' compares the gradients of what its tasks share, which is "
                        + "nothing that it trains; remove the method or thaw a part")
            }
        }
    }
}
