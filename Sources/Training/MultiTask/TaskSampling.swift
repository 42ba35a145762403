import Foundation
import Kernels

/// How a stage chooses the one task of each step, where otherwise every task has a batch in every step.
///
/// A task is drawn with a probability in proportion to `size ^ exponent`, its size being the tokens of its epoch. All
/// steps have as many tokens, so that with the exponent 1 every task gets through its epochs at the same pace.
public struct SamplingRule: Codable, Hashable, Sendable {
    public enum Method: String, Codable, CaseIterable, Hashable, Sendable {
        /// The exponent is 1.
        case proportional
        /// The exponent is 0.
        case uniform
        /// The exponent is the inverse of the temperature (Arivazhagan et al. 2019).
        case temperature
        /// The exponent falls from 1 in the first step to 0.2 in the last (Stickland and Murray 2019).
        case annealed
    }

    public var method: Method
    /// Of `temperature`.
    public var temperature: Double

    enum CodingKeys: String, RecipeKey {
        case method, temperature
    }

    /// - Parameters:
    ///   - step: from 1.
    ///   - total: the steps of the stage.
    func exponent(at step: Int, of total: Int) -> Double {
        switch method {
        case .proportional: 1
        case .uniform: 0
        case .temperature: 1 / temperature
        case .annealed: 1 - 0.8 * Double(step - 1) / Double(max(1, total - 1))
        }
    }
}

/// Draws the task of each step, a function of the seed and the step alone.
struct TaskSampler {
    let rule: SamplingRule
    /// The size of each task, above 0.
    let sizes: [Double]
    /// The steps of the stage.
    let stepCount: Int
    /// Of the run and the stage.
    let seed: UInt64

    /// The probability of each task.
    ///
    /// - Parameter step: from 1.
    func probabilities(at step: Int) -> [Double] {
        let exponent = rule.exponent(at: step, of: stepCount)
        let largest = sizes.max() ?? 1
        let powers = sizes.map { pow($0 / largest, exponent) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    /// The index of the task of a step.
    func task(at step: Int) -> Int {
        var generator = SeededGenerator(seed: SeededGenerator.seed(seed, UInt64(step)))
        var rest = generator.nextUnit()
        let probabilities = probabilities(at: step)
        for (task, probability) in probabilities.enumerated() {
            rest -= probability
            if rest < 0 { return task }
        }
        return probabilities.count - 1
    }
}

extension TaskSampler {
    /// That of a stage; nil if all tasks are in every step.
    init?(_ recipe: Recipe, stage index: Int, _ data: TrainingData) {
        let stage = recipe.curriculum[index]
        guard let rule = stage.sampling else { return nil }
        let sizes = stage.trainedTasks.map { task in
            switch task {
            case .translation:
                data.translation.epochTokenCount(weights: recipe.corpora.translation.map(\.weight))
            case .sentiment:
                data.sentiment.epochTokenCount(weights: recipe.corpora.sentiment.map(\.weight))
            }
        }
        self.init(
            rule: rule, sizes: sizes, stepCount: stage.steps,
            seed: SeededGenerator.seed(
                UInt64(recipe.seed), UInt64(index), RandomUse.sampling.rawValue))
    }
}
