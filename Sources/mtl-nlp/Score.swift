import ArgumentParser
import Foundation
import LineFilter
import Logging
import Training

struct Score: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure translations against reference translations: BLEU and chrF.",
        discussion: """
            Both files have a line for each sentence. The scores are those of sacreBLEU, with its \
            signatures.

              mtl-nlp score --reference german.txt translated.txt
              mtl-nlp translate --to de < a.en | mtl-nlp score --reference a.de --json
            """)

    @Option(
        help: ArgumentHelp("The reference translations.", valueName: "file"), completion: .file())
    var reference: String

    @Argument(help: "The translations (default: standard input).", completion: .file())
    var hypotheses: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let references = try TextFile.lines(of: URL(fileURLWithPath: reference))
        let hypotheses = try readHypotheses()
        guard hypotheses.count == references.count else {
            throw CommandFailure(
                .malformedData,
                "\(self.hypotheses ?? "standard input"): \(hypotheses.count) lines, "
                    + "but \(reference) has \(references.count); "
                    + "both need the same number of lines")
        }
        guard !references.isEmpty else {
            throw CommandFailure(.malformedData, "\(reference): empty; give at least one line")
        }
        try TranslationQuality(hypotheses: hypotheses, references: references)
            .write(asJSON: json)
    }

    private func readHypotheses() throws -> [String] {
        if let hypotheses { return try TextFile.lines(of: URL(fileURLWithPath: hypotheses)) }
        let reader = LineReader(fileDescriptor: STDIN_FILENO)
        var lines: [String] = []
        while let line = try reader.next() {
            warnUnlessUTF8(line, of: reader.name)
            lines.append(line.text)
        }
        return lines
    }
}
