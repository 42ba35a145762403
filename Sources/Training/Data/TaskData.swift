import Kernels
import Tokenization

/// The examples of a task, kept as texts and cut into subwords when a batch needs them.
///
/// Sizes are those without BPE-dropout, so that a batch's examples do not depend on it; with dropout a batch has some more
/// tokens than its budget.
public struct TaskData<Text: TrainingText>: Sendable {
    public let texts: [Text]
    public let sizes: [ExampleSize]
    /// How many texts were left out because they are longer than the model takes.
    public let tooLongCount: Int
    private let sampler: SubwordSampler

    public init(
        _ texts: [Text], tokenizer: BPETokenizer, maximumLength: Int, bpeDropout: Double,
        wordDropout: Double = 0,
        threadCount: Int
    ) {
        let sampler = SubwordSampler(
            tokenizer: tokenizer, dropout: bpeDropout, wordDropout: wordDropout,
            maximumLength: maximumLength)
        let sizes = texts.concurrentMap(threadCount: threadCount) { $0.size(sampler) }
        let fitting = zip(texts, sizes).filter { _, size in
            max(size.tokenCount, size.sourceTokenCount) <= maximumLength
        }
        self.texts = fitting.map(\.0)
        self.sizes = fitting.map(\.1)
        tooLongCount = texts.count - fitting.count
        self.sampler = sampler
    }

    /// The examples of a batch.
    ///
    /// - Parameter seed: of the run, the stage and the task; BPE-dropout is a function of it, the epoch and the example.
    public func examples(_ draw: BatchSampler.Draw, seed: UInt64) -> [Text.Example] {
        draw.indices.map { index in
            var generator = SeededGenerator(
                seed: SeededGenerator.seed(seed, UInt64(draw.epoch), UInt64(index)))
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
        sampler = BatchSampler(
            sizes: data.sizes, corpusIndices: data.texts.map(\.corpusIndex), weights: weights,
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
