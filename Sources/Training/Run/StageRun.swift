import Foundation
import Inference
import Kernels
import Transformer

/// A stage in progress: where its batches, its optimiser, its methods and its best weights stand.
final class StageRun {
    let stage: Stage
    private let index: Int
    private let recipe: Recipe
    private let objective: Objective
    private let workspace: Workspace
    private let optimizer: Optimizer
    private let penalty: WeightPenalty?
    private let gradients: TaskGradients
    private let batches: StageBatches
    private var weighting: any LossWeighting
    private let surgery: (any GradientSurgery)?
    /// Chooses the task of each step; nil if all tasks are in every step.
    private let sampler: TaskSampler?
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
        let slots = stage.trainedSlots(of: objective.model)
        optimizer = Optimizer(recipe.optimizer, layout: layout, slots: slots)
        penalty = WeightPenalty(recipe.regularization, slots: slots)
        for (name, moment) in optimizer.namedMoments {
            if let saved = buffers[name] { moment.copy(from: saved) }
        }
        batches = StageBatches(recipe, stage: index, data, at: state.positions)
        sampler = TaskSampler(recipe, stage: index, data)
        let shared = Set(stage.sharedSlots(of: objective.model))
        gradients = TaskGradients(
            layout, taskCount: sampler == nil ? stage.trainedTasks.count : 1,
            shared: layout.runs(where: shared.contains), workspace: workspace)
        weighting = stage.weighting
        if state.step > 0 { weighting.memory = state.weighting }
        surgery = stage.gradientSurgery?.surgery
        best = buffers["best"]
        recent = (0..<state.recentCount).compactMap { buffers["recent-\($0)"] }
    }

    /// Where the batches stand.
    var positions: [TrainingTask: TaskPosition] { batches.positions }

    /// The numbers that the weighting of the losses keeps.
    var weightingMemory: [String: [Double]] { weighting.memory }

    /// What a checkpoint keeps besides the weights in training.
    var buffers: RunFolder.Buffers {
        var buffers = RunFolder.Buffers(uniqueKeysWithValues: optimizer.namedMoments)
        buffers["best"] = best
        for (number, weights) in recent.enumerated() { buffers["recent-\(number)"] = weights }
        return buffers
    }

    /// One update: a batch of every task of the step, their weighted gradients added, or what the stage's methods make of
    /// them.
    ///
    /// - Parameters:
    ///   - step: from 1.
    ///   - isReported: whether the tasks' gradients are compared although no method needs it.
    /// - Throws: `Divergence` when a loss, or the norm of the gradient or of the weights, is not finite.
    func advance(_ parameters: Parameters, step: Int, isReported: Bool) throws -> StepReport {
        let mark = workspace.arena.mark
        defer { workspace.arena.release(to: mark) }
        let before = positions
        let allTasks = stage.trainedTasks
        let tasks = sampler.map { [allTasks[$0.task(at: step)]] } ?? allTasks
        let isMeasured =
            tasks.count > 1 && (isReported || weighting.needsGradientNorms || surgery != nil)
        var report = StepReport(
            weights: Dictionary(uniqueKeysWithValues: zip(allTasks, weighting.weights)))
        gradients.clear()
        for (number, task) in tasks.enumerated() {
            gradients.add(of: number, isMeasured: isMeasured) {
                addGradients(of: task, parameters, step: step, to: $0, &report)
            }
            guard report.losses[task]?.smoothed.isFinite == true else {
                throw diverged("the loss of \(task.rawValue)", [task], at: before, step: step)
            }
        }
        if isMeasured { compare(tasks, step: step, &report) }
        penalty?.addGradients(of: parameters, to: gradients.sum, workspace: workspace)
        report.gradientNorm = optimizer.norm(ofTrained: gradients.sum, workspace: workspace)
        guard report.gradientNorm.isFinite else {
            throw diverged("the gradient", tasks, at: before, step: step)
        }
        optimizer.update(
            parameters, gradients: gradients.sum, norm: report.gradientNorm,
            learningRate: stage.schedule.learningRate(at: step, of: stage.steps), step: step,
            workspace: workspace)
        guard optimizer.norm(ofTrained: parameters, workspace: workspace).isFinite else {
            throw diverged("the norm of the weights", tasks, at: before, step: step)
        }
        weighting.learn(from: outcome(of: report))
        return report
    }

    /// Adds the gradient of a task's batch to a buffer.
    private func addGradients(
        of task: TrainingTask, _ parameters: Parameters, step: Int, to gradients: Parameters,
        _ report: inout StepReport
    ) {
        let rate = stage.dropout ?? recipe.regularization.dropout
        let seed = SeededGenerator.seed(
            UInt64(recipe.seed), UInt64(index), UInt64(task.number), UInt64(step))
        let pass = Pass(
            parameters, workspace: workspace, precision: recipe.precision,
            dropout: DropoutSource(rate: Float(rate), seed: seed))
        let weight = report.weights[task] ?? 0
        switch task {
        case .translation:
            guard let batch = batches.nextTranslation() else { return }
            report.tokens[task] = batch.reduce(0) { $0 + $1.target.count }
            report.losses[task] = objective.translate(
                batch, weight: weight, pass, gradients: gradients)
        case .sentiment:
            guard let batch = batches.nextSentiment() else { return }
            report.tokens[task] = batch.reduce(0) { $0 + $1.tokens.count }
            report.losses[task] = objective.classify(
                batch, weight: weight, pass, gradients: gradients)
        }
    }

    /// Compares the gradients of a step's tasks, and lets the stage's surgery change their sum.
    private func compare(_ tasks: [TrainingTask], step: Int, _ report: inout StepReport) {
        let gram = gradients.products()
        report.gradientCosine = gram.cosine(0, 1)
        report.gradientNorms = Dictionary(
            uniqueKeysWithValues: tasks.enumerated().map { number, task in
                let weight = report.weights[task] ?? 1
                return (task, weight > 0 ? gram.norm(number) / weight : 0)
            })
        guard let surgery else { return }
        var generator = SeededGenerator(
            seed: SeededGenerator.seed(
                UInt64(recipe.seed), UInt64(index), RandomUse.surgery.rawValue, UInt64(step)))
        gradients.combine(surgery.coefficients(gram, using: &generator))
    }

    /// What the weighting learns from.
    private func outcome(of report: StepReport) -> StepOutcome {
        let tasks = stage.trainedTasks
        return StepOutcome(
            losses: tasks.map { task in
                report.losses[task].map { objective.loss($0, of: task) }
            },
            gradientNorms: tasks.compactMap { report.gradientNorms?[$0] })
    }

    /// - Parameters:
    ///   - what: is not finite.
    ///   - tasks: whose batches may be to blame.
    ///   - positions: of these batches.
    private func diverged(
        _ what: String, _ tasks: [TrainingTask], at positions: [TrainingTask: TaskPosition],
        step: Int
    ) -> Divergence {
        Divergence(
            problem: "stage \(stage.name), step \(step): \(what) is not finite any more",
            batches: tasks.map { task in
                (task, batches.listing(of: task, at: positions[task] ?? TaskPosition()))
            })
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
