/// The loop of a filter: as many lines out as records in, in the same order, in batches while input is waiting and at
/// once when it is not.
public enum LineFilter {
    /// Records of more than this many bytes are not answered together with others behind them, so that memory does not
    /// grow with the number of long ones.
    static let batchByteCount = 4 << 20

    /// The first records are answered in groups that are smaller than the largest by this factor, and then in larger and
    /// larger ones: someone may be waiting for the first answers.
    private static let firstGroupDivisor = 16

    /// Answers every record of `source` with a line to `writer`. Answers are written before the next are looked for.
    ///
    /// When an answer or a read fails, the lines answered before are written all the same.
    ///
    /// - Parameters:
    ///   - lookAhead: The most records answered together; fewer are when no more input is waiting.
    ///   - answer: Gives one answer for each record, in order.
    /// - Throws: `IOFailure` or `BrokenPipe` from reading and writing, and what `source` and `answer` throw.
    public static func run<Source: RecordSource>(
        _ source: Source, _ writer: LineWriter, lookAhead: Int,
        answer: ([Source.Record]) throws -> [String]
    ) throws {
        var groupSize = max(1, lookAhead / firstGroupDivisor)
        do {
            while let first = try source.next() {
                let (records, failure) = collect(from: first, source, atMost: groupSize)
                groupSize = min(2 * groupSize, lookAhead)
                let answers = try answer(records)
                precondition(
                    answers.count == records.count,
                    "\(answers.count) answers for \(records.count) lines")
                for text in answers { try writer.write(text) }
                if let failure { throw failure }
                try writer.flush()
            }
        } catch {
            // The first failure is the one to report.
            try? writer.flush()
            throw error
        }
    }

    /// `first` and the records that are there already, and why there are no more if reading failed.
    private static func collect<Source: RecordSource>(
        from first: Source.Record, _ source: Source, atMost count: Int
    ) -> (records: [Source.Record], failure: (any Error)?) {
        var records = [first]
        var byteCount = first.byteCount
        do {
            while records.count < count, byteCount < batchByteCount,
                let record = try source.nextWithoutWaiting()
            {
                records.append(record)
                byteCount += record.byteCount
            }
        } catch {
            return (records, error)
        }
        return (records, nil)
    }
}
