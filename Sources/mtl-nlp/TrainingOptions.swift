import ArgumentParser
import Files
import Foundation
import LanguageIdentification
import PretrainedModel
import Training

/// Where the corpora of recipes are.
struct CorporaOptions: ParsableArguments {
    private static let variable = "MTL_NLP_CORPORA"

    @Option(
        help: ArgumentHelp(
            "The folder that paths in the recipe are relative to "
                + "(default: MTL_NLP_CORPORA, else the folder of the file that is named).",
            valueName: "dir"),
        completion: .directory)
    var corpora: String?

    /// Calls `body` with the folder that the paths of a recipe or study are relative to.
    ///
    /// - Throws: what `body` throws; of a missing file also how to name the folder, if nobody did.
    func withFolder<Result>(besides file: URL, _ body: (URL) throws -> Result) throws -> Result {
        if let named = corpora ?? environmentValue(Self.variable) {
            return try body(URL(fileURLWithPath: named))
        }
        do {
            return try body(file.deletingLastPathComponent())
        } catch let error as FileError
            where error.kind == .missing && error.file != file.relativePath
        {
            throw FileError(
                .missing, error.file, line: error.line,
                "\(error.problem); without --corpora, corpora are looked for beside "
                    + "\(file.lastPathComponent)")
        }
    }
}

extension PretrainedModel {
    /// The language identifier of the model that comes with the program.
    static var languageIdentifier: URL? {
        folder(besideExecutable: executable)
            .map { $0.appendingPathComponent(LanguageIdentifier.fileName) }
            .flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }
    }
}

extension LoggingOptions {
    /// Shows the progress of a training run on a terminal, and lets a signal stop it.
    var trainingObserver: Trainer.Observer {
        let showProgress: ((String) -> Void)? =
            StandardError.isTerminal && !quiet ? { StandardError.showProgress($0) } : nil
        return Trainer.Observer(
            progress: showProgress, shouldStop: { StopSignal.received != nil })
    }
}

/// Trains; SIGINT and SIGTERM make it stop in good order.
///
/// - Throws: `CommandFailure` with the signal's status when one came.
func stoppingOnSignals<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        StopSignal.listen()
        return try body()
    } catch let error as TrainingError where error.kind == .stopped {
        let status: ExitStatus = StopSignal.received == SIGINT ? .interrupted : .terminated
        throw CommandFailure(status, error.description)
    }
}
