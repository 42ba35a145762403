import Files
import Foundation
import Inference
import Kernels
import LineFilter
import Tokenization
import Training

/// What the program's exit code says, after BSD's `sysexits.h`.
///
/// Except while a model is trained, SIGINT and SIGTERM keep their default action, SIGPIPE always: the shell shows 130, 143
/// and 141.
enum ExitStatus: Int32 {
    case success = 0
    /// Done, but answers are degraded.
    case degraded = 1
    case usage = 64
    case malformedData = 65
    case missingFile = 66
    case noModel = 69
    case outputExists = 73
    case inputOutput = 74
    /// A training run that SIGINT or SIGTERM asked to stop, after its last checkpoint.
    case interrupted = 130
    case terminated = 143
    /// Nobody reads our output any more, and whoever started us had SIGPIPE ignored: as if it were not.
    case brokenPipe = 141

    /// The status for an error that ended the program.
    init(_ error: any Error) {
        self =
            switch error {
            case let failure as CommandFailure: failure.status
            case is BrokenPipe: .brokenPipe
            case let failure as IOFailure: failure.code == ENOENT ? .missingFile : .inputOutput
            case is InstructionSet.Unavailable, is InferenceError: .usage
            case is BPETrainerError, is LanguageIdentifierTrainer.Problem: .malformedData
            case let error as TokenizerFileError:
                error.kind == .malformed ? .malformedData : .inputOutput
            case let error as ModelError: Self(error.kind)
            case let error as FileError: Self(error.kind)
            case let error as TrainingError: Self(error.kind)
            default: Self(otherError: error)
            }
    }

    private init(_ kind: ModelError.Kind) {
        self =
            switch kind {
            case .none: .noModel
            case .missing: .missingFile
            case .malformed: .malformedData
            case .unreadable, .unwritable: .inputOutput
            }
    }

    private init(_ kind: FileError.Kind) {
        self =
            switch kind {
            case .missing: .missingFile
            case .unreadable: .inputOutput
            case .malformed: .malformedData
            }
    }

    private init(_ kind: TrainingError.Kind) {
        self =
            switch kind {
            case .outputExists: .outputExists
            case .malformed, .diverged: .malformedData
            case .unusableFile: .inputOutput
            case .stopped: .terminated
            }
    }

    /// The argument parser's errors, help among them; everything else comes from the operating system.
    private init(otherError error: any Error) {
        let code = MTLNLP.exitCode(for: error)
        self = code == .failure ? .inputOutput : Self(rawValue: code.rawValue) ?? .inputOutput
    }
}

/// What stops a command: one line, and the exit status for it.
struct CommandFailure: Error, CustomStringConvertible {
    let status: ExitStatus
    /// What is wrong, and what to do.
    let description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
