/// The loop of a filter: as many lines out as in, in the same order, in batches while input is waiting and at once
/// when it is not.
public enum LineFilter {
    /// Answers every line of `reader` with a line to `writer`.
    ///
    /// When an answer or a read fails, the lines answered before are written all the same.
    ///
    /// - Parameters:
    ///   - lookAhead: The most lines answered together; fewer are when no more input is waiting.
    ///   - answer: Gives one answer for each line, in order.
    /// - Throws: `IOFailure` or `BrokenPipe` from reading and writing, and what `answer` throws.
    public static func run(
        _ reader: LineReader, _ writer: LineWriter, lookAhead: Int,
        answer: ([Line]) throws -> [String]
    ) throws {
        do {
            while let first = try reader.nextWithoutWaiting()
                ?? flushAndWait(reader, writer)
            {
                let (lines, failure) = collect(from: first, reader, atMost: lookAhead)
                let answers = try answer(lines)
                precondition(
                    answers.count == lines.count,
                    "\(answers.count) answers for \(lines.count) lines")
                for text in answers { try writer.write(text) }
                if let failure { throw failure }
            }
        } catch {
            // The first failure is the one to report.
            try? writer.flush()
            throw error
        }
    }

    /// The next line, or nil at the end, once everything answered is written.
    private static func flushAndWait(_ reader: LineReader, _ writer: LineWriter) throws -> Line? {
        try writer.flush()
        return try reader.next()
    }

    /// `first` and the lines that are there already, and why there are no more if reading failed.
    private static func collect(
        from first: Line, _ reader: LineReader, atMost count: Int
    ) -> (lines: [Line], failure: (any Error)?) {
        var lines = [first]
        do {
            while lines.count < count, let line = try reader.nextWithoutWaiting() {
                lines.append(line)
            }
        } catch {
            return (lines, error)
        }
        return (lines, nil)
    }
}
