import Foundation
import XCTest

@testable import Tokenization

/// Unicode's own test of the normalisation forms, as Debian's package unicode-data has it.
final class NormalizationConformanceTests: XCTestCase {
    private static let path = "/usr/share/unicode/NormalizationTest.txt.bz2"

    private func testFile() throws -> String {
        guard FileManager.default.isReadableFile(atPath: Self.path) else {
            throw XCTSkip("\(Self.path) is absent; install the package unicode-data")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["bzip2", "-dc", Self.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { throw XCTSkip("no program can be started: \(error)") }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw XCTSkip("\(Self.path) cannot be unpacked; install the package bzip2")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The five columns of a line; nil for part titles and comments.
    private func columns(_ line: Substring) -> [String]? {
        guard let first = line.utf8.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "@")
        else { return nil }
        return line.split(separator: ";").prefix(5).map { column in
            var text = String.UnicodeScalarView()
            for number in column.split(separator: " ") {
                if let scalar = UInt32(number, radix: 16).flatMap(Unicode.Scalar.init) {
                    text.append(scalar)
                }
            }
            return String(text)
        }
    }

    private func assertForm(
        _ form: NormalizationRule.Form, of text: String, is expected: String
    ) {
        let result = Normalizer.convert(text, to: form)
        XCTAssertTrue(
            result.isIdentical(to: expected),
            "\(form) of \(text.codePoints): \(result.codePoints), not \(expected.codePoints)")
    }

    func testFormsPassTheUnicodeTest() throws {
        var caseCount = 0
        var listed: Set<UInt32> = []
        var isFirstPart = false
        for line in try testFile().split(separator: "\n") {
            if line.hasPrefix("@Part") { isFirstPart = line.hasPrefix("@Part1") }
            guard let columns = columns(line), columns.count == 5 else { continue }
            caseCount += 1
            if isFirstPart, let scalar = columns[0].unicodeScalars.first {
                listed.insert(scalar.value)
            }
            for column in columns[..<3] { assertForm(.nfc, of: column, is: columns[1]) }
            for column in columns[3...] { assertForm(.nfc, of: column, is: columns[3]) }
            for column in columns { assertForm(.nfkc, of: column, is: columns[3]) }
        }
        XCTAssertGreaterThan(caseCount, 18_000)

        // Code points that part 1 does not list are unchanged by all forms.
        for codePoint in UInt32(0)...0x10FFFF where !listed.contains(codePoint) {
            guard let scalar = Unicode.Scalar(codePoint),
                scalar.properties.age.map({ $0 <= (15, 0) }) ?? true
            else { continue }
            assertForm(.nfc, of: String(scalar), is: String(scalar))
            assertForm(.nfkc, of: String(scalar), is: String(scalar))
        }
    }
}
