import Charts
import Inference
import Kernels
import Transformer

/// How the cost of the reference model grows, measured and drawn.
public struct CostCharts {
    private static let batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256]
    private static let lengths = [16, 32, 64, 128, 256]
    private static let targetLength = 16

    private let effort: Effort
    private let threadCounts: [Int]

    /// - Parameter coreCount: of the processor; up to twice as many threads are tried for decoding, as many for training.
    public init(_ effort: Effort, coreCount: Int) {
        self.effort = effort
        threadCounts = (0...10).map { 1 << $0 }.filter { $0 <= max(2, 2 * coreCount) }
    }

    /// The charts by the names of their files.
    public func charts() throws -> [(file: String, chart: LineChart)] {
        let model = try BenchmarkModel(effort.sizes)
        return try [
            ("batch-size.svg", overBatchSize(model)),
            ("sentence-length.svg", overLength(model)),
            ("threads.svg", overThreads(model)),
        ]
    }

    private func overBatchSize(_ model: BenchmarkModel) -> LineChart {
        LineChart(
            title: "Greedy translation, one thread", xLabel: "sentences in a batch",
            yLabel: "milliseconds a sentence",
            InferencePrecision.allCases.map { precision in
                let loaded = model.loaded(precision)
                return series(precision.rawValue, Self.batchSizes) { batchSize in
                    let sentences = model.sentences(count: max(32, batchSize), .testSource)
                    return 1000
                        * ForcedTranslation(
                            loaded, sentences, targetLength: Self.targetLength,
                            batchSize: batchSize, threadCount: 1
                        ).secondsTogether(effort)
                }
            })
    }

    private func overLength(_ model: BenchmarkModel) -> LineChart {
        LineChart(
            title: "Greedy translation, batches of 4, one thread",
            xLabel: "tokens of the sentence and of its translation",
            yLabel: "milliseconds a sentence", hasLogarithmicY: true,
            InferencePrecision.allCases.map { precision in
                let loaded = model.loaded(precision)
                return series(precision.rawValue, Self.lengths) { length in
                    1000
                        * ForcedTranslation(
                            loaded, model.sentences(count: 4, .exactly(length)),
                            targetLength: length, batchSize: 4, threadCount: 1
                        ).secondsTogether(effort)
                }
            })
    }

    private func overThreads(_ model: BenchmarkModel) throws -> LineChart {
        let decoding = InferencePrecision.allCases.map { precision in
            let loaded = model.loaded(precision)
            return series("decoding, " + precision.rawValue, threadCounts) { threadCount in
                let count = max(8, 2 * 64 * threadCount / effort.divisor)
                return 1
                    / ForcedTranslation(
                        loaded, model.sentences(count: count, .testSource),
                        targetLength: Self.targetLength, batchSize: 64, threadCount: threadCount
                    ).secondsTogether(effort)
            }
        }
        // More would not run.
        let trainingCounts = threadCounts.filter { $0 == Workspace.runningThreadCount(of: $0) }
        let training = Precision.allCases.map { precision in
            series("training, " + precision.rawValue, trainingCounts) { threadCount in
                let benchmark = TrainingBenchmark(effort, threadCount: threadCount)
                return benchmark.figure(benchmark.randomBatches(), precision).value
            }
        }
        return LineChart(
            title: "Speed with several threads", xLabel: "threads",
            yLabel: "times the speed of one thread", (decoding + training).map(Self.relative))
    }

    private func series(
        _ name: String, _ arguments: [Int], _ measure: (Int) -> Double
    ) -> LineChart.Series {
        LineChart.Series(name, arguments.map { (Double($0), measure($0)) })
    }

    /// The series divided by its first value.
    private static func relative(_ series: LineChart.Series) -> LineChart.Series {
        let first = series.points[0].y
        return LineChart.Series(series.name, series.points.map { ($0.x, $0.y / first) })
    }
}
