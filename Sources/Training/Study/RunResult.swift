import Files
import Foundation
import Inference
import Transformer

/// What a finished run of a study gave: enough for the report, so that no model has to be asked again.
struct RunResult: Codable {
    let arm: String
    let seed: Int
    /// The arm whose recipe this one's changes; nil: the base recipe is.
    let origin: String?
    let recipe: Recipe
    let conditions: StudyReport.Conditions
    let cost: ModelCost
    /// Of the model's folder on disk.
    let byteCount: Int
    /// Of all stages, with their validations.
    let trainingSeconds: Double
    /// Target tokens of translation, source tokens of sentiment, of all stages.
    let trainingTokens: [TrainingTask: Int]
    /// On the held part, after training: the mean BLEU of the sets, and the accuracy in percent over all texts.
    let held: [TrainingTask: Double]
    let measurement: Measurement
    let cosines: [GradientCosine]

    /// The mean of what the tasks scored on the held part: what arms are ranked by.
    var heldScore: Double { held.values.sorted().reduce(0, +) / Double(max(1, held.count)) }

    var tasks: [TrainingTask] { Study.tasks(of: recipe) }

    /// The parameters that the answers of some tasks depend on: a model has others too, which nobody needs for these.
    func parameterCount(of tasks: [TrainingTask]) -> Int {
        switch tasks {
        case [.translation]: cost.translationParameters
        case [.sentiment]: cost.sentimentParameters
        default: cost.parameters
        }
    }

    /// The size of the folder without the parameters that nobody needs for some tasks; scales of rows are not counted.
    func neededByteCount(of tasks: [TrainingTask]) -> Int {
        let width = (recipe.storage ?? .fp16).precision.byteCount
        return byteCount - width * (cost.parameters - parameterCount(of: tasks))
    }

    /// Multiply-adds of the training: a step forward and back is three times one forward (Kaplan et al. 2020, section
    /// 2.1). Sources of translation are taken to be as long as targets.
    var trainingMultiplyAdds: Double {
        let translation = Double(cost.translationEncoderToken + cost.decoderToken)
        let sentiment =
            Double(cost.sentimentEncoderToken)
            + Double(cost.headSentence) / Double(cost.sentenceLength)
        return 3
            * (Double(trainingTokens[.translation] ?? 0) * translation
                + Double(trainingTokens[.sentiment] ?? 0) * sentiment)
    }

    /// Multiply-adds to do some tasks for a sentence, and those of them in the encoder.
    func answerMultiplyAdds(of tasks: [TrainingTask]) -> (all: Int, encoder: Int) {
        switch tasks {
        case [.translation]:
            (cost.translation, cost.sentenceLength * cost.translationEncoderToken)
        case [.sentiment]: (cost.sentiment, cost.sentenceLength * cost.sentimentEncoderToken)
        default: (cost.both, cost.sentenceLength * cost.bothEncoderToken)
        }
    }
}

extension RunResult {
    /// - Parameter folder: of the finished run.
    init(
        _ run: StudyRun, recipe: Recipe, folder: URL, conditions: StudyReport.Conditions,
        measurement: Measurement
    ) throws {
        let description = try ModelDescription(contentsOf: folder)
        arm = run.arm
        seed = run.seed
        origin = run.origin
        self.recipe = recipe
        self.conditions = conditions
        cost = ModelCost(description.configuration)
        byteCount = description.byteCount
        trainingSeconds = description.card.stages.compactMap(\.seconds).reduce(0, +)
        held = recipe.heldScores(in: description.card)
        self.measurement = measurement
        let records = [ProgressRecord](contentsOf: folder.appending(path: "progress.jsonl"))
        trainingTokens = records.trainedTokens
        cosines = records.compactMap(GradientCosine.init)
    }

    /// A result that was written before; nil if there is none that can be read.
    init?(contentsOf url: URL) {
        guard let data = try? Data(contentsOf: url),
            let result = try? JSONDecoder().decode(RunResult.self, from: data)
        else { return nil }
        self = result
    }

    func write(to url: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.replace(url) { try encoder.encode(self).write(to: $0) }
    }
}
