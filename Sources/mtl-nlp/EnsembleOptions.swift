import ArgumentParser
import Foundation
import Inference
import Logging
import Transformer

/// The model or the models that answer.
struct EnsembleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The model's folder (default: MTL_NLP_MODEL, else the model that comes with the "
                + "program); given several times, the models answer together.",
            valueName: "dir"),
        completion: .directory)
    var model: [String] = []

    @Option(
        help: ArgumentHelp(
            "How several models answer as one: mean or vote (default: mean).",
            valueName: "fusion"))
    var fusion: Ensemble.Fusion?

    @Option(
        help: ArgumentHelp(
            "How much each model counts, in their order, with commas between the numbers "
                + "(default: all alike).",
            valueName: "weights"),
        transform: parseWeights)
    var modelWeights: [Double]?

    /// Options that may be given several times.
    static let repeatable: Set<String> = ["--model"]

    /// Help on several models that do some tasks.
    static func discussion(_ tasks: ModelTask...) -> String {
        let ways = tasks.map { task in
            switch task {
            case .translation:
                """
                Translations are searched for by the mean of their probabilities of the next \
                token, which needs models with one tokenizer.
                """
            case .sentiment:
                """
                The probabilities of sentiment are averaged, or with --fusion vote each model votes \
                for its most probable label, with its weight; of labels with equal votes the one \
                with the larger mean probability wins, and the probability is the mean of those who \
                voted for it.
                """
            }
        }
        return (["With several --model the models answer together."] + ways).joined(separator: " ")
    }

    func validate() throws {
        if model.count < 2, fusion != nil || modelWeights != nil {
            throw ValidationError(
                "--\(fusion == nil ? "model-weights" : "fusion") has a meaning with several --model "
                    + "only; leave it out")
        }
        if let modelWeights, modelWeights.count != model.count {
            throw ValidationError(
                "--model-weights: \(modelWeights.count) given for \(model.count) models; give one for "
                    + "each")
        }
    }

    /// - Throws: `CommandFailure` for models that cannot translate together, or by the fusion that was asked for.
    func checkTranslation(_ ensemble: Ensemble, hasSentiment: Bool) throws {
        if fusion == .vote, !hasSentiment {
            throw CommandFailure(
                .usage, "--fusion vote: there is no vote on translations; use mean")
        }
        if let obstacle = ensemble.translationObstacle {
            throw CommandFailure(
                .usage, InferenceError.differentTokenizers(obstacle).description)
        }
    }

    /// Reads the models, and warns of those that were not taught what they are to do.
    func load(_ inference: InferenceOptions, for tasks: ModelTask...) throws -> Ensemble {
        let folders =
            model.isEmpty
            ? [try ModelOptions.existingFolder(named: nil)]
            : try model.map(ModelOptions.existingFolder(named:))
        let models = try folders.map(inference.load)
        for (folder, model) in zip(folders, models) {
            for task in tasks where model.card.untaughtTasks.contains(task) {
                Logger(label: "mtl-nlp").warning(
                    """
                    \(folder.path): the model's card names no corpus of \(task.rawValue), so that its \
                    answers are chance; give another model
                    """)
            }
        }
        return Ensemble(models, weights: modelWeights, fusion: fusion ?? .mean)
    }
}

extension Ensemble.Fusion: ExpressibleByArgument {}

/// A reader of weights with commas between them.
@Sendable func parseWeights(_ text: String) throws -> [Double] {
    let weights = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let weight = Double(part), weight.isFinite, weight >= 0 else {
            throw ValidationError("'\(part)' is not a number of at least 0")
        }
        return weight
    }
    let sum = weights.reduce(0, +)
    guard sum > 0, sum.isFinite else { throw ValidationError("give a number above 0") }
    return weights
}
