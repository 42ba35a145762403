import ArgumentParser
import Foundation
import Tokenization

struct TokenizerCommand: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Learn a vocabulary of subwords, or use one.",
        discussion: """
              mtl-nlp tokenizer train --vocabulary-size 8000 --output bpe.json en.txt de.txt
              echo "A dog runs." | mtl-nlp tokenizer encode --pieces
              echo "A dog runs." | mtl-nlp tokenizer encode | mtl-nlp tokenizer decode
            """,
        subcommands: [TokenizerTrain.self, TokenizerEncode.self, TokenizerDecode.self])
}

/// Which tokenizer to use.
struct TokenizerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A tokenizer's file (default: the model's tokenizer).", valueName: "file"),
        completion: .file())
    var tokenizer: String?

    @OptionGroup var model: ModelOptions

    func validate() throws {
        if tokenizer != nil, model.model != nil {
            throw ValidationError("--tokenizer and --model exclude each other; give one of them")
        }
    }

    func load() throws -> BPETokenizer {
        try BPETokenizer(contentsOf: named() ?? Self.file(in: model.existingFolder().path))
    }

    /// The tokenizer, or nil if none is named and no model comes with the program.
    func loadIfAny() throws -> BPETokenizer? {
        try (named() ?? model.folder().map { try Self.file(in: $0.path) })
            .map(BPETokenizer.init(contentsOf:))
    }

    private func named() throws -> URL? { try tokenizer.map(inputFile) }

    private static func file(in folder: String) throws -> URL {
        try inputFile(folder + "/tokenizer.json")
    }
}

/// The URL of a file to read.
///
/// - Throws: `CommandFailure` if it does not exist.
func inputFile(_ path: String) throws -> URL {
    guard FileManager.default.fileExists(atPath: path) else {
        throw CommandFailure(.missingFile, "\(path): no such file; check the path")
    }
    return URL(fileURLWithPath: path)
}
