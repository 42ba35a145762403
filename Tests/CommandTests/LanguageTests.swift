import Foundation
import XCTest

final class LanguageTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    private func detect(_ input: String, _ arguments: [String] = []) throws -> Program.Result {
        try Program.run(["language", "detect"] + arguments, input: input)
    }

    /// The lines of an answer, without the probabilities.
    private func codes(_ result: Program.Result) -> [String] {
        result.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    }

    func testAnswersEachLine() throws {
        let input = "Guten Morgen, wie geht es dir?\n\nIt is raining.\r\n12 %\nIl pleut fort.\nмир"
        let result = try detect(input)
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(result.errors, "")
        XCTAssertEqual(codes(result), ["de", "und", "en", "und", "fr", "und"])
        let lines = result.output.components(separatedBy: "\n")
        XCTAssertEqual(lines[1], "und\t1.0000")
        XCTAssertEqual(lines.last, "")
        for line in lines.dropLast() {
            XCTAssertNotNil(line.wholeMatch(of: /[a-z]{2,3}\t(0\.\d{4}|1\.0000)/), line)
        }
    }

    func testBytesThatAreNotUTF8() throws {
        let result = try Program.run(
            ["language", "detect"], input: [0xFF, 0xFE, 0x0A] + Array("Das ist gut.\n".utf8))
        XCTAssertEqual(result.output.first, "u")
        XCTAssertEqual(codes(result), ["und", "de"])
        XCTAssert(result.errors.contains("standard input:1: not UTF-8"), result.errors)
    }

    func testAnswersDoNotDependOnTheThreads() throws {
        let line = "Où est le chat ?\nThe cat sleeps.\nDie Katze schläft.\nhm\n"
        let input = String(repeating: line, count: 800)
        let outputs = try ["1", "2", "5"].map { try detect(input, ["--threads", $0]).output }
        XCTAssertEqual(Set(outputs).count, 1)
        XCTAssertEqual(outputs[0].utf8.count { $0 == 0x0A }, 3200)
    }

    func testAnswersBeforeTheInputEnds() throws {
        let program = try RunningProgram(["language", "detect"])
        try program.write("Wir warten auf den Bus.\n")
        XCTAssertEqual(program.readLine().prefix(3), "de\t")
        try program.closeInput()
        XCTAssertEqual(program.wait(), 0)
    }

    func testTrainThenDetect() throws {
        let pairs = (0..<60).map {
            "the red dog number \($0 % 7) \($0)\tder rote Hund Nummer \($0)"
        }
        let tsv = try folder.write(pairs.joined(separator: "\n"), as: "pairs.tsv")
        let others = try folder.write("il cane rosso\nel perro rojo\n", as: "others")
        let outputs = try ["1", "2"].map { threads in
            let output = folder.path("identifier-\(threads)")
            let result = try Program.run(
                [
                    "language", "train", "--output", output, "--examples", "20000", "--threads",
                    threads, "en=\(tsv):1", "de=\(tsv):2", "und=\(others)",
                ])
            XCTAssertEqual(result.status, 0, result.errors)
            XCTAssertEqual(result.output, "")
            XCTAssert(result.errors.contains(" % right"), result.errors)
            return output
        }
        XCTAssertEqual(
            try Data(contentsOf: URL(fileURLWithPath: outputs[0])),
            try Data(contentsOf: URL(fileURLWithPath: outputs[1])))
        let result = try detect(
            "the red dog\nder rote Hund\nмир и труд\n", ["--identifier", outputs[0]])
        XCTAssertEqual(codes(result), ["en", "de", "und"])
    }

    func testWhatCannotBeUsedIsNamed() throws {
        let text = try folder.write("one\ntwo\n", as: "text")
        let output = folder.path("output")
        let train = ["language", "train", "--output", output]
        for (arguments, status, words) in [
            (train, 64, "language=file"), (train + ["en"], 64, "en=english.txt"),
            (train + ["en=\(text)"], 64, "texts of two"),
            (train + ["en=\(text)", "und=\(text)"], 64, "texts of two"),
            (train + ["en=\(text)", "DE=\(text)"], 64, "'DE'"),
            (train + ["--examples", "0", "en=\(text)", "de=\(text)"], 64, "from 1"),
            (train + ["en=\(text)", "de=\(text).no"], 66, "no such file"),
            (train + ["en=\(text)", "de=\(text):2"], 65, "text:1: there is no column 2"),
            (["language", "detect", "--identifier", text], 65, "no language identifier"),
            (["language", "detect", "--identifier", output], 66, "no such file"),
            (["language", "detect", "--model", folder.url.path], 66, "no such file"),
            (["language", "detect", "--model", "x", "--identifier", "y"], 64, "exclude"),
        ] {
            let result = try Program.run(arguments)
            XCTAssertEqual(result.status, Int32(status), "\(arguments): \(result.errors)")
            XCTAssert(result.errors.contains(words), result.errors)
            XCTAssertEqual(result.output, "")
        }
        XCTAssertFalse(FileManager.default.fileExists(atPath: output))
    }
}
