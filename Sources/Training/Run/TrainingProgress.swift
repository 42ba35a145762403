import Foundation
import Transformer

/// What happened since the last report, in words: the stage and step, the mean loss of each task, tokens a second, the time
/// left.
struct TrainingProgress {
    private let curriculum: [Stage]
    private var losses: [TrainingTask: LossSum] = [:]
    private var tokenCount = 0
    private var seconds = 0.0

    init(_ curriculum: [Stage]) { self.curriculum = curriculum }

    mutating func add(_ report: StageRun.Report, seconds: Double) {
        for (task, sum) in report.losses { losses[task, default: LossSum()] += sum }
        tokenCount += report.tokenCount
        self.seconds += seconds
    }

    /// The report, after which a new one begins.
    mutating func line(_ state: TrainingState) -> String {
        defer { self = TrainingProgress(curriculum) }
        let stage = curriculum[state.stage]
        let means = stage.trainedTasks.compactMap { task in
            losses[task].map { sum in
                let mean = sum.negativeLogProbability / Double(max(1, sum.count))
                return "\(task.rawValue) \(String(format: "%.4f", mean))"
            }
        }
        let rate = Double(tokenCount) / max(seconds, 1e-9)
        return
            "\(stage.name) \(state.step)/\(stage.steps), loss: \(means.joined(separator: ", ")), "
            + "learning rate "
            + String(
                format: "%.6f", stage.schedule.learningRate(at: state.step, of: stage.steps))
            + ", \(Int(rate)) tokens/s, \(Self.duration(remaining(state, tokenRate: rate))) left"
    }

    /// The seconds that the rest of the curriculum takes at a rate, without validations.
    private func remaining(_ state: TrainingState, tokenRate: Double) -> Double {
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
