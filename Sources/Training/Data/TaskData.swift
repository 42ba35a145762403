import Kernels
import Tokenization

/// The examples of a task, kept as texts and cut into subwords when a batch needs them.
///
/// Sizes are those without BPE-dropout and other random changes, so that a batch's examples do not depend on them; with them
/// a batch has some more tokens than its budget.
public struct TaskData<Text: TrainingText>: Sendable {
    public private(set) var texts: [Text] = []
    public private(set) var sizes: [ExampleSize] = []
    /// How many texts were left out because they are longer than the model takes.
    public private(set) var tooLongCount = 0
    private let balance: SamplingBalance
    private let sampler: SubwordSampler

    public init(
        _ texts: [Text], tokenizer: BPETokenizer, maximumLength: Int, bpeDropout: Double,
        augmentation: TextAugmentation = TextAugmentation(),
        balance: SamplingBalance = SamplingBalance(), threadCount: Int
    ) {
        self.balance = balance
        sampler = SubwordSampler(
            tokenizer: tokenizer, dropout: bpeDropout, augmentation: augmentation,
            maximumLength: maximumLength)
        add(texts, threadCount: threadCount)
    }

    /// Adds those texts that are not too long.
    mutating func add(_ more: [Text], threadCount: Int) {
        let sampler = sampler
        let moreSizes = more.concurrentMap(threadCount: threadCount) { $0.size(sampler) }
        let fitting = zip(more, moreSizes).filter { _, size in
            max(size.tokenCount, size.sourceTokenCount) <= sampler.maximumLength
        }
        texts += fitting.map(\.0)
        sizes += fitting.map(\.1)
        tooLongCount += more.count - fitting.count
    }

    /// The examples that are drawn equally often, and how often.
    ///
    /// - Parameter weights: of the recipe's corpora of the task.
    public func groups(weights: [Double]) -> SamplingBalance.Groups {
        balance.groups(
            corpusIndices: texts.map(\.corpusIndex), classIndices: texts.map(\.classIndex),
            classCount: Text.classCount, weights: weights)
    }

    /// The tokens of an epoch that count against the budgets of batches.
    ///
    /// - Parameter weights: of the recipe's corpora of the task.
    func epochTokenCount(weights: [Double]) -> Double {
        let groups = groups(weights: weights)
        return zip(groups.indices, sizes).reduce(0) { sum, example in
            sum + groups.weights[example.0] * Double(example.1.tokenCount)
        }
    }

    /// The examples of a batch.
    ///
    /// - Parameter seed: of the run, the stage and the task; every random change is a function of it and of the example's
    ///   place, so that one that stands in an epoch several times is changed differently each time.
    public func examples(_ draw: BatchSampler.Draw, seed: UInt64) -> [Text.Example] {
        let position = draw.position
        return draw.indices.enumerated().map { place, index in
            var generator = SeededGenerator(
                seed: SeededGenerator.seed(
                    seed, UInt64(position.epoch), UInt64(position.batch), UInt64(place)))
            return texts[Int(index)].example(sampler, using: &generator)
        }
    }
}

/// Endless batches of a task's examples.
public struct TaskBatches<Text: TrainingText>: Sendable {
    private let data: TaskData<Text>
    private let seed: UInt64
    private var sampler: BatchSampler

    /// - Parameters:
    ///   - data: at least one example.
    ///   - weights: of the recipe's corpora of the task.
    ///   - budget: the most tokens of a batch.
    ///   - seed: of the run, the stage and the task.
    ///   - position: where to begin.
    public init(
        _ data: TaskData<Text>, weights: [Double], budget: Int, seed: UInt64,
        position: TaskPosition = TaskPosition()
    ) {
        self.data = data
        self.seed = seed
        let groups = data.groups(weights: weights)
        sampler = BatchSampler(
            sizes: data.sizes, corpusIndices: groups.indices, weights: groups.weights,
            budget: budget, seed: seed, position: position)
    }

    /// The batch that comes next; two numbers that resume the sequence.
    public var position: TaskPosition { sampler.position }

    /// How many batches the epoch of the position has.
    public var batchCount: Int { sampler.batchCount }

    public mutating func next() -> [Text.Example] {
        data.examples(sampler.next(), seed: seed)
    }

    /// The texts of the next batch.
    mutating func nextTexts() -> [Text] { sampler.next().indices.map { data.texts[Int($0)] } }
}

public typealias TranslationData = TaskData<TranslationText>
public typealias SentimentData = TaskData<SentimentText>
