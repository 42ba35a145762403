import Foundation
import Tokenization

extension Trainer {
    /// What a run reads, where it writes, and what it may pass over.
    public struct Options: Sendable {
        /// The recipe's file.
        public var recipe: URL
        /// Where the recipe's paths begin.
        public var corpora: URL
        /// The folder of the run.
        public var output: URL
        /// Whether a run that began in the folder goes on.
        public var resumes: Bool
        /// Whether corpora may be others than the recipe says, and may have changed since the run began.
        public var acceptsChanges: Bool
        /// At least 1; changes no byte of the result.
        public var threadCount: Int
        /// The language identifier that comes with the program, for cleaning and for the model.
        public var languageIdentifier: URL?
        /// The commit of the program, for the card.
        public var commit: String?
        /// Made by the recipe's rule, to be used instead of learning it; nil: it is learned.
        public var tokenizer: BPETokenizer?

        public init(
            recipe: URL, corpora: URL, output: URL, resumes: Bool = false,
            acceptsChanges: Bool = false, threadCount: Int, languageIdentifier: URL? = nil,
            commit: String? = nil, tokenizer: BPETokenizer? = nil
        ) {
            self.recipe = recipe
            self.corpora = corpora
            self.output = output
            self.resumes = resumes
            self.acceptsChanges = acceptsChanges
            self.threadCount = threadCount
            self.languageIdentifier = languageIdentifier
            self.commit = commit
            self.tokenizer = tokenizer
        }
    }

    /// What the one who runs it sees.
    public struct Observer {
        /// Called after every step with a line that replaces the one before, if there is a terminal to show it.
        public var progress: ((String) -> Void)?
        /// Asked after every step; when it says yes, a checkpoint is written and the run ends.
        public var shouldStop: () -> Bool

        public init(
            progress: ((String) -> Void)? = nil, shouldStop: @escaping () -> Bool = { false }
        ) {
            self.progress = progress
            self.shouldStop = shouldStop
        }
    }
}
