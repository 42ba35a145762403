import ArgumentParser
import Foundation
import LanguageIdentification

struct LanguageCommand: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "language",
        abstract: "Tell the language of each line, or learn to.",
        discussion: """
              echo "Guten Morgen." | mtl-nlp language detect
              mtl-nlp language train --output id.safetensors en=en.txt de=pairs.tsv:2
            """,
        subcommands: [LanguageTrain.self, LanguageDetect.self])
}

/// Which language identifier to use.
struct LanguageIdentifierOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file that 'language train' wrote (default: the model's).", valueName: "file"),
        completion: .file())
    var identifier: String?

    @OptionGroup var model: ModelOptions

    func validate() throws {
        if identifier != nil, model.model != nil {
            throw ValidationError("--identifier and --model exclude each other; give one of them")
        }
    }

    func load() throws -> LanguageIdentifier {
        try LanguageIdentifier(
            contentsOf: identifier.map { URL(fileURLWithPath: $0) }
                ?? model.existingFolder().appendingPathComponent(LanguageIdentifier.fileName))
    }
}
