import Files
import Foundation
import Kernels
import Tokenization
import Training

/// Learning a vocabulary of subwords, and cutting text into them.
public struct TokenizerBenchmark {
    /// About 4 MB.
    private static let lineCount = 60_000
    /// Lines that a thread takes at a time.
    private static let grain = 256

    private let effort: Effort
    private let threadCount: Int
    private let text: [URL]

    /// - Parameter text: files; without any, the text is synthetic.
    public init(_ effort: Effort, threadCount: Int, text: [URL] = []) {
        self.effort = effort
        self.threadCount = threadCount
        self.text = text
    }

    /// - Throws: `FileError` for the text, `BPETrainerError` if it is too short to learn a vocabulary from.
    public func figures(_ report: (Figure) throws -> Void) throws {
        let lines =
            text.isEmpty
            ? SyntheticText.lines(count: Self.lineCount / effort.divisor)
            : try text.flatMap(TextFile.lines)
        let trainer = BPETrainer(
            vocabularySize: effort.sizes.vocabularySize, languages: BenchmarkModel.languages,
            threadCount: threadCount)
        let tokenizer = try trainer.train(lines)
        try report(encoding(lines, tokenizer))
        let seconds = try effort.medianSeconds { _ = try trainer.train(lines) }
        try report(Figure("bpe_train", .milliseconds, 1000 * seconds, threads: threadCount))
    }

    /// Normalising and encoding, with a tokenizer that has seen no word before.
    private func encoding(_ lines: [String], _ tokenizer: BPETokenizer) -> Figure {
        let workspace = Workspace(threadCount: threadCount)
        let byteCount = lines.reduce(0) { $0 + $1.utf8.count }
        let rate = effort.median {
            let fresh = BPETokenizer(tokenizer.vocabulary, normalizer: tokenizer.normalizer)
            let seconds = elapsedSeconds {
                workspace.parallelFor(lines.count, grain: Self.grain) { range in
                    for line in lines[range] { _ = fresh.encode(fresh.normalizer.normalize(line)) }
                }
            }
            return Double(byteCount) / seconds
        }
        return Figure("encode", .megabytesPerSecond, rate / 1e6, threads: threadCount)
    }
}
