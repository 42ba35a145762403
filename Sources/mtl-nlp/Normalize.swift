import ArgumentParser
import Tokenization

struct Normalize: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Normalise each line of standard input as the model's tokenizer does.",
        discussion: """
            The rule is the one of the model or tokenizer that is named or comes with the program; \
            without any, the default of 'tokenizer train'. --form replaces its Unicode form.

            --form-only changes the Unicode form and nothing else: white space, controls and a \
            carriage return at the end of the line stay. Bytes that are not UTF-8 are read as \
            U+FFFD, with a warning, in either case.

              mtl-nlp normalize < raw.txt
              mtl-nlp normalize --form-only --form nfc < raw.txt
            """)

    @Option(help: ArgumentHelp("The Unicode form: none, nfc or nfkc.", valueName: "form"))
    var form: NormalizationRule.Form?

    @Flag(help: "Change the Unicode form and nothing else.")
    var formOnly = false

    @OptionGroup var tokenizer: TokenizerOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        var rule = try tokenizer.loadIfAny()?.normalizer.rule ?? NormalizationRule()
        if let form { rule.form = form }
        let normalizer = Normalizer(rule)
        try filterStandardInput(lookAhead: 1024) { [rule] lines in
            lines.map { line in
                guard formOnly else { return normalizer.normalize(line.text).string }
                let text = line.endsInCarriageReturn ? line.text + "\r" : line.text
                return Normalizer.convert(text, to: rule.form)
            }
        }
    }
}

extension NormalizationRule.Form: ExpressibleByArgument {}
