import ArgumentParser
import Files
import Foundation
import LineFilter
import Training

struct CorpusCommand: CommandGroup {
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
/// - Throws: `FileError` for what is damaged or not UTF-8, `IOFailure` if it cannot be read.
func corpusLines(_ input: FilterInput) throws -> [String] {
    let handle = FileHandle(fileDescriptor: input.fileDescriptor, closeOnDealloc: false)
    let bytes: Data
    do {
        bytes = try handle.readToEnd() ?? Data()
    } catch {
        throw IOFailure(input.name, cannot: "read", error)
    }
    return try TextFile.lines(in: bytes, of: input.name)
}
