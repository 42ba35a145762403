/// How long something takes for a task by itself, and for both at once.
struct TaskSeconds: Codable, Hashable {
    /// Nil for a task that was not trained.
    private(set) var translation: Double?
    private(set) var sentiment: Double?
    private(set) var both: Double?

    /// Measures the tasks that a model was trained for.
    init(_ tasks: [TrainingTask], _ work: (Set<TrainingTask>) throws -> Void) rethrows {
        if tasks.contains(.translation) {
            translation = try Self.median { try work([.translation]) }
        }
        if tasks.contains(.sentiment) {
            sentiment = try Self.median { try work([.sentiment]) }
        }
        if tasks.count == TrainingTask.allCases.count {
            both = try Self.median { try work(Set(tasks)) }
        }
    }

    init(translation: Double? = nil, sentiment: Double? = nil, both: Double? = nil) {
        self.translation = translation
        self.sentiment = sentiment
        self.both = both
    }

    /// The median of three rounds, after one in which weights are packed.
    private static func median(_ work: () throws -> Void) rethrows -> Double {
        var rounds: [Double] = []
        for _ in 0..<4 {
            let start = ContinuousClock.now
            try work()
            let elapsed = (ContinuousClock.now - start).components
            rounds.append(Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
        }
        return rounds.dropFirst().sorted()[1]
    }
}
