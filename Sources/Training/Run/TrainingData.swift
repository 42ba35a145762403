import Files
import Foundation
import Inference
import Tokenization
import Transformer

/// What a run learns from, and what it is measured on.
struct TrainingData {
    let tokenizer: BPETokenizer
    let configuration: ModelConfiguration
    let translation: TranslationData
    let sentiment: SentimentData
    /// The held part, which chooses checkpoints.
    let held: Validation
    /// Sets that are measured and choose nothing.
    let tests: Validation
    let counts: [CorpusCounts]

    /// Reads the corpora and learns the tokenizer, unless there is a model that has one.
    ///
    /// - Parameters:
    ///   - file: of the recipe, for errors.
    ///   - folder: where the paths of the recipe begin.
    ///   - languageIdentifier: the file of the one that comes with the program, for cleaning.
    ///   - source: the model whose tokenizer and sizes are kept: the one that the run starts from or goes on with.
    /// - Throws: `FileError` for a corpus or the recipe.
    init(
        _ recipe: Recipe, file: URL, folder: URL, languageIdentifier: URL?, source: LoadedModel?,
        threadCount: Int
    ) throws {
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
            let trainer = BPETrainer(
                vocabularySize: rule.vocabularySize, languages: languages,
                rule: rule.normalization, threadCount: threadCount)
            do {
                tokenizer = try trainer.train(corpora.lines)
            } catch let error as BPETrainerError {
                throw FileError(.malformed, file, "tokenizer.vocabulary_size: \(error)")
            }
            configuration = sizes.configuration(
                vocabularySize: tokenizer.vocabulary.count, languages: languages)
        } else {
            preconditionFailure("a recipe names a model to start from, or its sizes")
        }
        let model = Model(configuration)
        for stage in recipe.curriculum where stage.trainedSlots(of: model).isEmpty {
            throw FileError(
                .malformed, file,
                "stage '\(stage.name)' freezes all that its tasks reach in the model; leave a part "
                    + "out of freeze")
        }
        translation = TranslationData(
            corpora.translation, tokenizer: tokenizer,
            maximumLength: configuration.maximumLength,
            bpeDropout: recipe.regularization.bpeDropout, threadCount: threadCount)
        sentiment = SentimentData(
            corpora.sentiment, tokenizer: tokenizer, maximumLength: configuration.maximumLength,
            bpeDropout: recipe.regularization.bpeDropout,
            wordDropout: recipe.regularization.wordDropout, threadCount: threadCount)
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
        held = Validation(translation: corpora.heldTranslation, sentiment: corpora.heldSentiment)
        let tests = try recipe.testSets(folder: folder)
        self.tests = Validation(translation: tests.translation, sentiment: tests.sentiment)
        counts = corpora.counts
    }
}
