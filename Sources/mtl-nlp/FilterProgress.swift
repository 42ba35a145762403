import Foundation
import LineFilter

/// How far a filter is, for who waits at a terminal.
struct FilterProgress {
    private static let interval = Duration.milliseconds(200)

    private let byteCount: Int
    private let start = ContinuousClock.now
    private var last: ContinuousClock.Instant?

    /// Nil if nobody would see it, it would come between the answers, or it cannot be known.
    ///
    init?(_ input: FilterInput, besides output: FilterOutput) {
        guard StandardError.isTerminal, output.path != nil || isatty(STDOUT_FILENO) == 0,
            let byteCount = input.byteCount, byteCount > 0
        else { return nil }
        self.byteCount = byteCount
    }

    mutating func show(_ reader: LineReader) {
        let now = ContinuousClock.now
        if let last, now - last < Self.interval { return }
        last = now
        let rate = Double(reader.lineCount) / ((now - start) / .seconds(1))
        StandardError.showProgress(
            "\(reader.lineCount) lines, \(100 * reader.byteCount / byteCount) %, "
                + "\(Int(rate)) lines/s")
    }

    func end() { StandardError.clearProgress() }
}
