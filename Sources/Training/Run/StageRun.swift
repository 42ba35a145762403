import Foundation
import Inference
import Kernels
import Transformer

/// A stage in progress: where its batches, its optimiser and its best weights stand.
final class StageRun {
    let stage: Stage
    private let index: Int
    private let recipe: Recipe
    private let objective: Objective
    private let workspace: Workspace
    private let optimizer: Optimizer
    private let gradients: Parameters
    private var translation: PreparedBatches<TranslationText>?
    private var sentiment: PreparedBatches<SentimentText>?
    /// The weights that scored best on the held part.
    private var best: Parameters?
    /// The last validated weights, the newest last.
    private var recent: [Parameters]

    /// - Parameters:
    ///   - state: where the stage stands.
    ///   - buffers: the moments and weights that belong to the state; empty at its beginning.
    init(
        _ recipe: Recipe, _ objective: Objective, _ data: TrainingData, _ state: TrainingState,
        _ buffers: RunFolder.Buffers, _ workspace: Workspace
    ) {
        index = state.stage
        stage = recipe.curriculum[index]
        self.recipe = recipe
        self.objective = objective
        self.workspace = workspace
        let layout = objective.model.layout
        optimizer = Optimizer(
            recipe.optimizer, layout: layout, slots: stage.trainedSlots(of: objective.model))
        for (name, moment) in optimizer.namedMoments {
            if let saved = buffers[name] { moment.copy(from: saved) }
        }
        gradients = Parameters(layout)
        best = buffers["best"]
        recent = (0..<state.recentCount).compactMap { buffers["recent-\($0)"] }
        for task in stage.trainedTasks {
            let seed = SeededGenerator.seed(
                UInt64(recipe.seed), UInt64(index), UInt64(task.number))
            let position = state.positions[task] ?? TaskPosition()
            let budget = stage.tokenBudget(of: task)
            switch task {
            case .translation:
                translation = PreparedBatches(
                    TaskBatches(
                        data.translation, weights: recipe.corpora.translation.map(\.weight),
                        budget: budget, seed: seed, position: position))
            case .sentiment:
                sentiment = PreparedBatches(
                    TaskBatches(
                        data.sentiment, weights: recipe.corpora.sentiment.map(\.weight),
                        budget: budget, seed: seed, position: position))
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

    /// What a checkpoint keeps besides the weights in training.
    var buffers: RunFolder.Buffers {
        var buffers = RunFolder.Buffers(uniqueKeysWithValues: optimizer.namedMoments)
        buffers["best"] = best
        for (number, weights) in recent.enumerated() { buffers["recent-\(number)"] = weights }
        return buffers
    }

    /// What a step did.
    struct Report {
        var losses: [TrainingTask: LossSum] = [:]
        /// Target tokens of translation and tokens of sentiment.
        var tokenCount = 0
    }

    /// One update: a batch of every task of the stage, their weighted gradients added.
    ///
    /// - Parameter step: from 1.
    /// - Throws: `TrainingError` when the gradient is not finite; the weights are then as before.
    func advance(_ parameters: Parameters, step: Int) throws -> Report {
        let mark = workspace.arena.mark
        defer { workspace.arena.release(to: mark) }
        gradients.all.clear()
        var report = Report()
        for task in stage.trainedTasks {
            report.losses[task] = addGradients(
                of: task, parameters, step: step, tokenCount: &report.tokenCount)
        }
        let norm = optimizer.gradientNorm(gradients, workspace: workspace)
        guard norm.isFinite else {
            throw TrainingError(
                .diverged,
                "stage \(stage.name), step \(step): the gradient is not finite any more; "
                    + "the last good checkpoint is kept; begin anew with a lower learning rate")
        }
        optimizer.update(
            parameters, gradients: gradients, norm: norm,
            learningRate: stage.schedule.learningRate(at: step, of: stage.steps), step: step,
            workspace: workspace)
        return report
    }

    private func addGradients(
        of task: TrainingTask, _ parameters: Parameters, step: Int, tokenCount: inout Int
    ) -> LossSum? {
        let rate = stage.dropout ?? recipe.regularization.dropout
        let seed = SeededGenerator.seed(
            UInt64(recipe.seed), UInt64(index), UInt64(task.number), UInt64(step))
        let pass = Pass(
            parameters, workspace: workspace, precision: recipe.precision,
            dropout: DropoutSource(rate: Float(rate), seed: seed))
        let weight = stage.tasks[task] ?? 0
        switch task {
        case .translation:
            guard let batch = translation?.next() else { return nil }
            tokenCount += batch.reduce(0) { $0 + $1.target.count }
            return objective.translate(batch, weight: weight, pass, gradients: gradients)
        case .sentiment:
            guard let batch = sentiment?.next() else { return nil }
            tokenCount += batch.reduce(0) { $0 + $1.tokens.count }
            return objective.classify(batch, weight: weight, pass, gradients: gradients)
        }
    }

    /// Takes note of how the current weights did on the held part; without one the last weights are the best.
    ///
    /// - Returns: whether they are the best so far.
    func record(_ parameters: Parameters, score: Double?, in state: inout TrainingState) -> Bool {
        let copy = Parameters(parameters.layout)
        copy.copy(from: parameters)
        recent = Array((recent + [copy]).suffix(recipe.averaging.checkpoints))
        state.recentCount = recent.count
        if let score, let best = state.bestScore, score <= best {
            state.validationsSinceBest += 1
            return false
        }
        best = copy
        state.bestScore = score
        state.validationsSinceBest = 0
        return true
    }

    /// The mean of the last validated weights (Junczys-Dowmunt et al. 2016, section 2); nil if there is but one.
    func average() -> Parameters? {
        guard let layout = recent.first?.layout, recent.count > 1 else { return nil }
        let mean = Parameters(layout)
        for weights in recent {
            addScaled(
                weights.all, scale: 1 / Float(recent.count), into: mean.all, workspace: workspace)
        }
        return mean
    }

    /// The weights that scored best.
    var bestWeights: Parameters? { best }
}

extension Optimizer {
    /// The moments by their names in a checkpoint.
    fileprivate var namedMoments: [(String, Parameters)] {
        moments.enumerated().map { ("moment-\($0)", $1) }
    }
}

extension TrainingTask {
    /// What tells the task's random draws from another's.
    fileprivate var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
