import Kernels

/// The batches of a stage's tasks.
final class StageBatches {
    private let recipe: Recipe
    private let data: TrainingData
    private let index: Int
    private var translation: PreparedBatches<TranslationText>?
    private var sentiment: PreparedBatches<SentimentText>?

    /// - Parameters:
    ///   - index: of the stage.
    ///   - positions: where the batches begin.
    init(
        _ recipe: Recipe, stage index: Int, _ data: TrainingData,
        at positions: [TrainingTask: TaskPosition]
    ) {
        self.recipe = recipe
        self.data = data
        self.index = index
        for task in recipe.curriculum[index].trainedTasks {
            let position = positions[task] ?? TaskPosition()
            switch task {
            case .translation:
                translation = PreparedBatches(translationBatches(at: position))
            case .sentiment:
                sentiment = PreparedBatches(sentimentBatches(at: position))
            }
        }
    }

    /// Where the batches stand.
    var positions: [TrainingTask: TaskPosition] {
        var positions: [TrainingTask: TaskPosition] = [:]
        positions[.translation] = translation?.position
        positions[.sentiment] = sentiment?.position
        return positions
    }

    /// The next batch of translation; nil if the stage does not train it.
    func nextTranslation() -> [TranslationExample]? { translation?.next() }

    /// The next batch of sentiment; nil if the stage does not train it.
    func nextSentiment() -> [SentimentExample]? { sentiment?.next() }

    /// The batch of a task at a position.
    func listing(of task: TrainingTask, at position: TaskPosition) -> BatchListing {
        let (corpora, folder) = (recipe.corpora, data.folder)
        let normalizer = data.tokenizer.normalizer
        switch task {
        case .translation:
            var batches = translationBatches(at: position)
            return BatchListing(
                batches.nextTexts(), of: corpora.translation, in: folder, normalizer)
        case .sentiment:
            var batches = sentimentBatches(at: position)
            return BatchListing(
                batches.nextTexts(), of: corpora.sentiment, in: folder, normalizer)
        }
    }

    private func translationBatches(at position: TaskPosition) -> TaskBatches<TranslationText> {
        TaskBatches(
            data.translation, weights: recipe.corpora.translation.map(\.weight),
            budget: recipe.curriculum[index].tokenBudget(of: .translation),
            seed: seed(.translation), position: position)
    }

    private func sentimentBatches(at position: TaskPosition) -> TaskBatches<SentimentText> {
        TaskBatches(
            data.sentiment, weights: recipe.corpora.sentiment.map(\.weight),
            budget: recipe.curriculum[index].tokenBudget(of: .sentiment), seed: seed(.sentiment),
            position: position)
    }

    private func seed(_ task: TrainingTask) -> UInt64 {
        SeededGenerator.seed(UInt64(recipe.seed), UInt64(index), UInt64(task.number))
    }
}
