import Foundation
import Inference
import Kernels
import Logging
import Tokenization
import Transformer

extension TrainingData {
    /// What a stage with a projection trains on.
    ///
    /// - Parameters:
    ///   - stage: its number, from 0.
    ///   - hasBegun: whether steps of the stage were made, so that its labels are in the folder.
    ///   - folder: of the run.
    ///   - classify: the scores of texts, by the model with which the stage begins.
    /// - Returns: the recipe and the data with a corpus more.
    /// - Throws: `TrainingError` when no label is sure enough, or the file of labels cannot be written or read.
    func projecting(
        _ rule: Stage.Projection, _ recipe: Recipe, stage: Int, hasBegun: Bool, folder: URL,
        threadCount: Int, logger: Logger, classify: ([String]) -> [SentimentScores]
    ) throws -> (Recipe, TrainingData) {
        let files = ProjectionFiles(in: folder, stage: stage, rule)
        let name = recipe.curriculum[stage].name
        if !hasBegun {
            let projected = ProjectedTexts(
                rule, candidates(for: rule, recipe), held: HeldTexts(held.sentiment),
                seed: SeededGenerator.seed(UInt64(recipe.seed), UInt64(stage)), classify: classify)
            logger.info("\(name): \(projected.description)")
            guard !projected.texts.isEmpty else {
                let ofClass = rule.isBalanced ? " of one of the classes" : ""
                throw TrainingError(
                    .malformed,
                    "stage \(name): no label to project\(ofClass) is as probable as "
                        + "\(rule.minimumProbability) and may be trained on; begin anew with a lower "
                        + "minimum_probability, or from this model with 'init' in a recipe of its own"
                )
            }
            try files.write(projected)
        }
        let data = adding(try files.read(), threadCount: threadCount, recipe)
        return (recipe.adding(rule), data)
    }

    /// The pairs of a projection's corpora for each of its languages, the sides that are labelled first; each once.
    private func candidates(for rule: Stage.Projection, _ recipe: Recipe) -> [[SentencePair]] {
        var candidates = rule.languages.map { _ in [SentencePair]() }
        var seen: Set<SentencePair> = []
        for text in translation.texts {
            let corpus = recipe.corpora.translation[text.corpusIndex]
            guard rule.corpora.contains(corpus.name) else { continue }
            let target = configuration.languages[text.languageIndex]
            let source = target == corpus.to ? corpus.from : corpus.to
            let isReversed = target == rule.from
            guard let language = rule.languages.firstIndex(of: isReversed ? source : target),
                isReversed || source == rule.from
            else { continue }
            let pair = SentencePair(
                source: (isReversed ? text.target : text.source).string,
                target: (isReversed ? text.source : text.target).string)
            if seen.insert(pair).inserted { candidates[language].append(pair) }
        }
        return candidates
    }

    /// The same with some texts for sentiment more, a corpus of its own.
    private func adding(
        _ texts: [LabelledText], threadCount: Int, _ recipe: Recipe
    ) -> TrainingData {
        var data = self
        let all = Set(SentimentLabel.allCases)
        data.sentiment.add(
            texts.map {
                SentimentText(
                    text: NormalizedText($0.text), target: .init($0.label, of: all),
                    corpusIndex: recipe.corpora.sentiment.count)
            }, threadCount: threadCount)
        return data
    }
}

extension Recipe {
    /// The name of the corpus that a stage's projection makes.
    private static let projectedName = "projected"

    /// The same with a corpus for sentiment more, which a stage's projection makes.
    fileprivate func adding(_ rule: Stage.Projection) -> Recipe {
        var recipe = self
        recipe.corpora.sentiment.append(
            SentimentCorpus(
                name: Self.projectedName, file: "", labels: .named,
                language: rule.languages.joined(separator: ", "), weight: rule.weight,
                isHeldOut: false))
        return recipe
    }
}
