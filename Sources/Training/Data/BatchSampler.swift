/// How far a task has come: the next batch is `batch` of `epoch`, both from 0.
public struct TaskPosition: Codable, Hashable, Sendable {
    public var epoch = 0
    public var batch = 0

    public init(epoch: Int = 0, batch: Int = 0) {
        self.epoch = epoch
        self.batch = batch
    }
}

/// Endless batches of examples of similar length, each epoch in a new order.
///
/// Which examples a batch holds is a function of the seed and the position, so that two numbers resume a run.
public struct BatchSampler: Sendable {
    /// A batch: its place and the examples that it holds.
    public struct Draw: Hashable, Sendable {
        public let position: TaskPosition
        public let indices: [Int32]
    }

    private let sizes: [ExampleSize]
    private let corpora: [[Int32]]
    private let weights: [Double]
    private let budget: Int
    private let seed: UInt64
    private var plan: EpochPlan

    /// The batch that comes next.
    public private(set) var position: TaskPosition

    /// - Parameters:
    ///   - sizes: of all examples, at least one.
    ///   - corpusIndices: the corpus of each example, or the part of one that has a weight of its own.
    ///   - weights: how often each corpus, or part, stands in an epoch.
    ///   - budget: the most tokens of a batch; one example may pass it alone.
    ///   - seed: of the run, the stage and the task.
    ///   - position: where to begin.
    public init(
        sizes: [ExampleSize], corpusIndices: [Int], weights: [Double], budget: Int, seed: UInt64,
        position: TaskPosition = TaskPosition()
    ) {
        precondition(!sizes.isEmpty && sizes.count == corpusIndices.count, "no examples to sample")
        var corpora = [[Int32]](repeating: [], count: weights.count)
        for (example, corpus) in corpusIndices.enumerated() {
            corpora[corpus].append(Int32(example))
        }
        self.sizes = sizes
        self.corpora = corpora
        self.weights = weights
        self.budget = budget
        self.seed = seed
        self.position = position
        plan = EpochPlan(
            sizes: sizes, corpora: corpora, weights: weights, budget: budget, seed: seed,
            epoch: position.epoch)
    }

    /// The next batch; after the last of an epoch, the first of the next.
    public mutating func next() -> Draw {
        if position.batch >= plan.batchCount {
            position = TaskPosition(epoch: position.epoch + 1)
            plan = EpochPlan(
                sizes: sizes, corpora: corpora, weights: weights, budget: budget, seed: seed,
                epoch: position.epoch)
        }
        defer { position.batch += 1 }
        return Draw(position: position, indices: Array(plan[position.batch]))
    }

    /// How many batches the epoch of the position has.
    public var batchCount: Int { plan.batchCount }
}
