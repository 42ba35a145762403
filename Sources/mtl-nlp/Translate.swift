import ArgumentParser
import Inference
import Transformer

struct Translate: LoggingCommand, RepeatingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Translate each line.",
        discussion: """
            Each line of the output is the translation of the same line of the input; an empty line \
            has an empty one. With --n-best K a line holds K times a translation, a TAB and its \
            score (the logarithm of its probability for each token), best first, with TABs between \
            them. A text of some words that is surely in the target language already is given as \
            it is, unless --from names a language.

            \(FilterOptions.discussion)

            \(EnsembleOptions.discussion(.translation))

              mtl-nlp translate --to de < english.txt > german.txt
              mtl-nlp translate --to de --mode wrapped --input a.txt --output b.txt
              echo "A dog runs." | mtl-nlp translate --to de --beam 8 --n-best 3
              mtl-nlp translate --to de --model run-1 --model run-2 < english.txt
            """)

    static let repeatableOptions = EnsembleOptions.repeatable

    @OptionGroup var language: LanguageOptions
    @OptionGroup var search: SearchOptionGroup
    @OptionGroup var filter: FilterOptions
    @OptionGroup var models: EnsembleOptions
    @OptionGroup var inference: InferenceOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let model = try models.load(inference, for: .translation)
        try models.checkTranslation(model, hasSentiment: false)
        let request = AnswerRequest(translation: try language.request(model, search.options))
        try AnswerFilter(
            model, request, listsAlternatives: search.nBest != nil, inference: inference,
            options: filter, logging: logging
        ).run()
    }
}
