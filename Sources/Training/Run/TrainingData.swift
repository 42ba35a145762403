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

    /// Reads the corpora and learns the tokenizer, unless the run starts from a model that has one.
    init(_ recipe: Recipe, folder: URL, initial: LoadedModel?, threadCount: Int) throws {
        let languages = recipe.tokenizer?.languages ?? initial?.tokenizer.vocabulary.languages ?? []
        let normalizer =
            initial?.tokenizer.normalizer ?? Normalizer(recipe.tokenizer?.normalization ?? .init())
        let corpora = try TrainingCorpora(
            recipe, folder: folder, normalizer: normalizer, languages: languages,
            threadCount: threadCount)
        if let initial {
            tokenizer = initial.tokenizer
            configuration = initial.model.configuration
        } else if let rule = recipe.tokenizer, let sizes = recipe.model {
            tokenizer = try BPETrainer(
                vocabularySize: rule.vocabularySize, languages: languages,
                rule: rule.normalization, threadCount: threadCount
            ).train(corpora.lines)
            configuration = sizes.configuration(
                vocabularySize: tokenizer.vocabulary.count, languages: languages)
        } else {
            preconditionFailure("a recipe names a model to start from, or its sizes")
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
                throw TrainingError(
                    .malformed,
                    "recipe \(recipe.name): nothing is left to train \(task.rawValue) on "
                        + "after the hold-out and without texts of more than "
                        + "\(configuration.maximumLength) tokens; add corpora")
            }
        }
        held = Validation(translation: corpora.heldTranslation, sentiment: corpora.heldSentiment)
        let tests = try recipe.testSets(folder: folder, languages: languages)
        self.tests = Validation(translation: tests.translation, sentiment: tests.sentiment)
        counts = corpora.counts
    }
}
