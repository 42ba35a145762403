import ArgumentParser
import Foundation
import Logging
import PretrainedModel
import Training

struct Train: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model by a recipe.",
        discussion: """
            The output folder can be given to --model at any time while the run goes on. A run that \
            was stopped or killed goes on with --resume and ends with the same weights, byte for \
            byte; SIGINT and SIGTERM write a checkpoint first. Progress is shown on standard error.

              mtl-nlp train recipe.yml --corpora corpora --output run
              mtl-nlp train recipe.yml --corpora corpora --output run --resume
            """)

    private static let corporaVariable = "MTL_NLP_CORPORA"

    @Argument(help: "The recipe.", completion: .file(extensions: ["yml"]))
    var recipe: String

    @Option(
        help: ArgumentHelp("The folder to write the model and checkpoints into.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(
        help: ArgumentHelp(
            "The folder that paths in the recipe are relative to "
                + "(default: MTL_NLP_CORPORA, else the recipe's folder).",
            valueName: "dir"),
        completion: .directory)
    var corpora: String?

    @Flag(help: "Go on with the run in the output folder; begin one if the folder is empty.")
    var resume = false

    @Flag(help: "Go on although corpora have changed since the run began.")
    var acceptChanged = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        if acceptChanged, !resume {
            throw ValidationError("--accept-changed has a meaning with --resume only; add it")
        }
    }

    func run() throws {
        let trainer = try Trainer(
            options, observer: observer, logger: Logger(label: "mtl-nlp"))
        do {
            // Not sooner: reading the corpora can be stopped as any program can.
            StopSignal.listen()
            try trainer.run()
        } catch let error as TrainingError where error.kind == .stopped {
            let status: ExitStatus = StopSignal.received == SIGINT ? .interrupted : .terminated
            throw CommandFailure(status, error.description)
        }
    }

    private var options: Trainer.Options {
        let recipe = URL(fileURLWithPath: recipe)
        let corpora = corpora ?? environmentValue(Self.corporaVariable)
        return Trainer.Options(
            recipe: recipe,
            corpora: corpora.map { URL(fileURLWithPath: $0) } ?? recipe.deletingLastPathComponent(),
            output: URL(fileURLWithPath: output), resumes: resume, acceptsChanges: acceptChanged,
            threadCount: threads.count, languageIdentifier: Self.languageIdentifier,
            commit: SourceCommit.of(executable: PretrainedModel.executable))
    }

    /// The language identifier of the model that comes with the program.
    private static var languageIdentifier: URL? {
        PretrainedModel.folder(besideExecutable: PretrainedModel.executable)
            .map { $0.appendingPathComponent("language_identifier.safetensors") }
            .flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }
    }

    private var observer: Trainer.Observer {
        let showProgress: ((String) -> Void)? =
            StandardError.isTerminal && !logging.quiet ? { StandardError.showProgress($0) } : nil
        return Trainer.Observer(
            progress: showProgress, shouldStop: { StopSignal.received != nil })
    }
}
