import Foundation

/// Why a run cannot begin or go on, in one line.
public struct TrainingError: Error, CustomStringConvertible, Hashable {
    /// What a program may treat differently, for instance by its exit code.
    public enum Kind: Hashable, Sendable {
        /// The output folder holds something else.
        case outputExists
        /// The recipe or a corpus is not what the run began with, or they contradict each other.
        case malformed
        /// A file of the run cannot be read or written.
        case unusableFile
        /// The loss, or a norm of the gradient or the weights, is no number any more.
        case diverged
        /// The run was asked to stop; its checkpoint is written.
        case stopped
    }

    public let kind: Kind
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
