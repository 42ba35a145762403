import Inference

/// The counters of a run. With the numbers that a checkpoint keeps beside them they are all that the run needs to go on:
/// every random draw is a function of the recipe's seed and of these.
struct TrainingState: Codable {
    /// The stage of the curriculum, from 0; the number of stages when the run is over.
    var stage = 0
    /// Updates made in the stage.
    var step = 0
    /// Where the batches of each task of the stage stand.
    var positions: [TrainingTask: TaskPosition] = [:]
    /// The numbers that the stage's weighting of losses keeps.
    var weighting: [String: [Double]] = [:]
    /// What the stage has done since its last report.
    var progress = TrainingProgress()
    /// What the best weights of the stage scored on the held part.
    var bestScore: Double?
    var validationsSinceBest = 0
    /// How many of the stage's last validated weights are kept for the average.
    var recentCount = 0
    /// Time spent in the stage, in all sittings.
    var seconds = 0.0
    /// The stages that are over.
    var finished: [ModelCard.Stage] = []

    /// The buffers that a checkpoint with these counters holds.
    ///
    /// - Parameter momentCount: how many moments the optimiser has.
    func bufferNames(momentCount: Int) -> [String] {
        guard step > 0 else { return ["weights"] }
        return ["weights"] + (0..<momentCount).map { "moment-\($0)" }
            + (recentCount > 0 ? ["best"] : []) + (0..<recentCount).map { "recent-\($0)" }
    }

    /// Whether the counters can belong to a run of some stages.
    func isPossible(for stages: [Stage]) -> Bool {
        let counters =
            [stage, step, validationsSinceBest, recentCount]
            + positions.values.flatMap { [$0.epoch, $0.batch] }
        guard counters.allSatisfy({ 0...Int(Int32.max) ~= $0 }), stage <= stages.count else {
            return false
        }
        if stage == stages.count || step == 0 { return true }
        return step <= stages[stage].steps
            && stages[stage].weighting.memory.mapValues(\.count) == weighting.mapValues(\.count)
    }

    /// Moves on to the next stage.
    mutating func finish(_ stage: ModelCard.Stage) {
        finished.append(stage)
        self = TrainingState(stage: self.stage + 1, finished: finished)
    }
}

extension TrainingState {
    /// Reads checkpoints of versions without `weighting` and `progress` too.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        stage = try values.decode(Int.self, forKey: .stage)
        step = try values.decode(Int.self, forKey: .step)
        positions = try values.decode([TrainingTask: TaskPosition].self, forKey: .positions)
        weighting = try values.decodeIfPresent([String: [Double]].self, forKey: .weighting) ?? [:]
        progress =
            try values.decodeIfPresent(TrainingProgress.self, forKey: .progress)
            ?? TrainingProgress()
        bestScore = try values.decodeIfPresent(Double.self, forKey: .bestScore)
        validationsSinceBest = try values.decode(Int.self, forKey: .validationsSinceBest)
        recentCount = try values.decode(Int.self, forKey: .recentCount)
        seconds = try values.decode(Double.self, forKey: .seconds)
        finished = try values.decode([ModelCard.Stage].self, forKey: .finished)
    }
}
