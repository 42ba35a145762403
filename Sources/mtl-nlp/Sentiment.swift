import ArgumentParser
import Inference
import Transformer

struct Sentiment: LoggingCommand, RepeatingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say how each line feels.",
        discussion: """
            Each line of the output is a label (negative, neutral or positive), a TAB and the \
            label's probability. An empty line is neutral with probability 1.0000, whatever the \
            labels are restricted to. With --abstain P the label is 'abstain' where the probability \
            of the best one, which is given all the same, is less than P.

            \(FilterOptions.discussion)

            \(EnsembleOptions.discussion(.sentiment))

              echo "What a wonderful film!" | mtl-nlp sentiment
              mtl-nlp sentiment --labels negative,positive < reviews.txt
              echo '{"id": 7, "text": "Too long."}' | mtl-nlp sentiment --input-jsonl
              mtl-nlp sentiment --model a --model b --model c --fusion vote < reviews.txt
            """)

    static let repeatableOptions = EnsembleOptions.repeatable

    @OptionGroup var sentiment: SentimentOptions
    @OptionGroup var filter: FilterOptions
    @OptionGroup var models: EnsembleOptions
    @OptionGroup var inference: InferenceOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        try AnswerFilter(
            models.load(inference, for: .sentiment), AnswerRequest(sentiment: sentiment.request),
            inference: inference,
            options: filter, logging: logging
        ).run()
    }
}
