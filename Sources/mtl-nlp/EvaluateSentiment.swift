import ArgumentParser
import Foundation
import Inference
import Logging
import Training
import Transformer

struct EvaluateSentiment: LoggingCommand, RepeatingCommand {
    static let configuration = CommandConfiguration(
        commandName: "sentiment",
        abstract: "Classify a file of labelled texts and measure the result.",
        discussion: """
            Each line of the file is a text, a TAB and a label. The labels are named (negative, \
            neutral, positive), binary (0 negative, 1 positive) or five (0 and 1 negative, 2 \
            neutral, 3 and 4 positive), or three columns of probabilities; without --classes they are binary if only 0 and 1 occur, \
            else named. Where no text is neutral, the model chooses between the other two labels.

            The result: accuracy; macro-F1 over the labels that occur; the expected calibration \
            error with 15 bins; how often each true label (row) got each answer (column).

              mtl-nlp evaluate sentiment test.tsv
              mtl-nlp evaluate sentiment --classes five --json test.tsv
              mtl-nlp evaluate sentiment --model a --model b --fusion vote test.tsv
            """)

    static let repeatableOptions = EnsembleOptions.repeatable

    @Argument(help: "The labelled texts.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "How labels are written: binary, five, named or probabilities.", valueName: "classes"))
    var classes: LabelScheme?

    @OptionGroup var labels: LabelOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var models: EnsembleOptions
    @OptionGroup var inference: InferenceOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let texts = try readTexts()
        let labels = labels.labels ?? SentimentTestSet(name: file, texts: texts).classes
        let classifier = SentimentClassifier(
            try models.load(inference, for: .sentiment), threadCount: inference.threads.count,
            batchSize: inference.batchSize)
        let report = ClassificationReport(texts, classes: labels, classifier)
        try json ? writeResult(json: report) : writeResult(Self.lines(report))
    }

    /// The texts of the file whose label is one to choose among.
    private func readTexts() throws -> [LabelledText] {
        let texts = try LabelledCorpus.read(URL(fileURLWithPath: file), scheme: classes)
        guard let labels = labels.labels else { return texts }
        let kept = texts.filter { labels.contains($0.label) }
        guard !kept.isEmpty else {
            throw CommandFailure(
                .malformedData, "\(file): no text has a label of --labels; give labels that occur")
        }
        if kept.count < texts.count {
            Logger(label: "mtl-nlp").warning(
                """
                \(file): \(texts.count - kept.count) texts with labels not in --labels are left out
                """
            )
        }
        return kept
    }

    private static func lines(_ report: ClassificationReport) -> [String] {
        let names = SentimentLabel.allCases.map(\.name)
        let rows = zip(names, report.confusion).map { [$0] + $1.map(String.init) }
        return [
            "accuracy\t\(field(report.accuracy))",
            "macro-F1\t\(field(report.macroF1))",
            "ECE\t\(field(report.expectedCalibrationError))",
        ] + ([["confusion"] + names] + rows).map { $0.joined(separator: "\t") }
    }
}

extension LabelScheme: ExpressibleByArgument {}
