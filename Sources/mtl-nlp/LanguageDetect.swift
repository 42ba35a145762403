import ArgumentParser
import Inference
import LanguageIdentification

struct LanguageDetect: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Tell the language of each line of standard input.",
        discussion: """
            Each line is answered with the code of the most probable language, a TAB and its \
            probability. The code is 'und', undetermined, if the line is more probably in none of \
            the languages that are known, as one without letters surely is.

              echo "Guten Morgen." | mtl-nlp language detect
            """)

    @OptionGroup var identifier: LanguageIdentifierOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let identifier = try identifier.load()
        try filterStandardInput(lookAhead: 1024) { lines in
            lines.concurrentMap(threadCount: threads.count) { line in
                let estimate = identifier.identify(line.text)
                return "\(estimate.code)\t\(field(estimate.probability))"
            }
        }
    }
}
