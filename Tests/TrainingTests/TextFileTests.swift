import Files
import Foundation
import XCTest

@testable import Training

/// A folder that a test fills and that goes away with it.
final class TemporaryFolder {
    let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("mtl-nlp-tests-\(UUID().uuidString)", isDirectory: true)

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> URL {
        let file = url.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file
    }
}

final class TextFileTests: XCTestCase {
    /// "first\nsecond\n" as `gzip -9n` compresses it.
    private static let member: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0xcb,
        0x2c, 0x2a, 0x2e, 0xe1, 0x2a, 0x4e, 0x4d, 0xce, 0xcf, 0x4b, 0xe1, 0x02,
        0x00, 0x20, 0x51, 0x45, 0x08, 0x0d, 0x00, 0x00, 0x00,
    ]

    private func lines(_ text: String) throws -> [String] {
        let folder = try TemporaryFolder()
        return try TextFile.lines(of: try folder.write(text.utf8, as: "text"))
    }

    private func lines(ofFileWith bytes: [UInt8], name: String = "text") throws -> [String] {
        let folder = try TemporaryFolder()
        return try TextFile.lines(of: try folder.write(bytes, as: name))
    }

    private func error(ofFileWith bytes: [UInt8]) throws -> FileError {
        let folder = try TemporaryFolder()
        let url = try folder.write(bytes, as: "text")
        return try fileError { _ = try TextFile.lines(of: url) }
    }

    /// As a shell's `<(command)` is one.
    func testAPipeIsReadToItsEnd() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.url.appendingPathComponent("pipe")
        XCTAssertEqual(mkfifo(pipe.path, 0o600), 0)
        let text = String(repeating: "one line of many\n", count: 10_000)
        Thread.detachNewThread { try? Data(text.utf8).write(to: pipe, options: []) }
        let lines = try TextFile.lines(of: pipe)
        XCTAssertEqual(lines.count, 10_000)
        XCTAssertEqual(Set(lines), ["one line of many"])
        XCTAssertEqual(try TextFile.lines(of: URL(fileURLWithPath: "/dev/null")), [])
    }

    func testALineFeedEndsALine() throws {
        XCTAssertEqual(try lines(""), [])
        XCTAssertEqual(try lines("\n"), [""])
        XCTAssertEqual(try lines("one"), ["one"])
        XCTAssertEqual(try lines("one\n"), ["one"])
        XCTAssertEqual(try lines("one\n\ntwo\n\n"), ["one", "", "two", ""])
    }

    func testNothingElseEndsALine() throws {
        let line = "a\r\u{b}\u{c}\u{1c}\u{85}\u{2028}\u{2029}\0b\r"
        XCTAssertEqual(
            try lines("\(line)\nc\n").map { Array($0.unicodeScalars) },
            [Array(line.unicodeScalars), ["c"]])
    }

    func testGzipIsKnownByItsFirstBytes() throws {
        XCTAssertEqual(try lines(ofFileWith: Self.member, name: "plain.txt"), ["first", "second"])
        XCTAssertEqual(try lines(ofFileWith: Array("a\nb".utf8), name: "not.gz"), ["a", "b"])
    }

    func testGzipMembersFollowOneAnother() throws {
        XCTAssertEqual(
            try lines(ofFileWith: Self.member + Self.member),
            ["first", "second", "first", "second"])
        XCTAssertEqual(
            try lines(ofFileWith: Self.member + [0, 0, 0]), ["first", "second"], "zero padding")
    }

    func testGzipLargerThanOnePiece() throws {
        // 512 KiB: the buffers of the reader hold 256.
        let folder = try TemporaryFolder()
        let line = String(repeating: "x", count: 127)
        let text = String(repeating: line + "\n", count: 4096)
        let url = try folder.write(text.utf8, as: "text")
        let compress = Process()
        compress.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compress.arguments = ["gzip", url.path]
        try compress.run()
        compress.waitUntilExit()
        let lines = try TextFile.lines(of: url.appendingPathExtension("gz"))
        XCTAssertEqual(lines, [String](repeating: line, count: 4096))
    }

    func testEveryTruncationOfGzipIsFound() throws {
        for count in 2..<Self.member.count {
            let error = try error(ofFileWith: Array(Self.member[..<count]))
            XCTAssertEqual(error.kind, .malformed)
            XCTAssert(
                error.description.contains("text: truncated or damaged gzip at byte \(count);"),
                error.description)
        }
    }

    func testDamageOfGzipIsFound() throws {
        // The last eight bytes are the checksum and the size.
        for index in Self.member.count - 8..<Self.member.count {
            var damaged = Self.member
            damaged[index] ^= 1
            XCTAssertEqual(try error(ofFileWith: damaged).kind, .malformed)
        }
        XCTAssertEqual(try error(ofFileWith: Self.member + [1]).kind, .malformed, "garbage")
    }

    func testInvalidUTF8IsFoundWithItsLine() throws {
        let bytes = Array("fine\nalso fine\n".utf8) + [0x62, 0xff, 0x0a]
        let error = try error(ofFileWith: bytes)
        XCTAssertEqual(error.kind, .malformed)
        XCTAssertEqual(error.line, 3)
        XCTAssert(error.description.contains("text:3: not valid UTF-8"), error.description)
        XCTAssertEqual(try self.error(ofFileWith: [0x61, 0xe2, 0x82]).line, 1, "cut short")
    }

    func testMissingAndUnreadableFiles() throws {
        let missing = try fileError {
            _ = try TextFile.lines(of: URL(fileURLWithPath: "no/such/corpus.txt"))
        }
        XCTAssertEqual(missing.kind, .missing)
        XCTAssertEqual(missing.description, "no/such/corpus.txt: no such file; check the path")
        let folder = try TemporaryFolder()
        let unreadable = try fileError { _ = try TextFile.lines(of: folder.url) }
        XCTAssertEqual(unreadable.kind, .unreadable)
        let below = try folder.write([], as: "file").appendingPathComponent("below")
        XCTAssertNotEqual(try fileError { _ = try TextFile.lines(of: below) }.kind, .malformed)
    }

    func testDigestIsThatOfTheStoredBytes() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(Self.member, as: "text.gz")
        XCTAssertEqual(
            try TextFile.sha256(of: url),
            "e6965baf44115e7bf3f64abe9b144557befd47dc2e4489bed7237257346edb34")
    }
}

/// The error of the corpus readers that the body throws.
func fileError(
    _ body: () throws -> Void, file: StaticString = #filePath, line: UInt = #line
) throws -> FileError {
    var thrown: (any Error)?
    XCTAssertThrowsError(try body(), file: file, line: line) { thrown = $0 }
    return try XCTUnwrap(thrown as? FileError, file: file, line: line)
}
