import Foundation
import XCTest

final class TokenizerTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var tokenizer = ""

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        tokenizer = folder.path("tokenizer.json")
        try TinyModel.tokenizer().write(to: URL(fileURLWithPath: tokenizer))
    }

    private func run(
        _ arguments: [String], input: some Sequence<UInt8>
    ) throws -> Program.Result {
        try Program.run(["tokenizer"] + arguments + ["--tokenizer", tokenizer], input: input)
    }

    func testTrainWritesTheLibrarysBytes() throws {
        let english = try folder.write(TinyModel.sentences[..<4].joined(separator: "\n"), as: "1")
        let others = try folder.write(TinyModel.sentences[4...].joined(separator: "\n"), as: "2")
        let output = folder.path("new.json")
        for threads in ["1", "2"] {
            let result = try Program.run(
                [
                    "tokenizer", "train", "--vocabulary-size", "360", "--languages", "de,en",
                    "--threads", threads, "--output", output, english, others,
                ])
            XCTAssertEqual(result.status, 0, result.errors)
            XCTAssertEqual(result.output + result.errors, "")
            XCTAssertEqual(
                try Data(contentsOf: URL(fileURLWithPath: output)),
                try Data(contentsOf: URL(fileURLWithPath: tokenizer)))
        }
    }

    func testAFailedTrainingLeavesTheOutputAlone() throws {
        let output = try folder.write("precious", as: "new.json")
        let text = try folder.write("too little", as: "text")
        let result = try Program.run(
            ["tokenizer", "train", "--vocabulary-size", "9000", "--output", output, text])
        XCTAssertEqual(result.status, 65)
        XCTAssertEqual(try String(contentsOfFile: output, encoding: .utf8), "precious")
    }

    func testEncodeThenDecodeIsNormalize() throws {
        let lines = [
            "The ferry leaves.", "", " \t", "  Zwei   Wörter\r",
            "</s> <2de> <0x41> ▁ \u{0} \u{2028}",
            "日本語 🦆", String(repeating: "Brot und ", count: 20_000), "caf\u{65}\u{301} \u{FB01}",
        ]
        let input = Array(lines.joined(separator: "\n").utf8) + [0x0A, 0xFF, 0xFE]
        let encoded = try run(["encode"], input: input)
        XCTAssertEqual(
            encoded.errors,
            "mtl-nlp: warning: standard input:9: not UTF-8; what is not was read as U+FFFD\n")
        let decoded = try run(["decode"], input: encoded.output.utf8)
        let normalized = try Program.run(["normalize", "--tokenizer", tokenizer], input: input)
        XCTAssertEqual(Array(decoded.output.utf8), Array(normalized.output.utf8))
        XCTAssertEqual(
            decoded.output.split(separator: "\n", omittingEmptySubsequences: false).count, 10)
        XCTAssertEqual(decoded.errors, "")
        let ids = encoded.output.split(separator: "\n", omittingEmptySubsequences: false)
        XCTAssertEqual(ids[1], "")
        XCTAssertFalse(ids[0].split(separator: " ").contains("0"), "the end is not shown")
    }

    func testMarksOfCase() throws {
        let text = try folder.write(TinyModel.sentences.joined(separator: "\n"), as: "text")
        let output = folder.path("marked.json")
        let trained = try Program.run(
            [
                "tokenizer", "train", "--vocabulary-size", "360", "--case", "marked", "--output",
                output, text,
            ])
        XCTAssertEqual(trained.status, 0, trained.errors)
        let options = ["--tokenizer", output]
        let lines = "den Den DEN\n\n⇧ iPhone\n"
        let pieces = try Program.run(
            ["tokenizer", "encode", "--pieces"] + options, input: lines.utf8)
        XCTAssertEqual(
            pieces.output.filter { $0 != " " },
            "▁den⇧▁den⇪▁den\n\n▁<0xE2><0x87><0xA7>▁i<0x50>hone\n")
        let encoded = try Program.run(["tokenizer", "encode"] + options, input: lines.utf8)
        let decoded = try Program.run(
            ["tokenizer", "decode"] + options, input: encoded.output.utf8)
        XCTAssertEqual(decoded.output, lines)
        let refused = try Program.run(
            ["tokenizer", "train", "--vocabulary-size", "360", "--case", "lower", "x"])
        XCTAssertEqual(refused.status, 64)
    }

    func testPieces() throws {
        let result = try run(["encode", "--pieces"], input: "aß".utf8)
        XCTAssertEqual(result.output, "▁a <0xC3> <0x9F>\n")
    }

    func testDropoutIsAFunctionOfTheSeed() throws {
        let input = TinyModel.sentences.joined(separator: "\n").utf8
        let outputs = try [["--seed", "7"], ["--seed", "7"], ["--seed", "8"], []].map {
            try run(["encode", "--dropout", "0.3"] + $0, input: input).output
        }
        XCTAssertEqual(outputs[0], outputs[1])
        XCTAssertEqual(Set(outputs).count, 3)
        XCTAssertEqual(
            try run(["decode"], input: outputs[0].utf8).output,
            TinyModel.sentences.map { $0 + "\n" }.joined())
    }

    func testEncodeDoesNotDependOnTheThreads() throws {
        let input = Array(repeating: TinyModel.sentences, count: 300).joined().joined(
            separator: "\n")
        for options in [[], ["--pieces"], ["--dropout", "0.3"]] {
            let outputs = try ["1", "2", "5"].map {
                try run(["encode", "--threads", $0] + options, input: input.utf8).output
            }
            XCTAssertEqual(Set(outputs).count, 1, "\(options)")
        }
    }

    func testDropoutOfALineDoesNotDependOnTheOthers() throws {
        let sentence = TinyModel.sentences[0]
        let outputs = try ["", "A cat sleeps."].map {
            try run(["encode", "--dropout", "0.5"], input: "\($0)\n\(sentence)".utf8).output
                .split(separator: "\n").last
        }
        XCTAssertEqual(outputs[0], outputs[1])
    }

    func testBadTokensAreAnsweredWithAnEmptyLine() throws {
        let good = try run(["encode"], input: "A cat".utf8).output
        let result = try run(["decode"], input: "360\n\(good)-1\n3 x\n0 1\n".utf8)
        XCTAssertEqual(result.output, "\nA cat\n\n\n\n")
        XCTAssertEqual(
            result.errors,
            """
            mtl-nlp: warning: standard input:1: '360' is not a token ID; IDs run from 0 to 359
            mtl-nlp: warning: standard input:3: '-1' is not a token ID; IDs run from 0 to 359
            mtl-nlp: warning: standard input:4: 'x' is not a token ID; IDs run from 0 to 359

            """)
        XCTAssertEqual(result.status, 0)
    }
}
