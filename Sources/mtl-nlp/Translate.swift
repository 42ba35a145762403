import ArgumentParser
import Inference

struct Translate: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Translate each line of standard input.",
        discussion: """
            Each line of standard output is the translation of the same line of standard input; an \
            empty line has an empty one. With --n-best K a line holds K times a translation, a TAB \
            and its score (the logarithm of its probability for each token), best first, with TABs \
            between them.

            While more input is waiting, lines are translated in batches; otherwise at once.

              mtl-nlp translate --to de < english.txt > german.txt
              echo "A dog runs." | mtl-nlp translate --to de --beam 8 --n-best 3
            """)

    @OptionGroup var language: LanguageOptions
    @OptionGroup var search: SearchOptionGroup
    @OptionGroup var inference: InferenceOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let model = try inference.load()
        try language.check(model)
        let translator = Translator(
            model, threadCount: inference.threads.count, batchSize: inference.batchSize)
        try filterStandardInput(lookAhead: inference.lookAhead) { lines in
            try translator.translate(lines.map(\.text), to: language.to, options: search.options)
                .map(answer)
        }
    }

    private func answer(_ translation: Translation) -> String {
        guard search.nBest != nil else { return field(translation.text) }
        return translation.alternatives
            .flatMap { [field($0.text), field($0.score)] }
            .joined(separator: "\t")
    }
}
