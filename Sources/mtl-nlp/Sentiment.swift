import ArgumentParser
import Inference
import Transformer

struct Sentiment: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say how each line of standard input feels.",
        discussion: """
            Each line of standard output is a label (negative, neutral or positive), a TAB and the \
            label's probability. An empty line is neutral with probability 1.0000, whatever the \
            labels are restricted to.

              echo "What a wonderful film!" | mtl-nlp sentiment
              mtl-nlp sentiment --labels negative,positive < reviews.txt
            """)

    @OptionGroup var labels: LabelOptions
    @OptionGroup var inference: InferenceOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let model = try inference.load()
        let classifier = SentimentClassifier(
            model, threadCount: inference.threads.count, batchSize: inference.batchSize)
        try filterStandardInput(lookAhead: inference.lookAhead) { lines in
            zip(lines, classifier.classify(lines.map(\.text))).map { line, scores in
                let isEmpty =
                    scores == .ofEmptyText
                    && model.tokenizer.normalizer.normalize(line.text).string.isEmpty
                return answer(isEmpty ? scores : labels.labels.map(scores.restricted) ?? scores)
            }
        }
    }

    private func answer(_ scores: SentimentScores) -> String {
        "\(scores.label.name)\t\(field(scores.probability))"
    }
}

struct LabelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The labels to choose among, with commas between them (default: all).",
            valueName: "labels"),
        transform: parse)
    var labels: Set<SentimentLabel>?

    @Sendable private static func parse(_ text: String) throws -> Set<SentimentLabel> {
        let known = SentimentLabel.allCases.map(\.name).joined(separator: ", ")
        let labels = try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard let label = SentimentLabel(name: String(name)) else {
                throw ValidationError("'\(name)' is no label; there are \(known)")
            }
            return label
        }
        guard Set(labels).count == labels.count else {
            throw ValidationError("a label is given more than once")
        }
        return Set(labels)
    }
}
