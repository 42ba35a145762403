import ArgumentParser
import Inference
import Kernels

struct Verify: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that a model's folder is whole and answers as it should.",
        discussion: """
            The files must have the SHA-256 that card.json tells, fit each other, and hold finite \
            numbers only; to a sentence the model must give the answers that were noted when the \
            folder was written, computed in fp32. What is damaged ends the command with code 65, \
            the file's name and the reason. Nothing guards card.json itself.

            A folder that an older version wrote has neither checksums nor answers in its card; \
            the rest is checked. --write notes both in a folder that passes all that can be \
            checked without them: use it after a file has been changed on purpose.

              mtl-nlp verify
              mtl-nlp verify --model my-model --write
            """)

    @Flag(help: "Write checksums and answers into card.json instead of comparing them.")
    var write = false

    @OptionGroup var model: ModelOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let folder = try write ? model.folderToChange() : model.existingFolder()
        if write {
            try LoadedModel(contentsOf: folder).writeDescription(to: folder)
        }
        let result = try ModelVerification(of: folder)
        let advice = "none in card.json; note them with 'mtl-nlp verify --write'"
        try writeResult([
            "folder: \(folder.path)",
            "checksums: \(result.hasChecksums ? "ok" : advice)",
            "parameters: ok, \(result.parameterCount)",
            "self-test: \(result.hasSelfTest ? "ok" : "runs; answers: \(advice)")",
        ])
    }
}
