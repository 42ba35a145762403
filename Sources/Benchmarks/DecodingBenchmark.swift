import Inference
import Transformer

/// Translation with the reference shape: every sentence has 16 target tokens.
public struct DecodingBenchmark {
    private static let targetLength = 16
    private static let batchSize = 64
    private static let beamSizes = [1, 5]
    /// Sentences that are translated one at a time.
    private static let singleCount = 32

    private let effort: Effort
    private let threadCount: Int

    public init(_ effort: Effort, threadCount: Int) {
        self.effort = effort
        self.threadCount = threadCount
    }

    public func figures(_ report: (Figure) throws -> Void) throws {
        let model = try BenchmarkModel(effort.sizes)
        for precision in InferencePrecision.allCases {
            let loaded = model.loaded(precision)
            for beamSize in Self.beamSizes {
                try report(inBatches(model, loaded, precision, beamSize: beamSize))
            }
            try report(oneAtATime(model, loaded, precision))
        }
    }

    private func inBatches(
        _ model: BenchmarkModel, _ loaded: LoadedModel, _ precision: InferencePrecision,
        beamSize: Int
    ) -> Figure {
        // Eight batches for each thread, as many as a filter answers together.
        let count = max(1, 8 * Self.batchSize * threadCount / effort.divisor)
        let work = ForcedTranslation(
            loaded, model.sentences(count: count, .testSource), targetLength: Self.targetLength,
            beamSize: beamSize, batchSize: Self.batchSize, threadCount: threadCount)
        return Figure(
            "decoding", .sentencesPerSecond, 1 / work.secondsTogether(effort),
            precision: precision.rawValue, threads: threadCount, batch: Self.batchSize,
            beam: beamSize)
    }

    private func oneAtATime(
        _ model: BenchmarkModel, _ loaded: LoadedModel, _ precision: InferencePrecision
    ) -> Figure {
        let count = max(1, Self.singleCount / effort.divisor)
        let work = ForcedTranslation(
            loaded, model.sentences(count: count, .testSource), targetLength: Self.targetLength,
            batchSize: 1, threadCount: threadCount)
        return Figure(
            "decoding", .milliseconds, 1000 * work.secondsOneByOne(effort),
            precision: precision.rawValue, threads: threadCount, batch: 1, beam: 1)
    }
}
