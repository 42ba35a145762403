import Kernels

/// How long an example is, in tokens.
public struct ExampleSize: Hashable, Sendable {
    /// What counts against the budget of a batch: the target of a translation, the text of a sentiment.
    public let tokenCount: Int32
    /// The source of a translation, else 0; a batch may have four times its budget of them.
    public let sourceTokenCount: Int32
}

/// The batches of one epoch: a function of sizes, weights, budget, seed and the epoch's number.
struct EpochPlan: Sendable {
    /// The tokens that the sources of a batch may have for each of its budget: short targets of long sources would else
    /// make batches that no memory holds.
    private static let sourceShare = 4

    /// So many examples are sorted by length at once: enough for even batches, too few for an epoch to be sorted.
    static let windowSize = 16384

    private let order: [Int32]
    private let starts: [Int]

    var batchCount: Int { starts.count - 1 }

    /// The indices of a batch's examples.
    subscript(batch: Int) -> ArraySlice<Int32> { order[starts[batch]..<starts[batch + 1]] }

    /// - Parameters:
    ///   - corpora: the indices of the examples of each corpus.
    ///   - weights: how often each corpus stands in an epoch.
    init(
        sizes: [ExampleSize], corpora: [[Int32]], weights: [Double], budget: Int, seed: UInt64,
        epoch: Int
    ) {
        var drawn = zip(corpora, weights).enumerated().flatMap { index, corpus in
            Self.draw(
                corpus.0, weight: corpus.1, epoch: epoch,
                seed: SeededGenerator.seed(seed, 1, UInt64(index)))
        }
        var generator = SeededGenerator(seed: SeededGenerator.seed(seed, 2, UInt64(epoch)))
        generator.shuffle(&drawn)
        var batches: [ArraySlice<Int32>] = []
        for start in stride(from: 0, to: drawn.count, by: Self.windowSize) {
            let window = drawn[start..<min(start + Self.windowSize, drawn.count)]
            batches += Self.cut(Self.sorted(window, by: sizes), sizes: sizes, budget: budget)
        }
        generator.shuffle(&batches)
        order = Array(batches.joined())
        starts = batches.reduce(into: [0]) { starts, batch in
            starts.append(starts[starts.count - 1] + batch.count)
        }
    }

    /// An epoch's share of a corpus: all of it as often as the weight is whole, and of the remaining fraction another part
    /// each epoch, so that every example has its turn.
    private static func draw(
        _ corpus: [Int32], weight: Double, epoch: Int, seed: UInt64
    ) -> [Int32] {
        let copies = Array(repeating: corpus, count: Int(weight)).flatMap { $0 }
        let fraction = weight - weight.rounded(.down)
        if fraction == 0 || corpus.isEmpty { return copies }
        let share = max(1, Int((fraction * Double(corpus.count)).rounded()))
        var generator = SeededGenerator(seed: seed)
        var shuffled = corpus
        generator.shuffle(&shuffled)
        let first = epoch % corpus.count * share
        return copies + (first..<first + share).map { shuffled[$0 % corpus.count] }
    }

    /// The examples from the shortest to the longest, equals in the order they came.
    private static func sorted(_ examples: ArraySlice<Int32>, by sizes: [ExampleSize]) -> [Int32] {
        let keyed = examples.enumerated().map { position, example in
            let size = sizes[Int(example)]
            return (
                key: (UInt64(size.tokenCount) << 40) | (UInt64(size.sourceTokenCount) << 20)
                    | UInt64(position), example: example
            )
        }
        return keyed.sorted { $0.key < $1.key }.map(\.example)
    }

    /// Cuts before the budget would be passed; an example over the budget is a batch of its own.
    private static func cut(
        _ examples: [Int32], sizes: [ExampleSize], budget: Int
    ) -> [ArraySlice<Int32>] {
        var batches: [ArraySlice<Int32>] = []
        var (start, used, sourceUsed) = (0, 0, 0)
        for (position, example) in examples.enumerated() {
            let size = sizes[Int(example)]
            let isFull =
                used + Int(size.tokenCount) > budget
                || sourceUsed + Int(size.sourceTokenCount) > sourceShare * budget
            if isFull && position > start {
                batches.append(examples[start..<position])
                (start, used, sourceUsed) = (position, 0, 0)
            }
            used += Int(size.tokenCount)
            sourceUsed += Int(size.sourceTokenCount)
        }
        if start < examples.count { batches.append(examples[start...]) }
        return batches
    }
}
