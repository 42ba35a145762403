import Inference
import Transformer

/// Measures a model on some sets.
struct Validation {
    let translation: [TranslationTestSet]
    let sentiment: [SentimentTestSet]

    /// The first examples of each set; all if the count is 0.
    func prefix(_ count: Int) -> Validation {
        Validation(
            translation: translation.map { $0.prefix(count) },
            sentiment: sentiment.map { $0.prefix(count) })
    }

    /// What a model scored.
    struct Result {
        var scores: [ModelCard.Score] = []
        /// The mean BLEU of the translation sets.
        var bleu: Double?
        /// The accuracy in percent over the texts of all sentiment sets.
        var accuracy: Double?

        /// The number that chooses checkpoints: BLEU, accuracy, or the mean of both; nil if nothing was measured.
        func score(by selection: Stage.Selection) -> Double? {
            switch selection {
            case .translation: bleu
            case .sentiment: accuracy
            case .both:
                bleu.flatMap { bleu in accuracy.map { (bleu + $0) / 2 } } ?? bleu ?? accuracy
            }
        }
    }

    /// - Parameter tasks: those that are measured.
    func measure(
        _ loaded: LoadedModel, tasks: [TrainingTask], beamSize: Int, batchSize: Int,
        threadCount: Int
    ) throws -> Result {
        var result = Result()
        if tasks.contains(.translation) && !translation.isEmpty {
            let translator = Translator(loaded, threadCount: threadCount, batchSize: batchSize)
            try measure(translator, SearchOptions(beamSize: beamSize), into: &result)
        }
        if tasks.contains(.sentiment) && !sentiment.isEmpty {
            measure(
                SentimentClassifier(loaded, threadCount: threadCount, batchSize: batchSize),
                into: &result)
        }
        return result
    }

    private func measure(
        _ translator: Translator, _ options: SearchOptions, into result: inout Result
    ) throws {
        var sum = 0.0
        for set in translation {
            let quality = try TranslationQuality(
                set.pairs, to: set.to, translator, options: options)
            let search = "beam:\(options.beamSize)"
            result.scores += [
                .init(
                    set: set.title, metric: "bleu", value: quality.bleu.score,
                    signature: "\(quality.bleu.signature)|\(search)"),
                .init(
                    set: set.title, metric: "chrf", value: quality.chrF.score,
                    signature: "\(quality.chrF.signature)|\(search)"),
            ]
            sum += quality.bleu.score
        }
        result.bleu = sum / Double(translation.count)
    }

    private func measure(_ classifier: SentimentClassifier, into result: inout Result) {
        var right = 0.0, count = 0.0
        for set in sentiment {
            let report = ClassificationReport(
                set.texts, classes: set.classes, classifier)
            let signature = "classes:\(set.classes.count)|n:\(report.count)"
            result.scores += [
                .init(
                    set: set.name, metric: "accuracy", value: 100 * report.accuracy,
                    signature: signature),
                .init(
                    set: set.name, metric: "macro_f1", value: 100 * report.macroF1,
                    signature: signature),
            ]
            right += report.accuracy * Double(report.count)
            count += Double(report.count)
        }
        result.accuracy = 100 * right / count
    }
}
