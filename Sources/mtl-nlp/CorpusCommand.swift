import ArgumentParser
import Foundation
import LineFilter
import Training

struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Clean a corpus, or count what is in it.",
        discussion: """
              mtl-nlp corpus clean --pairs --from en --to de pairs.tsv.gz > clean.tsv
              mtl-nlp corpus stats pairs.tsv.gz reviews.tsv
            """,
        subcommands: [CorpusClean.self, CorpusStats.self])
}

/// The lines of a file or of standard input, plain or compressed with gzip.
///
/// - Throws: `FileError` for what is damaged or not UTF-8, and as reading fails.
func corpusLines(_ input: FilterInput) throws -> [String] {
    let handle = FileHandle(fileDescriptor: input.fileDescriptor, closeOnDealloc: false)
    return try TextFile.lines(in: handle.readToEnd() ?? Data(), of: input.name)
}
