import ArgumentParser
import Foundation
import Logging
import Training

struct Score: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure translations against reference translations: BLEU and chrF.",
        discussion: """
            Both files have a line for each sentence. The scores are those of sacreBLEU, with its \
            signatures.

            With --baseline two sets of translations are compared: the differences of their \
            scores, what 95 % of 1000 samples of the lines have for a difference, and how probable \
            one as large would be if there were none (paired bootstrap; Koehn 2004).

              mtl-nlp score --reference german.txt translated.txt
              mtl-nlp score --reference german.txt --baseline old.txt new.txt
              mtl-nlp translate --to de < a.en | mtl-nlp score --reference a.de --json
            """)

    @Option(
        help: ArgumentHelp("The reference translations.", valueName: "file"), completion: .file())
    var reference: String

    @Argument(help: "The translations (default: standard input).", completion: .file())
    var hypotheses: String?

    @Option(
        help: ArgumentHelp("Other translations, to compare with.", valueName: "file"),
        completion: .file())
    var baseline: String?

    @Flag(help: "Ignore case in BLEU, as older publications do; chrF heeds it all the same.")
    var lowercase = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let references = try TextFile.lines(of: URL(fileURLWithPath: reference))
        let input = try FilterInput(path: self.hypotheses)
        defer { input.close() }
        let hypotheses = try corpusLines(input)
        try check(hypotheses, of: input.name, references)
        guard !references.isEmpty else {
            throw CommandFailure(.malformedData, "\(reference): empty; give at least one line")
        }
        let comparison = try baseline.map { baseline in
            let others = try TextFile.lines(of: URL(fileURLWithPath: baseline))
            try check(others, of: baseline, references)
            return TranslationComparison(
                hypotheses, baseline: others, references: references, lowercase: lowercase)
        }
        try TranslationQuality(
            hypotheses: hypotheses, references: references, lowercase: lowercase
        ).write(comparison, asJSON: json)
    }

    private func check(_ lines: [String], of name: String, _ references: [String]) throws {
        guard lines.count == references.count else {
            throw CommandFailure(
                .malformedData,
                "\(name): \(lines.count) lines, but \(reference) has \(references.count); "
                    + "both need the same number of lines")
        }
    }
}
