import Foundation
import Transformer

/// What a stage has done, and what of it since its last report. It is kept in checkpoints, so that the reports of a run
/// that was stopped are those of one that was not.
struct TrainingProgress: Codable {
    /// A report is made after so many steps, and after the last that a stage may have.
    static let interval = 50

    private var losses: [TrainingTask: LossSum] = [:]
    private var tokenCount = 0
    private var seconds = 0.0
    /// Of the whole stage: target tokens of translation, source tokens of sentiment.
    private(set) var tokens: [TrainingTask: Int] = [:]

    mutating func add(_ report: StepReport, seconds: Double) {
        for (task, sum) in report.losses { losses[task, default: LossSum()] += sum }
        for (task, count) in report.tokens {
            tokens[task, default: 0] += count
            tokenCount += count
        }
        self.seconds += seconds
    }

    /// Begins a new report.
    mutating func begin() {
        let tokens = tokens
        self = TrainingProgress()
        self.tokens = tokens
    }

    /// The mean negative log-probability of each task's targets since the last report.
    var meanLosses: [TrainingTask: Double] {
        losses.mapValues { $0.negativeLogProbability / Double(max(1, $0.count)) }
    }

    /// The stage and step, the mean loss of each task, tokens a second, the time left; after a step that compared the
    /// tasks' gradients also its cosine and weights.
    func line(_ report: StepReport, _ state: TrainingState, _ curriculum: [Stage]) -> String {
        let stage = curriculum[state.stage]
        let means = meanLosses
        let rate = Double(tokenCount) / max(seconds, 1e-9)
        let learningRate = stage.schedule.learningRate(at: state.step, of: stage.steps)
        var parts = [
            "\(stage.name) \(state.step)/\(stage.steps)",
            "loss: " + text(means, "%.4f"),
            "learning rate " + String(format: "%.6f", learningRate),
        ]
        if let cosine = report.gradientCosine {
            parts.append("weights: " + text(report.weights, "%.4g"))
            parts.append("gradient cosine " + String(format: "%.3f", cosine))
        }
        parts.append("\(Int(rate)) tokens/s")
        parts.append(
            Self.duration(remaining(state, curriculum, tokenRate: rate)) + " left")
        return parts.joined(separator: ", ")
    }

    private func text(_ values: [TrainingTask: Double], _ format: String) -> String {
        TrainingTask.allCases.compactMap { task in
            values[task].map { "\(task.rawValue) \(String(format: format, $0))" }
        }.joined(separator: ", ")
    }

    /// The seconds that the rest of the curriculum takes at a rate, without validations.
    private func remaining(
        _ state: TrainingState, _ curriculum: [Stage], tokenRate: Double
    ) -> Double {
        let tokens = curriculum.enumerated().dropFirst(state.stage).reduce(0) { sum, element in
            let (index, stage) = element
            let done = index == state.stage ? state.step : 0
            return sum + (stage.steps - done) * stage.batchTokens
        }
        return Double(tokens) / max(tokenRate, 1e-9)
    }

    private static func duration(_ seconds: Double) -> String {
        let minutes = Int(min(seconds / 60, 1e6))
        if minutes >= 120 { return "\(minutes / 60) h \(minutes % 60) min" }
        return minutes > 0 ? "\(minutes) min" : "\(Int(seconds)) s"
    }
}
