import Foundation
import XCTest

final class CorpusCommandTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    private func clean(_ arguments: [String], input: String = "") throws -> Program.Result {
        try Program.run(["corpus", "clean"] + arguments, input: input)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }

    // MARK: clean

    func testPairsFromStandardInput() throws {
        // White space and a carriage return stay as they are.
        let kept = "A  red cat sleeps.\tEine rote Katze schläft. \r\nGo on!\tWeiter!\n"
        let input = kept + "Go on!\tWeiter!\nNo.\t\nTo be or not to be\tto be or not to be"
        let result = try clean([], input: input)
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(result.output, kept)
        XCTAssertEqual(
            result.errors,
            "mtl-nlp: standard input: 5 lines, 2 kept, 1 empty, 1 copy, 1 duplicate\n")
        XCTAssertEqual(try clean(["--quiet", "--pairs"], input: input).errors, "")
        let chosen = try clean(["--rules", "copy,empty"], input: input)
        XCTAssertEqual(chosen.output, kept + "Go on!\tWeiter!\n")
        XCTAssertEqual(try clean([]).output, "")
    }

    func testFilesAndJSON() throws {
        let compressed: [UInt8] = [
            0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x73, 0x54, 0x28, 0x4a,
            0x4d, 0x51, 0x48, 0x4e, 0x2c, 0x51, 0x28, 0xce, 0x49, 0x4d, 0x2d, 0x28, 0xd6, 0xe3,
            0x74, 0xcd, 0xcc, 0x4b, 0x55, 0x28, 0xca, 0x2f, 0x49, 0x55, 0xf0, 0x4e, 0x2c, 0xa9,
            0x4a, 0x55, 0x28, 0x4e, 0xce, 0xc8, 0x39, 0xbc, 0x24, 0xad, 0x44, 0x8f, 0xcb, 0x2f,
            0x5f, 0x8f, 0x93, 0x0b, 0x00, 0xf8, 0x43, 0x39, 0x1b, 0x31, 0x00, 0x00, 0x00,
        ]
        try Data(compressed).write(to: folder.url.appendingPathComponent("pairs.tsv.gz"))
        let arguments = [
            "--pairs", "--from", "en", "--to", "de", "--rejected", folder.path("bad"), "-o",
            folder.path("good"), "--json", folder.path("pairs.tsv.gz"),
        ]
        let result = try clean(arguments)
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(result.output, #"{"kept":1,"lines":2,"removed":{"empty":1}}"# + "\n")
        XCTAssertEqual(try text("good"), "A red cat sleeps.\tEine rote Katze schläft.\n")
        XCTAssertEqual(try text("bad"), "empty\tNo.\t\n")
    }

    func testLanguages() throws {
        let german = "Der kleine Hund schläft heute unter dem Tisch."
        let english = "The small dog sleeps under the table today."
        let input = "\(english)\t\(german)\n\(german)\t\(english)\n"
        let result = try clean(["--from", "en", "--to", "de"], input: input)
        XCTAssertEqual(result.output, "\(english)\t\(german)\n")
        let labelled = try clean(
            ["--labelled", "--language", "de"], input: "\(english)\tneutral\n\(german)\tneutral\n")
        XCTAssertEqual(labelled.output, "\(german)\tneutral\n")
        XCTAssert(labelled.errors.contains("2 lines, 1 kept, 1 language"), labelled.errors)
    }

    func testLabelledTexts() throws {
        let input = "good\t1\nbad\t0\ngood\t1\nbad\t1\n\t0\n:-)\t1\n"
        let result = try clean(["--labelled"], input: input)
        XCTAssertEqual(result.output, "good\t1\n:-)\t1\n")
        XCTAssert(
            result.errors.contains("6 lines, 2 kept, 1 empty, 2 conflict, 1 duplicate"),
            result.errors)
        let soft = "good\t0.1\t0.1\t0.8\ngood\t0.2\t0.2\t0.6\ngood day\t0\t1\t0\n"
        XCTAssertEqual(
            try clean(["--labelled"], input: soft).output,
            "good\t0.1\t0.1\t0.8\ngood day\t0\t1\t0\n")
    }

    /// Taken for pairs, labels are far too short.
    func testWhenNothingIsKeptTheOtherKindIsNamed() throws {
        let result = try clean([], input: "a text that somebody wrote about his day\tgood\n")
        XCTAssertEqual(result.status, 0)
        XCTAssertEqual(result.output, "")
        XCTAssert(
            result.errors.contains(
                "no line is kept; if the lines are labelled texts, give --labelled"),
            result.errors)
        XCTAssertFalse(try clean([], input: "").errors.contains("no line is kept"))
    }

    func testTheOutputDoesNotDependOnTheThreads() throws {
        let input = (0..<3000).map { "The dog no. \($0 % 700)\tDer Hund Nr. \($0 % 900)\n" }
            .joined()
        let outputs = try ["1", "2", "5"].map {
            try clean(["--from", "en", "--to", "de", "--threads", $0], input: input).output
        }
        XCTAssertEqual(Set(outputs).count, 1)
        XCTAssertFalse(outputs[0].isEmpty)
    }

    /// Whatever fails, an output that was there before stays.
    func testWhatCannotBeUsedIsNamed() throws {
        let bad = try folder.write("a\tb\nc\n", as: "bad.tsv")
        let good = try folder.write("a\tb\n", as: "good.tsv")
        let output = try folder.write("precious", as: "output")
        let columns = try folder.write("a\t1\t0\t0\nb\tx\ty\tz\n", as: "columns.tsv")
        let to = ["--output", output]
        for (arguments, status, words) in [
            (to + [bad], 65, "bad.tsv:2: 1 column, but each line must be source<TAB>target"),
            (
                to + ["--labelled", bad], 65,
                "bad.tsv:2: 1 column, but each line must be text<TAB>label"
            ),
            (
                to + ["--labelled", columns], 65,
                #"columns.tsv:2: "x", "y", "z" are no three probabilities"#
            ),
            (to + [folder.path("none")], 66, "no such file"),
            (
                to + ["--rules", "empty,ratio", good], 64,
                "unknown rule 'ratio' of --pairs; there are"
            ),
            (to + ["--rules", "conflict", good], 64, "unknown rule 'conflict' of --pairs"),
            (to + ["--rules", "language", good], 64, "needs --from or --to"),
            (to + ["--language", "en", good], 64, "--from and --to"),
            (to + ["--labelled", "--to", "en", good], 64, "use --language"),
            (to + ["--to", "xx", good], 64, "does not know 'xx'"),
            (to + ["--maximum-ratio", "0.5", good], 64, "at least 1"),
            (to + ["--minimum-letters", "1", good], 64, "less than 1"),
            (to + ["--maximum-words", "0", good], 64, "from 1"),
            (to + ["--rejected", output, good], 64, "the same file"),
            (
                to + [
                    "--rejected", folder.path("../\(folder.url.lastPathComponent)/output"), good,
                ],
                64, "the same file"
            ),
            (
                ["-o", folder.path("new"), "--rejected", folder.path("./new"), good], 64,
                "the same file"
            ),
            (["--rejected", "-", good], 64, "the same file"),
            (to + ["-o", output, good], 64, "'--output' is given more than once"),
            (["--json", "--output", "-", good], 64, "--json: standard output has the counts"),
            (
                ["--json", "--output", folder.path("new"), "--rejected", "-", good], 64,
                "--json: standard output has the counts"
            ),
            (to + [folder.url.path], 74, "cannot read: Is a directory; name a file, not a folder"),
            (["--json", good], 64, "--json: standard output has the counts"),
            (["--output", good, good], 64, "the same file"),
        ] {
            let result = try clean(arguments)
            XCTAssertEqual(result.status, Int32(status), "\(arguments): \(result.errors)")
            XCTAssert(result.errors.contains(words), result.errors)
            XCTAssertEqual(result.output, "")
        }
        XCTAssertEqual(try text("output"), "precious")
        XCTAssertEqual(try text("good.tsv"), "a\tb\n")
        let latin = try Program.run(
            ["corpus", "clean"], input: Array("a\tb\n".utf8) + [0x61, 0x09, 0xE4, 0x0A])
        XCTAssertEqual(latin.status, 65)
        XCTAssert(latin.errors.contains("standard input:2: not valid UTF-8"), latin.errors)
        XCTAssertEqual(latin.output, "")
    }

    func testAHyphenIsAStandardStream() throws {
        let result = try Program.run(
            ["corpus", "clean", "--rules", "empty", "-o", "-", "-"], input: "a\tb\n \tc\n")
        XCTAssertEqual(result.output, "a\tb\n")
        XCTAssertEqual(result.status, 0, result.errors)
    }

    // MARK: stats

    private struct Statistics: Decodable {
        struct Column: Decodable {
            let name: String
            let words: Int
            let tokens: Int?
            let languages: [String: Int]?
        }

        let file: String
        let kind: String
        let lines: Int
        let columns: [Column]
        let labels: [String: Int]?
    }

    func testStatistics() throws {
        let pairs = try folder.write(
            "The dog sleeps under the table.\tDer Hund schläft unter dem Tisch.\nGo on!\tWeiter!\n",
            as: "pairs.tsv")
        let texts = try folder.write("good\t1\nbad\t0\nfine\t1\n", as: "texts.tsv")
        let result = try Program.run(["corpus", "stats", pairs, texts])
        XCTAssertEqual(result.status, 0, result.errors)
        let lines = result.output.components(separatedBy: "\n")
        XCTAssert(lines[0].hasPrefix("file "), lines[0])
        XCTAssert(lines[1].contains("source  2 ") && lines[1].contains("en "), lines[1])
        XCTAssert(lines[2].contains("target  2 ") && lines[2].contains("de "), lines[2])
        XCTAssert(result.output.contains("target/source"), result.output)
        XCTAssert(
            result.output.contains("\(texts)  1      2      66.7 %"), result.output)

        let json = try Program.run(["corpus", "stats", "--json", pairs, texts])
        let decoded = try JSONDecoder().decode([Statistics].self, from: Data(json.output.utf8))
        XCTAssertEqual(decoded.map(\.file), [pairs, texts])
        XCTAssertEqual(decoded.map(\.kind), ["pairs", "labelled"])
        XCTAssertEqual(decoded[0].columns.map(\.words), [8, 7])
        XCTAssertEqual(decoded[0].columns[1].languages?.values.reduce(0, +), 2)
        XCTAssertGreaterThan(try XCTUnwrap(decoded[0].columns[0].tokens), 8)
        XCTAssertEqual(decoded[1].labels, ["1": 2, "0": 1])
    }

    func testStatisticsOfStandardInput() throws {
        let result = try Program.run(["corpus", "stats", "--json", "--text"], input: "a\tb\nc\n")
        let decoded = try JSONDecoder().decode([Statistics].self, from: Data(result.output.utf8))
        XCTAssertEqual(decoded.map(\.kind), ["text"])
        XCTAssertEqual(decoded.map(\.lines), [2])
        let empty = try Program.run(["corpus", "stats"], input: "")
        XCTAssertEqual(empty.status, 65)
        XCTAssert(empty.errors.contains("standard input: empty"), empty.errors)
        let columns = try Program.run(["corpus", "stats"], input: "a\tb\tc\td\n")
        XCTAssertEqual(columns.status, 65)
        XCTAssert(columns.errors.contains("standard input:1: "), columns.errors)
        let missing = try Program.run(["corpus", "stats", folder.path("none")])
        XCTAssertEqual(missing.status, 66)
    }
}
