import ArgumentParser
import Inference
import Transformer

struct Both: LoggingCommand, RepeatingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Translate each line and say how it feels.",
        discussion: """
            Each line of the output has the translation, a TAB, the label, a TAB and the label's \
            probability, as 'translate' and 'sentiment' give them; both come from one pass through \
            the encoder. With --n-best K there are K translations with their scores in front. \
            --polarity warns of translations that feel other than the text, or flags them with \
            --jsonl, where the model was taught the sentiment of both languages.

            \(FilterOptions.discussion)

            \(EnsembleOptions.discussion(.translation, .sentiment))

              echo "What a wonderful film!" | mtl-nlp both --to de
              mtl-nlp both --to de --polarity --jsonl < remarks.txt
            """)

    static let repeatableOptions = EnsembleOptions.repeatable

    @OptionGroup var language: LanguageOptions

    @Flag(help: "Compare how the translation feels with how the text does.")
    var polarity = false

    @OptionGroup var search: SearchOptionGroup
    @OptionGroup var sentiment: SentimentOptions
    @OptionGroup var filter: FilterOptions
    @OptionGroup var models: EnsembleOptions
    @OptionGroup var inference: InferenceOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let model = try models.load(inference, for: .translation, .sentiment)
        try models.checkTranslation(model, hasSentiment: true)
        let request = AnswerRequest(
            translation: try language.request(model, search.options), sentiment: sentiment.request,
            watchesPolarity: polarity)
        try AnswerFilter(
            model, request, listsAlternatives: search.nBest != nil, inference: inference,
            options: filter, logging: logging
        ).run()
    }
}
