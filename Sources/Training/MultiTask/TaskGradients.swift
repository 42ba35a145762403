import Kernels
import Transformer

/// The gradient of a step, and each task's part in it where a method or the log compares them.
///
/// All tasks add to one buffer in their fixed order, whether or not they are compared. A task's part is what the buffer
/// gained, up to the rounding of the sum, so that measuring changes no bit of the update.
final class TaskGradients {
    /// Of the weighted losses of all tasks.
    let sum: Parameters
    /// The negative of each task's part: the sum before less the sum after, which takes the fewest passes over memory. Only
    /// the runs of shared parameters are used.
    private let parts: [Parameters]
    private let shared: [Range<Int>]
    private let workspace: Workspace

    /// - Parameters:
    ///   - taskCount: how many tasks a step has; with one there is nothing to compare.
    ///   - shared: the parameters that all tasks reach and that are trained.
    init(
        _ layout: ParameterLayout, taskCount: Int, shared: [Range<Int>], workspace: Workspace
    ) {
        sum = Parameters(layout)
        parts = taskCount > 1 ? (0..<taskCount).map { _ in Parameters(layout) } : []
        self.shared = shared
        self.workspace = workspace
    }

    /// Begins a step.
    func clear() { sum.all.clear(workspace: workspace) }

    /// Lets a task add its gradient.
    ///
    /// - Parameters:
    ///   - task: its index; the first is the first to add.
    ///   - isMeasured: whether its part is kept.
    func add<Result>(
        of task: Int, isMeasured: Bool, _ backward: (Parameters) throws -> Result
    ) rethrows -> Result {
        guard isMeasured else { return try backward(sum) }
        let part = parts[task]
        for run in shared {
            if task == 0 { part.run(run).clear() } else { part.run(run).copy(from: sum.run(run)) }
        }
        let result = try backward(sum)
        for run in shared {
            addScaled(sum.run(run), scale: -1, into: part.run(run), workspace: workspace)
        }
        return result
    }

    /// The inner products of the tasks' parts, which were all measured, over the shared parameters. Two negatives cancel.
    func products() -> GramMatrix {
        GramMatrix(size: parts.count) { first, second in
            shared.reduce(0) { sum, run in
                sum
                    + sumOfProducts(
                        parts[first].run(run), parts[second].run(run), workspace: workspace)
            }
        }
    }

    /// Makes the sum of the shared parameters' gradients a combination of the measured parts.
    func combine(_ coefficients: [Double]) {
        for (part, coefficient) in zip(parts, coefficients) where coefficient != 1 {
            for run in shared {
                addScaled(
                    part.run(run), scale: Float(1 - coefficient), into: sum.run(run),
                    workspace: workspace)
            }
        }
    }
}
