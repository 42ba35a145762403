import Files
import Foundation
import LineFilter
import XCTest

final class LineFilterTests: XCTestCase {
    override func setUp() {
        signal(SIGPIPE, SIG_IGN)
    }

    func testAnswersEveryLineInOrder() throws {
        let (output, batches) = try filter("b\n\na\nlast", lookAhead: 3) {
            $0.map { "<\($0.text)>" }
        }
        XCTAssertEqual(output, "<b>\n<>\n<a>\n<last>\n")
        XCTAssertEqual(batches, [1, 2, 1])
    }

    /// Where all of the input is there, its first lines are answered long before the last, and what is answered can be
    /// read.
    func testTheFirstAnswersComeSoon() throws {
        let (input, output) = (try Pipe(), try Pipe())
        input.write(String(repeating: "x\n", count: 200))
        input.closeWriteEnd()
        var batches: [Int] = []
        try LineFilter.run(
            LineReader(fileDescriptor: input.readEnd),
            LineWriter(fileDescriptor: output.writeEnd), lookAhead: 64
        ) { lines in
            if let last = batches.last {
                XCTAssertEqual(output.readAvailable(), String(repeating: "x\n", count: last))
            }
            batches.append(lines.count)
            return lines.map(\.text)
        }
        XCTAssertEqual(batches, [4, 8, 16, 32, 64, 64, 12])
    }

    func testNothingInNothingOut() throws {
        let (output, batches) = try filter("", lookAhead: 3) { $0.map(\.text) }
        XCTAssertEqual(output, "")
        XCTAssertEqual(batches, [])
    }

    func testALineFeedInAnAnswerDoesNotMakeALine() throws {
        let (output, _) = try filter("x\n", lookAhead: 1) { _ in ["one\ntwo"] }
        XCTAssertEqual(output, "one two\n")
    }

    /// With NUL between records a line feed is as good as any other byte, and a NUL is not.
    func testRecordsMayEndInNUL() throws {
        let (input, output) = (try Pipe(), try Pipe())
        input.write("one\ntwo\u{0}three")
        input.closeWriteEnd()
        try LineFilter.run(
            LineReader(fileDescriptor: input.readEnd, separator: .nul),
            LineWriter(fileDescriptor: output.writeEnd, separator: .nul), lookAhead: 4
        ) { $0.map { "<\($0.text)\u{0}>" } }
        output.closeWriteEnd()
        XCTAssertEqual(
            String(decoding: output.readAll(), as: UTF8.self), "<one\ntwo >\u{0}<three >\u{0}")
    }

    /// Long lines are not held in memory together.
    func testABatchOfLongLinesIsShort() throws {
        let (input, output) = (try Pipe(), try Pipe())
        let feeder = Background {
            for _ in 0..<3 { input.write([UInt8](repeating: 0x78, count: 3 << 20) + [0x0A]) }
            input.closeWriteEnd()
        }
        var batches: [Int] = []
        try LineFilter.run(
            Waiting(LineReader(fileDescriptor: input.readEnd)),
            LineWriter(fileDescriptor: output.writeEnd), lookAhead: 1024
        ) { lines in
            batches.append(lines.count)
            return lines.map { "\($0.byteCount)" }
        }
        feeder.wait()
        XCTAssertEqual(batches, [2, 1])
    }

    /// A source that waits when it should not, so that batches do not depend on how fast input comes.
    private struct Waiting: RecordSource {
        let reader: LineReader

        init(_ reader: LineReader) { self.reader = reader }

        func next() throws -> Line? { try reader.next() }
        func nextWithoutWaiting() throws -> Line? { try reader.next() }
    }

    func testAMillionLinesKeepTheirOrder() throws {
        let (input, output) = (try Pipe(), try Pipe())
        let count = 1_000_000
        let feeder = Background {
            for start in stride(from: 0, to: count, by: 1000) {
                input.write((start..<(start + 1000)).map { "\($0)\n" }.joined())
            }
            input.closeWriteEnd()
        }
        let worker = Background {
            let reader = LineReader(fileDescriptor: input.readEnd)
            let writer = LineWriter(fileDescriptor: output.writeEnd)
            try LineFilter.run(reader, writer, lookAhead: 1024) { $0.map(\.text) }
            output.closeWriteEnd()
        }
        let numbers = output.readAll().split(separator: 0x0A).enumerated()
        var seen = 0
        for (expected, line) in numbers {
            guard line.elementsEqual("\(expected)".utf8) else {
                return XCTFail("line \(expected) is \(String(decoding: line, as: UTF8.self))")
            }
            seen += 1
        }
        XCTAssertEqual(seen, count)
        feeder.wait()
        worker.wait()
    }

    /// Whoever writes a line and waits gets the answer, also when the look-ahead was just filled and when half of
    /// the next line is there already.
    func testAnswersAtOnceWhenNothingIsWaiting() throws {
        for lookAhead in [1, 2, 64] {
            let (input, output) = (try Pipe(), try Pipe())
            let worker = Background {
                let reader = LineReader(fileDescriptor: input.readEnd)
                let writer = LineWriter(fileDescriptor: output.writeEnd)
                try LineFilter.run(reader, writer, lookAhead: lookAhead) { $0.map(\.text) }
                output.closeWriteEnd()
            }
            for (question, answer) in [
                ("a\n", "a\n"), ("b\nc\n", "b\nc\n"), ("d\nhalf", "d\n"), ("\n", "half\n"),
            ] {
                input.write(question)
                var received = ""
                while received.utf8.count < answer.utf8.count, output.isReadable() {
                    received += output.readAvailable()
                }
                XCTAssertEqual(received, answer)
            }
            input.closeWriteEnd()
            worker.wait()
            XCTAssertEqual(output.readAvailable(), "")
        }
    }

    func testAFailureLosesNoEarlierAnswer() throws {
        struct Failure: Error {}
        let (input, output) = (try Pipe(), try Pipe())
        input.write("one\ntwo\nthree\nfour\n")
        input.closeWriteEnd()
        XCTAssertThrowsError(
            try LineFilter.run(
                LineReader(fileDescriptor: input.readEnd),
                LineWriter(fileDescriptor: output.writeEnd), lookAhead: 2
            ) { lines in
                if lines[0].number == 4 { throw Failure() }
                return lines.map(\.text)
            }
        ) { XCTAssert($0 is Failure) }
        output.closeWriteEnd()
        XCTAssertEqual(String(decoding: output.readAll(), as: UTF8.self), "one\ntwo\nthree\n")
    }

    func testAReaderThatLeavesIsABrokenPipe() throws {
        let (input, output) = (try Pipe(), try Pipe())
        close(output.readEnd)
        input.write("one\n")
        XCTAssertThrowsError(
            try LineFilter.run(
                LineReader(fileDescriptor: input.readEnd),
                LineWriter(fileDescriptor: output.writeEnd), lookAhead: 2
            ) { $0.map(\.text) }
        ) { XCTAssert($0 is BrokenPipe) }
        input.closeWriteEnd()
    }

    func testAFullDiskIsAnError() throws {
        let full = open("/dev/full", O_WRONLY)
        try XCTSkipIf(full < 0, "skipped: this system has no /dev/full")
        defer { close(full) }
        let writer = LineWriter(fileDescriptor: full, name: "output")
        try writer.write("text")
        XCTAssertThrowsError(try writer.flush()) {
            XCTAssertEqual(($0 as? IOFailure)?.code, ENOSPC)
            XCTAssertEqual(
                "\($0)",
                "output: cannot write: No space left on device; free some space and run it again")
        }
    }

    /// The output for `text`, and the sizes of the batches.
    private func filter(
        _ text: String, lookAhead: Int, answer: ([Line]) -> [String]
    ) throws -> (output: String, batches: [Int]) {
        let (input, output) = (try Pipe(), try Pipe())
        input.write(text)
        input.closeWriteEnd()
        var batches: [Int] = []
        try LineFilter.run(
            LineReader(fileDescriptor: input.readEnd),
            LineWriter(fileDescriptor: output.writeEnd), lookAhead: lookAhead
        ) { lines in
            batches.append(lines.count)
            return answer(lines)
        }
        output.closeWriteEnd()
        return (String(decoding: output.readAll(), as: UTF8.self), batches)
    }
}
