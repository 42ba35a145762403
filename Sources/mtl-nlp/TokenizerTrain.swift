import ArgumentParser
import Files
import Foundation
import Tokenization
import Training

struct TokenizerTrain: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn a vocabulary of subwords from text.",
        discussion: """
            The texts are plain or compressed with gzip. The same texts give the same tokenizer, \
            byte for byte, with any number of threads. The output is replaced when it is complete.

              mtl-nlp tokenizer train --vocabulary-size 8000 --languages en,de \\
                  --output tokenizer.json corpus.en corpus.de.gz
            """)

    @Option(
        help: ArgumentHelp(
            "The number of tokens, those for bytes and special ones included.", valueName: "n"),
        transform: wholeNumber(in: 300...1_000_000))
    var vocabularySize: Int

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp(
            "The languages that can be translated into, with commas between them.",
            valueName: "languages"))
    var languages = "en,de,fr"

    @Option(help: ArgumentHelp("The Unicode form: none, nfc or nfkc.", valueName: "form"))
    var form: NormalizationRule.Form = NormalizationRule().form

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp(
            """
            How words with capitals are spelled: cased, as they are, or marked, in lower case \
            behind a mark.
            """, valueName: "case"))
    var letterCase: NormalizationRule.LetterCase = NormalizationRule().letterCase

    @Argument(help: "The files to learn from.", completion: .file())
    var text: [String]

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        if let problem = Vocabulary.problem(ofLanguages: languageNames) {
            throw ValidationError("\(problem); give different codes, such as --languages en,de")
        }
    }

    func run() throws {
        var rule = NormalizationRule()
        rule.form = form
        rule.letterCase = letterCase
        let trainer = BPETrainer(
            vocabularySize: vocabularySize, languages: languageNames, rule: rule,
            threadCount: threads.count)
        let lines = try text.flatMap { try TextFile.lines(of: URL(fileURLWithPath: $0)) }
        let tokenizer = try trainer.train(lines)
        try AtomicFile.replace(URL(fileURLWithPath: output)) { temporary in
            do {
                try tokenizer.write(to: temporary)
            } catch {
                throw CommandFailure(
                    .inputOutput, "\(output): cannot be written; is the disk full?")
            }
        }
    }

    private var languageNames: [String] {
        languages.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}

extension NormalizationRule.LetterCase: ExpressibleByArgument {}
