import ArgumentParser
import Benchmarks
import Files
import Foundation
import PretrainedModel

struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast this program is on this machine.",
        discussion: """
            No trained model is needed: training and decoding are measured with random weights of \
            a reference shape (6 encoder and 2 decoder layers, dimension 256, feed-forward 1024, 4 \
            heads, vocabulary 8,000). A figure is the median of at least five repetitions, after \
            one that does not count. Let nothing else run meanwhile.

              mtl-nlp benchmark matmul --threads 2
              mtl-nlp benchmark decoding --json
            """,
        subcommands: [
            BenchmarkMatmul.self, BenchmarkTraining.self, BenchmarkDecoding.self,
            BenchmarkTokenizer.self, BenchmarkStart.self, BenchmarkPlot.self,
        ])
}

struct EffortOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Repeat the work of each figure for so long, and five times at least (default: 3).",
            valueName: "s"),
        transform: seconds)
    var seconds: Double?

    @Flag(
        help: "Do little work with a tiny model, to try the command: the figures mean nothing.")
    var small = false

    var effort: Effort {
        var effort = small ? Effort.small : .full
        if let seconds { effort.seconds = seconds }
        return effort
    }

    @Sendable private static func seconds(_ text: String) throws -> Double {
        guard let value = Double(text), (0...3600).contains(value) else {
            throw ValidationError("give a number of seconds from 0 to 3600")
        }
        return value
    }
}

struct FigureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The number of threads (default: MTL_NLP_THREADS, else 2 for training, 1 for all else).",
            valueName: "n"),
        transform: wholeNumber(in: ThreadOptions.range))
    var threads: Int?

    @Flag(help: "Print each figure as a line of JSON.")
    var json = false

    @OptionGroup var effort: EffortOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws { _ = try ThreadOptions.environmentCount() }

    func threadCount(default count: Int) -> Int {
        threads ?? (try? ThreadOptions.environmentCount()) ?? count
    }

    /// Prints figures: as JSON each when it is measured, as a table all together.
    func write(_ measure: (_ report: (Figure) throws -> Void) throws -> Void) throws {
        if json { return try measure { try writeResult(json: $0) } }
        var figures: [Figure] = []
        try measure { figures.append($0) }
        try writeResult(FigureTable.lines(figures))
    }
}

struct BenchmarkMatmul: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "matmul",
        abstract: "Measure the matrix product.",
        discussion: """
            The shapes are those of the reference model's layers: [m, k] times [k, n]. The right \
            operand is packed beforehand, as weights are. The limit is the rate of a loop of \
            multiply-adds on registers alone: what this processor can do at most in fp32.

              mtl-nlp benchmark matmul --threads 2
            """)

    @OptionGroup var options: FigureOptions
    var logging: LoggingOptions { options.logging }

    func run() throws {
        let benchmark = MatrixBenchmark(
            options.effort.effort, threadCount: options.threadCount(default: 1))
        try options.write(benchmark.figures)
    }
}

struct BenchmarkTraining: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Measure steps of training a translation.",
        discussion: """
            A batch has 4,000 target tokens. Sentences are random tokens, as long as those of \
            Multi30k; with --source and --target they are those of two files, after a vocabulary \
            of 8,000 has been learned from them.

              mtl-nlp benchmark training --source train.en --target train.de --json
            """)

    @Option(help: ArgumentHelp("The sentences.", valueName: "file"), completion: .file())
    var source: String?

    @Option(help: ArgumentHelp("Their translations.", valueName: "file"), completion: .file())
    var target: String?

    @OptionGroup var options: FigureOptions
    var logging: LoggingOptions { options.logging }

    func validate() throws {
        if (source == nil) != (target == nil) {
            throw ValidationError("--source and --target need each other; give both or none")
        }
    }

    func run() throws {
        var text: TrainingBenchmark.Text?
        if let source, let target {
            text = TrainingBenchmark.Text(
                source: URL(fileURLWithPath: source), target: URL(fileURLWithPath: target))
        }
        let benchmark = TrainingBenchmark(
            options.effort.effort, threadCount: options.threadCount(default: 2), text: text)
        try options.write(benchmark.figures)
    }
}

struct BenchmarkDecoding: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "decoding",
        abstract: "Measure translation.",
        discussion: """
            Every sentence has 16 target tokens, and as many source tokens as one of Multi30k's \
            test set. It is measured in batches of 64 with beams of 1 and 5, and one sentence at a \
            time with a beam of 1.

              mtl-nlp benchmark decoding --threads 2 --json
            """)

    @OptionGroup var options: FigureOptions
    var logging: LoggingOptions { options.logging }

    func run() throws {
        let benchmark = DecodingBenchmark(
            options.effort.effort, threadCount: options.threadCount(default: 1))
        try options.write(benchmark.figures)
    }
}

struct BenchmarkTokenizer: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Measure encoding text and learning a vocabulary of 8,000.",
        discussion: """
            Encoding begins with normalising, by a tokenizer that has seen no word before. The \
            text is synthetic unless files are named.

              mtl-nlp benchmark tokenizer --text train.en train.de
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Files to encode and to learn from.", valueName: "file"),
        completion: .file())
    var text: [String] = []

    @OptionGroup var options: FigureOptions
    var logging: LoggingOptions { options.logging }

    func run() throws {
        let benchmark = TokenizerBenchmark(
            options.effort.effort, threadCount: options.threadCount(default: 1),
            text: text.map { URL(fileURLWithPath: $0) })
        try options.write(benchmark.figures)
    }
}

struct BenchmarkStart: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Measure the whole program: echo hi | mtl-nlp sentiment.",
        discussion: """
            The program runs itself, with the model that comes with it or that MTL_NLP_MODEL \
            names: from its start to its end, and the most memory it had (peak_mb, in 10^6 bytes).

              mtl-nlp benchmark start
            """)

    @OptionGroup var options: FigureOptions
    var logging: LoggingOptions { options.logging }

    func run() throws {
        let benchmark = StartBenchmark(
            options.effort.effort, threadCount: options.threadCount(default: 1),
            executable: PretrainedModel.executable)
        try options.write(benchmark.figures)
    }
}

struct BenchmarkPlot: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Measure and draw how cost grows.",
        discussion: """
            Writes batch-size.svg, sentence-length.svg and threads.svg into a folder, replacing \
            what is there under these names.

              mtl-nlp benchmark plot --output plots
            """)

    @Option(
        help: ArgumentHelp("The folder to write into.", valueName: "dir"), completion: .directory)
    var output: String

    @OptionGroup var effort: EffortOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let folder = URL(fileURLWithPath: output)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                .inputOutput, "\(output): the folder cannot be made; check the path and rights")
        }
        let charts = CostCharts(
            effort.effort, coreCount: ProcessInfo.processInfo.activeProcessorCount)
        for (file, chart) in try charts.charts() {
            try AtomicFile.replace(folder.appendingPathComponent(file)) { temporary in
                try Data(chart.svg.utf8).write(to: temporary)
            }
        }
    }
}
