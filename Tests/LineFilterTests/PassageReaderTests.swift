import Foundation
import LineFilter
import XCTest

final class PassageReaderTests: XCTestCase {
    private func reader(
        _ pipe: Pipe, _ mode: TextMode, keepsBlankLines: Bool = true
    ) -> PassageReader {
        PassageReader(
            LineReader(fileDescriptor: pipe.readEnd), mode: mode, keepsBlankLines: keepsBlankLines
        ) { $0.allSatisfy(\.isWhitespace) }
    }

    /// Passages as their lines with slashes between them, blank ones in brackets.
    private func passages(
        _ text: String, _ mode: TextMode, keepsBlankLines: Bool = true
    ) throws -> [String] {
        let pipe = try Pipe()
        defer { close(pipe.readEnd) }
        pipe.write(text)
        pipe.closeWriteEnd()
        let reader = reader(pipe, mode, keepsBlankLines: keepsBlankLines)
        var passages: [String] = []
        while let passage = try reader.nextWithoutWaiting() ?? reader.next() {
            let text = passage.text(joinedBy: "/")
            passages.append(passage.isBlank ? "[\(text)]" : "\(passage.number) \(text)")
        }
        return passages
    }

    func testALineIsAPassage() throws {
        XCTAssertEqual(try passages("a\n\nb\nc", .line), ["1 a", "2 ", "3 b", "4 c"])
    }

    func testBlankLinesDivideParagraphs() throws {
        for mode in [TextMode.paragraph, .wrapped] {
            XCTAssertEqual(try passages("", mode), [])
            XCTAssertEqual(try passages("a", mode), ["1 a"])
            XCTAssertEqual(try passages("\n \n", mode), ["[]", "[ ]"])
            XCTAssertEqual(
                try passages("a\nb\n\n\t\nc\n\n\nd\ne\n", mode),
                ["1 a/b", "[]", "[\t]", "5 c", "[]", "[]", "8 d/e"])
        }
    }

    func testBlankLinesMayBeLeftOut() throws {
        XCTAssertEqual(
            try passages("\n\na\nb\n\n\nc\n\n", .wrapped, keepsBlankLines: false), ["3 a/b", "7 c"])
        XCTAssertEqual(try passages("a\n\n", .line, keepsBlankLines: false), ["1 a", "2 "])
    }

    /// A paragraph is not handed out before its end is there, and then without more waiting.
    func testKnowsWhatIsThere() throws {
        let pipe = try Pipe()
        defer { close(pipe.readEnd) }
        let reader = reader(pipe, .paragraph)
        pipe.write("a\nb\n")
        XCTAssertNil(try reader.nextWithoutWaiting())
        pipe.write("\n")
        XCTAssertEqual(try reader.nextWithoutWaiting()?.text(joinedBy: "/"), "a/b")
        XCTAssertEqual(try reader.nextWithoutWaiting()?.isBlank, true)
        XCTAssertNil(try reader.nextWithoutWaiting())
        pipe.write("c\n")
        pipe.closeWriteEnd()
        XCTAssertNil(try reader.nextWithoutWaiting())
        XCTAssertEqual(try reader.next()?.text(joinedBy: "/"), "c")
        XCTAssertNil(try reader.next())
    }

    func testAPassageKnowsItsLines() throws {
        let pipe = try Pipe()
        defer { close(pipe.readEnd) }
        pipe.write(Array("a\n".utf8) + [0xFF, 0x0D, 0x0A])
        pipe.closeWriteEnd()
        let passage = try XCTUnwrap(reader(pipe, .wrapped).next())
        XCTAssertFalse(passage.isWellFormed)
        XCTAssert(passage.endsInCarriageReturn)
        XCTAssertEqual(passage.byteCount, 4)
    }
}
