import Foundation
import Kernels
import XCTest

/// Whatever the input is, there is an answer to each line of it.
final class RandomInputTests: XCTestCase {
    private static let pieces: [[UInt8]] = [
        [0x0A], [0x0A], [0x0D, 0x0A], [0x0D], [0x00], [0x09], [0x20], [0xFF], [0xC3], [0xE2, 0x82],
        [0xED, 0xA0, 0x80], [0x1B], [0x1E], Array("\u{2028}\u{85}".utf8), Array("\u{FEFF}".utf8),
        Array("\u{200B}".utf8), Array("e\u{301}".utf8), Array("👩‍👩‍👧".utf8), Array("ä".utf8),
        Array("A grey cat sleeps. ".utf8), Array("{name} %s <b>".utf8), Array("</s> <2de>".utf8),
        Array("{\"text\":\"a\"}".utf8), Array("{\"text\":\"".utf8), Array("\"}".utf8),
        Array("[[[[".utf8), Array("\\ud83d\\n\\u0000".utf8), Array("12,5 % ???".utf8),
        Array("https://example.org/?a=b".utf8),
    ]

    func testEveryLineIsAnswered() throws {
        let folder = try TemporaryFolder()
        let model = try folder.writeModel()
        var generator = SeededGenerator(seed: 29)
        for round in 0..<24 {
            let input = (0..<Int.random(in: 0...800, using: &generator))
                .flatMap { _ in Self.pieces.randomElement(using: &generator)! }
            let command = [["translate", "--to", "de"], ["sentiment"], ["both", "--to", "en"]][
                round % 3]
            let options = [[], ["--jsonl"], ["--input-jsonl"], ["--keep-crlf"], ["-0"]][round % 5]
            let result = try Program.run(
                command + options + ["--quiet", "--model", model], input: input)
            XCTAssertEqual(result.status, 0, result.errors)
            XCTAssertEqual(result.errors, "")
            let end: UInt8 = options == ["-0"] ? 0x00 : 0x0A
            let output = Array(result.output.utf8)
            let expected =
                input.count { $0 == end } + (input.last.map { $0 != end } ?? false ? 1 : 0)
            XCTAssertEqual(output.count { $0 == end }, expected, "round \(round): \(input)")
            XCTAssert(output.isEmpty || output.last == end)
            // No reader takes an answer for two.
            let breaks: Set<Unicode.Scalar> = [
                "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}",
            ]
            XCTAssert(
                options == ["--input-jsonl"]
                    || result.output.unicodeScalars.allSatisfy { !breaks.contains($0) },
                "round \(round): \(input)")
        }
    }
}
