import ArgumentParser
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

    /// The folder that the paths of a file are relative to.
    func folder(besides file: URL) -> URL {
        (corpora ?? environmentValue(Self.variable)).map { URL(fileURLWithPath: $0) }
            ?? file.deletingLastPathComponent()
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
