import ArgumentParser
import Inference
import Transformer

struct SentimentOptions: ParsableArguments {
    @OptionGroup var labels: LabelOptions

    @Option(
        help: ArgumentHelp(
            "Give the label 'abstain' where no label has this probability, from 0 to 1.",
            valueName: "p"),
        transform: probability)
    var abstain: Float?

    var request: SentimentRequest {
        SentimentRequest(labels: labels.labels, abstentionThreshold: abstain)
    }

    @Sendable private static func probability(_ text: String) throws -> Float {
        guard let value = Float(text), (0...1).contains(value) else {
            throw ValidationError("give a number from 0 to 1")
        }
        return value
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
