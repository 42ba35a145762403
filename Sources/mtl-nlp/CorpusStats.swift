import ArgumentParser
import Foundation
import LanguageIdentification
import Tokenization
import Training

struct CorpusStats: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count what is in corpora.",
        discussion: """
            For each file: lines, duplicates, empty texts, words, characters, and the words of the \
            shortest text, of the longest and of those between, by percent of the texts; subwords \
            of the model's tokenizer and languages as 'language detect' tells them; of pairs, the \
            characters of the target for one of the source; of labelled texts, the labels. Files \
            are plain or compressed with gzip. Lines of one column are texts, of four columns \
            labelled texts with probabilities, of two columns labelled if the second has labels \
            only (0 to 4, negative, neutral, positive), else pairs.

              mtl-nlp corpus stats pairs.tsv.gz reviews.tsv
              zcat pairs.tsv.gz | head -1000 | mtl-nlp corpus stats --json
            """)

    @Flag(exclusivity: .exclusive) var kind: CorpusStatistics.Kind?

    @Flag(help: "Print the result as JSON: a list with an object for each file.")
    var json = false

    @Argument(help: "The corpora (default: standard input).", completion: .file())
    var file: [String] = []

    @OptionGroup var model: ModelOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let folder = try model.folder()
        let tokenizer = try folder.map {
            try BPETokenizer(contentsOf: inputFile($0.path + "/tokenizer.json"))
        }
        let identifier = try folder.flatMap(Self.identifier)
        let statistics = try (file.isEmpty ? [nil] : file.map(Optional.some)).map { path in
            let input = try FilterInput(path: path)
            defer { input.close() }
            return try CorpusStatistics(
                corpusLines(input), file: input.name, kind: kind, tokenizer: tokenizer,
                identifier: identifier, threadCount: threads.count)
        }
        if json {
            try writeResult(json: statistics)
        } else {
            try writeResult(CorpusTable.lines(statistics))
        }
    }

    /// The language identifier of a model folder, if it has one.
    private static func identifier(in folder: URL) throws -> LanguageIdentifier? {
        let file = folder.appendingPathComponent(LanguageIdentifier.fileName)
        return FileManager.default.fileExists(atPath: file.path)
            ? try LanguageIdentifier(contentsOf: file) : nil
    }
}

extension CorpusStatistics.Kind: EnumerableFlag {
    public static func help(for value: Self) -> ArgumentHelp? {
        switch value {
        case .text: "A line is one text, whatever its columns."
        case .pairs: "A line is a text and its translation."
        case .labelled: "A line is a text and its label."
        }
    }
}
