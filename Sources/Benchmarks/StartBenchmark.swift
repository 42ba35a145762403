import Foundation
import Inference

/// One line through the whole program: `echo hi | mtl-nlp sentiment`, with the model that `MTL_NLP_MODEL` names, else the
/// one that comes with it.
public struct StartBenchmark {
    private let effort: Effort
    private let threadCount: Int
    private let executable: URL

    /// - Parameter executable: the program.
    public init(_ effort: Effort, threadCount: Int, executable: URL) {
        self.effort = effort
        self.threadCount = threadCount
        self.executable = executable
    }

    /// - Throws: `IOFailure` if the program cannot be run, `ChildProcess.Failure` if it fails.
    public func figures(_ report: (Figure) throws -> Void) throws {
        var peakBytes = 0
        let seconds = try effort.median {
            let usage = try ChildProcess.run(
                executable, ["sentiment", "--threads", String(threadCount)], input: "hi\n")
            peakBytes = max(peakBytes, usage.peakBytes)
            return usage.seconds
        }
        try report(figure(.milliseconds, 1000 * seconds))
        try report(figure(.peakMegabytes, Double(peakBytes) / 1e6))
    }

    private func figure(_ quantity: Figure.Quantity, _ value: Double) -> Figure {
        Figure(
            "start", quantity, value, precision: LoadedModel.defaultPrecision.rawValue,
            threads: threadCount)
    }
}
