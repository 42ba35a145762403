import Files
import Foundation
import Kernels
import LineFilter
import XCTest

final class LineReaderTests: XCTestCase {
    func testOnlyALineFeedEndsALine() throws {
        let lines = try read("one\ntwo\u{0}\u{2028}\u{85}still two\rand this\n\nfour\n")
        XCTAssertEqual(
            lines.map(\.text), ["one", "two\u{0}\u{2028}\u{85}still two\rand this", "", "four"])
        XCTAssertEqual(lines.map(\.number), [1, 2, 3, 4])
    }

    func testLastLineNeedsNoLineFeed() throws {
        XCTAssertEqual(try read("one\ntwo").map(\.text), ["one", "two"])
        XCTAssertEqual(try read("one").map(\.text), ["one"])
        XCTAssertEqual(try read("").map(\.text), [])
        XCTAssertEqual(try read("\n").map(\.text), [""])
    }

    func testOneCarriageReturnIsTakenOffTheEnd() throws {
        let lines = try read("dos\r\ntwice\r\r\nunix\n\r\nlast\r")
        XCTAssertEqual(
            lines.map { Array($0.text.unicodeScalars.map(\.value)).last }, [115, 13, 120, nil, 116])
        XCTAssertEqual(lines.map(\.endsInCarriageReturn), [true, true, false, true, true])
    }

    func testIllFormedBytesBecomeReplacementCharacters() throws {
        let cases: [(bytes: [UInt8], text: String)] = [
            ([0x61, 0xFF, 0x62], "a\u{FFFD}b"),
            ([0x61, 0xE2, 0x82], "a\u{FFFD}"),  // the beginning of a longer sequence: one part
            ([0xE2, 0x82, 0x41], "\u{FFFD}A"),
            ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"),  // overlong
            ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),  // a surrogate
            ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),  // above U+10FFFF
            ([0xF0, 0x9F, 0x98, 0x0D], "\u{FFFD}"),
        ]
        for (bytes, text) in cases {
            let lines = try read([0x6F, 0x6B, 0x0A] + bytes + [0x0A, 0xC3, 0xA4])
            XCTAssertEqual(lines.map(\.text), ["ok", text, "ä"])
            XCTAssertEqual(lines.map(\.isWellFormed), [true, false, true])
        }
    }

    /// utf8proc and the standard library must agree on what UTF-8 is.
    func testValidationAgreesWithTheStandardLibrary() {
        var generator = SeededGenerator(seed: 11)
        let pieces: [[UInt8]] = [
            [0x41], Array("abcdefghij".utf8), Array("ä€😀".utf8), [0x80], [0xC3], [0xE2, 0x82],
            [0xF0, 0x9F], [0xED, 0xBF, 0xBF], [0xEF, 0xBF, 0xBF], [0xC1, 0x81], [0xF5], [0x00],
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...6, using: &generator))
                .flatMap { _ in pieces.randomElement(using: &generator)! }
            let isValid = bytes.withUnsafeBufferPointer { isUTF8($0) }
            XCTAssertEqual(isValid, String(validating: bytes, as: UTF8.self) != nil, "\(bytes)")
        }
    }

    /// However the bytes arrive, the lines are the same.
    func testChunksMakeNoDifference() throws {
        var generator = SeededGenerator(seed: 5)
        let expected = (0..<500).map { number in
            String(
                repeating: "ä\(number) ",
                count: Int.random(in: 0...(number % 50 == 0 ? 9000 : 9), using: &generator))
        }
        let bytes = Array((expected.joined(separator: "\n") + "\n").utf8)
        for round in 0..<4 {
            var chunks: [ArraySlice<UInt8>] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let size = Int.random(in: 1...(round == 0 ? 50 : 20_000), using: &generator)
                chunks.append(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            let pipe = try Pipe()
            let writer = Background { [chunks] in
                for chunk in chunks { pipe.write(chunk) }
                pipe.closeWriteEnd()
            }
            XCTAssertEqual(
                try lines(of: pipe, withoutWaiting: round % 2 == 1).map(\.text), expected)
            writer.wait()
        }
    }

    func testALongLineIsReadInLinearTime() throws {
        let pipe = try Pipe()
        let long = [UInt8](repeating: 0x78, count: 20_000_000)
        let writer = Background {
            pipe.write(long + [0x0A] + Array("end".utf8))
            pipe.closeWriteEnd()
        }
        let lines = try lines(of: pipe, withoutWaiting: false)
        writer.wait()
        XCTAssertEqual(lines.map(\.text.utf8.count), [long.count, 3])
    }

    func testKnowsWhatIsThere() throws {
        let pipe = try Pipe()
        let reader = LineReader(fileDescriptor: pipe.readEnd)
        XCTAssertNil(try reader.nextWithoutWaiting())
        pipe.write("one\ntwo\nthr")
        XCTAssertEqual(try reader.nextWithoutWaiting()?.text, "one")
        XCTAssertEqual(try reader.nextWithoutWaiting()?.text, "two")
        XCTAssertNil(try reader.nextWithoutWaiting())  // it is not complete
        pipe.write("ee\nfour")
        XCTAssertEqual(try reader.nextWithoutWaiting()?.text, "three")
        XCTAssertNil(try reader.nextWithoutWaiting())
        pipe.closeWriteEnd()
        XCTAssertEqual(try reader.nextWithoutWaiting()?.text, "four")
        XCTAssertNil(try reader.nextWithoutWaiting())
        XCTAssertNil(try reader.next())
        close(pipe.readEnd)
    }

    /// A terminal shared with another program may have been made non-blocking.
    func testWaitsOnANonBlockingDescriptor() throws {
        let pipe = try Pipe()
        XCTAssertEqual(fcntl(pipe.readEnd, F_SETFL, O_NONBLOCK), 0)
        let writer = Background {
            usleep(20_000)
            pipe.write("late\n")
            pipe.closeWriteEnd()
        }
        XCTAssertEqual(try lines(of: pipe, withoutWaiting: false).map(\.text), ["late"])
        writer.wait()
    }

    func testReadErrorIsThrown() throws {
        let descriptor = open(FileManager.default.temporaryDirectory.path, O_RDONLY)
        defer { close(descriptor) }
        XCTAssertThrowsError(try LineReader(fileDescriptor: descriptor, name: "input").next()) {
            XCTAssertEqual(
                "\($0)", "input: cannot read: Is a directory; name a file, not a folder")
        }
    }

    func testARecordMayEndInNUL() throws {
        let lines = try read("one\ntwo\r\u{0}\u{0}last\u{2028}", separator: .nul)
        XCTAssertEqual(
            lines.map { Array($0.text.utf8) },
            ["one\ntwo\r", "", "last\u{2028}"].map { Array($0.utf8) })
        XCTAssertEqual(lines.map(\.endsInCarriageReturn), [false, false, false])
    }

    func testAStrictReaderStopsAtBytesThatAreNotUTF8() throws {
        let pipe = try Pipe()
        defer { close(pipe.readEnd) }
        pipe.write([0x61, 0x0A, 0xFF, 0x0A, 0x62, 0x0A])
        let reader = LineReader(fileDescriptor: pipe.readEnd, name: "input", isStrict: true)
        XCTAssertEqual(try reader.next()?.text, "a")
        XCTAssertThrowsError(try reader.next()) {
            XCTAssertEqual(($0 as? FileError)?.kind, .malformed)
            XCTAssertEqual("\($0)", "input:2: not UTF-8; convert it first")
        }
    }

    func testCountsWhatItHandsOut() throws {
        let pipe = try Pipe()
        defer { close(pipe.readEnd) }
        pipe.write("ä\r\nb\nlast")
        pipe.closeWriteEnd()
        let reader = LineReader(fileDescriptor: pipe.readEnd)
        var counts: [[Int]] = []
        while try reader.next() != nil { counts.append([reader.lineCount, reader.byteCount]) }
        XCTAssertEqual(counts, [[1, 4], [2, 6], [3, 10]])
    }

    private func read(
        _ text: String, separator: RecordSeparator = .lineFeed
    ) throws -> [Line] {
        try read(Array(text.utf8), separator: separator)
    }

    private func read(
        _ bytes: [UInt8], separator: RecordSeparator = .lineFeed
    ) throws -> [Line] {
        let pipe = try Pipe()
        pipe.write(bytes)
        pipe.closeWriteEnd()
        return try lines(of: pipe, withoutWaiting: false, separator: separator)
    }

    /// All lines; `withoutWaiting` asks for what is there before it waits.
    private func lines(
        of pipe: Pipe, withoutWaiting: Bool, separator: RecordSeparator = .lineFeed
    ) throws -> [Line] {
        defer { close(pipe.readEnd) }
        let reader = LineReader(fileDescriptor: pipe.readEnd, separator: separator)
        var lines: [Line] = []
        while true {
            if withoutWaiting, let line = try reader.nextWithoutWaiting() {
                lines.append(line)
            } else if let line = try reader.next() {
                lines.append(line)
            } else {
                return lines
            }
        }
    }
}
