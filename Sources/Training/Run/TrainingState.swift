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
    /// What the best weights of the stage scored on the held part.
    var bestScore: Double?
    var validationsSinceBest = 0
    /// How many of the stage's last validated weights are kept for the average.
    var recentCount = 0
    /// Time spent in the stage, in all sittings.
    var seconds = 0.0
    /// The stages that are over.
    var finished: [ModelCard.Stage] = []

    /// Moves on to the next stage.
    mutating func finish(_ stage: ModelCard.Stage) {
        finished.append(stage)
        self = TrainingState(stage: self.stage + 1, finished: finished)
    }
}
