import Kernels
import Tokenization
import Transformer

/// Training steps on given batches of sentence pairs, without recipe and corpora: what is measured when it is asked how
/// fast training is.
package final class TranslationSteps {
    private static let dropoutRate: Float = 0.1
    private static let learningRate = 1e-3

    private let objective: Objective
    private let optimizer: Optimizer
    private let parameters: Parameters
    private let gradients: Parameters
    let workspace: Workspace
    private let precision: Precision
    private var step = 0

    /// - Parameters:
    ///   - startTokens: of the target languages.
    ///   - precision: of the matrix products.
    package init(
        _ model: Model, startTokens: [TokenID], precision: Precision, threadCount: Int
    ) {
        self.precision = precision
        objective = Objective(
            model: model, startTokens: startTokens,
            translationLoss: TranslationLoss(labelSmoothing: 0.1),
            sentimentLoss: SentimentLoss(labelSmoothing: 0.1))
        let rule = Recipe.OptimizerRule(
            name: .adam, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, momentum: 0, weightDecay: 0,
            maximumGradientNorm: 1)
        optimizer = Optimizer(
            rule, layout: model.layout, slots: model.slots(reachedBy: .translation))
        parameters = model.initialParameters(seed: 1)
        gradients = Parameters(model.layout)
        workspace = Workspace(threadCount: threadCount)
    }

    /// One update; the mean loss of a target token before it.
    @discardableResult
    package func run(_ batch: [TranslationExample]) -> Double {
        step += 1
        let mark = workspace.arena.mark
        defer { workspace.arena.release(to: mark) }
        gradients.all.clear(workspace: workspace)
        let pass = Pass(
            parameters, workspace: workspace, precision: precision,
            dropout: DropoutSource(rate: Self.dropoutRate, seed: UInt64(step)))
        let loss = objective.translate(batch, weight: 1, pass, gradients: gradients)
        optimizer.update(
            parameters, gradients: gradients,
            norm: optimizer.norm(ofTrained: gradients, workspace: workspace),
            learningRate: Self.learningRate, step: step, workspace: workspace)
        return loss.smoothed / Double(loss.count)
    }
}
