import Foundation
import Inference
import XCTest

final class TranslateTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var model = ""

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        model = try folder.writeModel()
    }

    /// What the library says of the model as it was written.
    private func translations(
        _ texts: [String], _ options: SearchOptions = SearchOptions()
    ) throws -> [Translation] {
        let loaded = try LoadedModel(contentsOf: URL(fileURLWithPath: model))
        return try Translator(loaded, threadCount: 1).translate(texts, to: "de", options: options)
    }

    func testAnswersEveryLine() throws {
        let long = String(repeating: "The grey cat bakes bread. ", count: 400)
        let texts = ["A grey cat.", "", "  \t ", long, "br\u{FFFD}d", "no line feed"]
        var input = Array(texts.prefix(4).joined(separator: "\r\n").utf8) + [0x0A]
        input += Array("br".utf8) + [0xFF] + Array("d\nno line feed".utf8)
        let result = try Program.run(["translate", "--to", "de", "--model", model], input: input)
        let expected = try translations(texts).map { line($0.text) }
        XCTAssertEqual(result.output, expected.joined())
        XCTAssertEqual(expected[1...2], ["\n", "\n"])
        XCTAssertEqual(
            result.errors,
            "mtl-nlp: warning: standard input:5: not UTF-8; what is not was read as U+FFFD\n")
        XCTAssertEqual(result.status, 0)
    }

    func testAlternativesStandOnOneLineWithTheirScores() throws {
        let texts = ["Our neighbour.", ""]
        let result = try Program.run(
            [
                "translate", "--to=de", "--from=en", "--model", model, "--beam", "3", "--n-best",
                "2",
                "--length-penalty", "0.6", "--max-length", "7",
            ], input: texts.map { $0 + "\n" }.joined())
        let options = SearchOptions(
            beamSize: 3, lengthPenalty: 0.6, maximumLength: 7, alternativeCount: 2)
        let expected = try translations(texts, options).map { translation in
            translation.alternatives
                .map { "\(field($0.text))\t\(String(format: "%.4f", $0.score))" }
                .joined(separator: "\t") + "\n"
        }
        XCTAssertEqual(result.output, expected.joined())
        XCTAssertEqual(expected[1], "\t0.0000\t\t0.0000\n")
        XCTAssertEqual(result.errors, "")
    }

    /// Without weights all tokens have the probability 1/360, so the shortest translation is the best.
    func testScoreIsTheLogProbabilityOfAToken() throws {
        model = try folder.writeModel(random: false)
        let result = try Program.run(
            ["translate", "--to", "en", "--model", model, "--n-best", "1", "--max-length", "1"],
            input: "A cat.\n")
        XCTAssertEqual(result.output, "\t-5.8861\n")
    }

    func testThreadsAndBatchSizeChangeNothing() throws {
        let input = (0..<150).map { "\(TinyModel.sentences[$0 % 10]) \($0)" }
            .joined(separator: "\n")
        let outputs = try [("1", "64"), ("2", "64"), ("1", "1"), ("2", "1")].map { threads, size in
            try Program.run(
                [
                    "translate", "--to", "de", "--model", model, "--threads", threads,
                    "--batch-size", size, "--n-best", "2",
                ], input: input
            ).output
        }
        XCTAssertEqual(outputs[0].split(separator: "\n").count, 150)
        XCTAssertEqual(Set(outputs).count, 1)
    }

    func testVerboseTellsWhatIsUsed() throws {
        let result = try Program.run(
            ["translate", "--to", "de", "--model", model, "--verbose", "--threads", "3"],
            environment: ["MTL_NLP_ISA": "generic"])
        XCTAssertEqual(
            result.errors,
            """
            mtl-nlp: version 0.1.0, generic
            mtl-nlp: model tiny, version 1, in \(model); int8, threads: 3

            """)
        XCTAssertEqual(result.status, 0)
    }

    func testAnswersAtOnceWhoWaits() throws {
        let program = try RunningProgram(["translate", "--to", "de", "--model", model])
        let texts = ["A grey cat.", "What a garden!", ""]
        for (text, translation) in zip(texts, try translations(texts)) {
            try program.write(text + "\n")
            XCTAssertEqual(program.readLine(), line(translation.text))
        }
        try program.closeInput()
        XCTAssertEqual(program.readOutput(), "")
        XCTAssertEqual(program.wait(), 0)
    }

    func testEndsQuietlyWhenNobodyReads() throws {
        let program = try RunningProgram(["translate", "--to", "de", "--model", model])
        try program.write("A cat.\n")
        _ = program.readLine()
        try program.closeOutput()
        try program.write("A cat.\n")
        XCTAssertEqual(program.wait(), 128 + SIGPIPE)
        XCTAssertEqual(program.errors, "")
    }

    func testSignalsEndIt() throws {
        for (signalNumber, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
            let program = try RunningProgram(["translate", "--to", "de", "--model", model])
            try program.write("A cat.\n")
            XCTAssertEqual(program.readLine(), line(try translations(["A cat."])[0].text))
            program.send(signalNumber)
            XCTAssertEqual(program.wait(), status)
        }
    }

    private func line(_ text: String) -> String { field(text) + "\n" }

    /// What would end the field is a space.
    private func field(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\t" ? " " : $0 }))
    }
}
