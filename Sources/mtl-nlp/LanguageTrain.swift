import ArgumentParser
import Foundation
import LanguageIdentification
import Logging
import Training

struct LanguageTrain: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn to tell languages apart.",
        discussion: """
            Each text is a language's code, '=' and a file, plain or compressed with gzip; ':' and \
            a number after that name one of the columns that TABs separate. Several files may be \
            of one language. Texts of the code 'und' are in other languages than those to be told \
            apart. The same texts and seed give the same file, byte for byte, with any number of \
            threads. The output is replaced when it is complete.

              mtl-nlp language train --output language.safetensors \\
                  en=english.txt en=pairs.tsv.gz:1 de=pairs.tsv.gz:2 und=others.txt
            """)

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp("The number of examples to learn from.", valueName: "n"),
        transform: wholeNumber(in: 1...1_000_000_000))
    var examples = LanguageIdentifierTrainer().exampleCount

    @Option(help: ArgumentHelp("The seed of all random draws.", valueName: "n"))
    var seed: UInt64 = 1

    @Argument(
        help: ArgumentHelp("The files to learn from.", valueName: "language=file"),
        transform: LabelledFile.init)
    var text: [LabelledFile]

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        let languages = Set(text.map(\.code)).subtracting([LanguageEstimate.undetermined])
        if languages.count < 2 {
            throw ValidationError(
                "one language cannot be told from others; give texts of two, "
                    + "such as en=english.txt de=german.txt")
        }
    }

    func run() throws {
        var trainer = LanguageIdentifierTrainer()
        trainer.exampleCount = examples
        trainer.seed = seed
        trainer.threadCount = threads.count
        let outcome = try trainer.train(
            text.map {
                try LanguageTexts(
                    code: $0.code, contentsOf: URL(fileURLWithPath: $0.file), column: $0.column)
            })
        try outcome.identifier.write(to: URL(fileURLWithPath: output))
        let percentage = String(format: "%.2f %%", 100 * outcome.heldAccuracy)
        Logger(label: "mtl-nlp").info(
            "\(percentage) right of texts and fragments that were kept from training")
    }
}

/// `language=file` or `language=file:column`.
struct LabelledFile: Sendable {
    let code: String
    let file: String
    let column: Int?

    init(_ argument: String) throws {
        guard let equals = argument.firstIndex(of: "=") else {
            throw ValidationError("give a language's code and a file, such as en=english.txt")
        }
        code = String(argument[..<equals])
        let place = argument[argument.index(after: equals)...]
        if let colon = place.lastIndex(of: ":"),
            let column = Int(place[place.index(after: colon)...]), column > 0
        {
            (file, self.column) = (String(place[..<colon]), column)
        } else {
            (file, column) = (String(place), nil)
        }
        if let problem = LanguageIdentifier.problem(ofCode: code) {
            throw ValidationError("\(problem); give one such as en")
        }
    }
}
