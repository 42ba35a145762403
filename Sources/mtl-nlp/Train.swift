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
            byte; SIGINT and SIGTERM, unless they are ignored, write a checkpoint first. Progress is shown on standard error.

              mtl-nlp train recipe.yml --corpora corpora --output run
              mtl-nlp train recipe.yml --corpora corpora --output run --resume
            """)

    @Argument(help: "The recipe.", completion: .file(extensions: ["yml"]))
    var recipe: String

    @Option(
        help: ArgumentHelp("The folder to write the model and checkpoints into.", valueName: "dir"),
        completion: .directory)
    var output: String

    @OptionGroup var corpora: CorporaOptions

    @Flag(help: "Go on with the run in the output folder; begin one if the folder is empty.")
    var resume = false

    @Flag(
        help: """
            Train although corpora are not those that the recipe was made with, or have changed \
            since the run began.
            """)
    var acceptChanged = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let logger = Logger(label: "mtl-nlp")
        let recipe = URL(fileURLWithPath: recipe)
        let trainer = try corpora.withFolder(besides: recipe) { folder in
            try Trainer(
                options(recipe, corpora: folder), observer: logging.trainingObserver,
                logger: logger)
        }
        // Not sooner: reading the corpora can be stopped as any program can.
        try stoppingOnSignals { try trainer.run() }
        logger.info("done; other commands use the model with --model \(output)")
    }

    private func options(_ recipe: URL, corpora: URL) -> Trainer.Options {
        Trainer.Options(
            recipe: recipe, corpora: corpora, output: URL(fileURLWithPath: output),
            resumes: resume, acceptsChanges: acceptChanged, threadCount: threads.count,
            languageIdentifier: PretrainedModel.languageIdentifier,
            commit: SourceCommit.of(executable: PretrainedModel.executable))
    }
}
