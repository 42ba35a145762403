import Files
import Foundation
import Kernels
import XCTest

@testable import LanguageIdentification

final class LanguageIdentifierFileTests: XCTestCase {
    private var url = URL(fileURLWithPath: "/")

    override func setUp() {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("mtl-nlp-\(UUID().uuidString)")
    }

    override func tearDown() { try? FileManager.default.removeItem(at: url) }

    private func written() throws -> (identifier: LanguageIdentifier, bytes: Data) {
        var generator = SeededGenerator(seed: 1)
        let weights = (0..<LanguageFeatures.bucketCount * 3)
            .map { _ in Float(generator.nextUnit() - 0.5) }
        let identifier = LanguageIdentifier(
            languages: ["de", "en"], weights: weights, temperature: 0.5)
        try identifier.write(to: url)
        return (identifier, try Data(contentsOf: url))
    }

    /// Reading `bytes` must fail with one line that names the file and holds the words.
    private func assertFails(_ bytes: Data, _ words: String = "", line: UInt = #line) throws {
        try bytes.write(to: url)
        XCTAssertThrowsError(try LanguageIdentifier(contentsOf: url), line: line) { error in
            guard let error = error as? FileError else {
                return XCTFail("\(error) is no FileError", line: line)
            }
            XCTAssertEqual(error.kind, .malformed, line: line)
            XCTAssertTrue(error.description.hasPrefix(url.path + ": "), "\(error)", line: line)
            XCTAssertFalse(error.description.contains { $0.isNewline }, "\(error)", line: line)
            XCTAssertTrue(
                words.isEmpty || error.description.contains(words), "\(error)", line: line)
        }
    }

    /// The file with another header.
    private func edited(_ bytes: Data, _ old: String, _ new: String) throws -> Data {
        let size = Int(bytes[0]) + Int(bytes[1]) << 8
        let header = String(decoding: bytes[8..<8 + size], as: UTF8.self)
        XCTAssertTrue(header.contains(old), header)
        let edited = Data(header.replacingOccurrences(of: old, with: new).utf8)
        var result = Data()
        withUnsafeBytes(of: UInt64(edited.count).littleEndian) { result.append(contentsOf: $0) }
        return result + edited + bytes[(8 + size)...]
    }

    func testAFileGivesBackWhatWasWritten() throws {
        let (identifier, bytes) = try written()
        let read = try LanguageIdentifier(contentsOf: url)
        XCTAssertEqual(read, identifier)
        try read.write(to: url)
        XCTAssertEqual(try Data(contentsOf: url), bytes)
        XCTAssertEqual(bytes.count % 8, 4, "the numbers begin at a multiple of 8 bytes")
    }

    func testAMissingFile() {
        XCTAssertThrowsError(try LanguageIdentifier(contentsOf: url)) {
            XCTAssertEqual(($0 as? FileError)?.kind, .missing)
        }
    }

    func testAnUnreadableFile() {
        XCTAssertThrowsError(
            try LanguageIdentifier(contentsOf: FileManager.default.temporaryDirectory)
        ) { XCTAssertEqual(($0 as? FileError)?.kind, .unreadable) }
    }

    func testAFileThatIsNoIdentifier() throws {
        for bytes in [
            Data(), Data("12345678".utf8), Data(count: 8), Data(repeating: 0xFF, count: 100),
            Data("The quick brown fox".utf8),
        ] { try assertFails(bytes) }
    }

    func testATruncatedOrLongerFile() throws {
        let bytes = try written().bytes
        for count in [1, 7, 8, 9, 100, 300, bytes.count / 2, bytes.count - 1] {
            try assertFails(bytes.prefix(count))
        }
        try assertFails(bytes + [0], "bytes of numbers")
    }

    func testAHeaderThatContradictsItself() throws {
        let bytes = try written().bytes
        for (old, new, words) in [
            ("\"mtl-nlp-language-identifier\"", "\"other\"", "its format is 'other'"),
            ("\"version\":\"1\"", "\"version\":\"2\"", "version 2"),
            ("de,en", "de", "fewer than two"), ("de,en", "de,de", "twice"),
            ("de,en", "de,und", "und"), ("de,en", "de,E1", "'E1'"), ("de,en", "", "fewer"),
            ("de,en", "de,en,fr", "shape"), ("[65536,3]", "[3,65536]", "shape"),
            ("[65536,3]", "[-1,3]", "shape"), ("\"I8\"", "\"F32\"", "shape"),
            ("[0,196608]", "[0,9223372036854775807]", "shape"), ("[1]", "[]", "shape"),
            ("\"weights\"", "\"weight\"", "is no language identifier"),
            ("__metadata__", "metadata", "is no language identifier"),
        ] { try assertFails(edited(bytes, old, new), words) }
    }

    func testAScaleThatIsNoPositiveNumber() throws {
        let bytes = try written().bytes
        for scale in [Float.nan, .infinity, 0, -1] {
            var damaged = bytes.dropLast(4)
            withUnsafeBytes(of: scale.bitPattern.littleEndian) { damaged.append(contentsOf: $0) }
            try assertFails(damaged, "scale")
        }
    }

    /// Any byte of the header changed: read as something or refused, never a trap.
    func testDamagedHeaders() throws {
        let bytes = try written().bytes
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<300 {
            var damaged = bytes
            damaged[generator.next(below: 280)] = UInt8(generator.next(below: 256))
            try damaged.write(to: url)
            do {
                _ = try LanguageIdentifier(contentsOf: url).identify("Guten Tag")
            } catch {
                XCTAssert(error is FileError, "\(error)")
            }
        }
    }
}
