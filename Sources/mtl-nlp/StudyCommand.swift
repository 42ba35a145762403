import ArgumentParser
import Foundation
import Logging
import PretrainedModel
import Training

struct StudyCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Train models by several recipes and seeds and compare them.",
        discussion: """
            A study names a recipe, changes of it (the arms) and test sets. Every arm is trained \
            with every seed into a folder of its own below the output, as 'mtl-nlp train' does it. \
            report.md, report.json and charts say how the models compare: scores with 95 % \
            intervals, paired differences from the baselines and of changed arms from what they \
            change, cost. They are written after each of the two phases, and with what there is when \
            the study is stopped. A study that was stopped or killed goes on with --resume; finished \
            runs are kept, and arms may have been added, but the recipe and the corpora must be the \
            same. \
            SIGINT and SIGTERM, unless they are ignored, write a checkpoint first. A run that fails does not stop the others: \
            the report says what failed and why, and the exit code is 65.

              mtl-nlp study study.yml --corpora corpora --output results
              mtl-nlp study study.yml --corpora corpora --output results --resume
            """)

    @Argument(help: "The study.", completion: .file(extensions: ["yml"]))
    var study: String

    @Option(
        help: ArgumentHelp(
            "The folder to write the models and the report into.", valueName: "dir"),
        completion: .directory)
    var output: String

    @OptionGroup var corpora: CorporaOptions

    @Flag(help: "Go on with the study in the output folder; begin one if the folder is empty.")
    var resume = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let study = URL(fileURLWithPath: study)
        let runner = try corpora.withFolder(besides: study) { folder in
            try StudyRunner(
                StudyRunner.Options(
                    study: study, corpora: folder, output: URL(fileURLWithPath: output),
                    resumes: resume, threadCount: threads.count,
                    languageIdentifier: PretrainedModel.languageIdentifier,
                    commit: SourceCommit.of(executable: PretrainedModel.executable)),
                observer: logging.trainingObserver, logger: Logger(label: "mtl-nlp"))
        }
        let report = try stoppingOnSignals { try runner.run() }
        guard let failure = report.failures.first else { return }
        throw CommandFailure(
            .malformedData,
            "\(output): \(report.failures.count) of the runs failed, the first being "
                + "\(failure.arm)\(failure.seed.map { ", seed \($0)" } ?? ""): \(failure.reason); "
                + "report.md names all")
    }
}
