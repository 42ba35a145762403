import Foundation
import Inference
import XCTest

final class SentimentTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var model = ""

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        model = try folder.writeModel()
    }

    private func scores(_ texts: [String]) throws -> [SentimentScores] {
        let loaded = try LoadedModel(contentsOf: URL(fileURLWithPath: model))
        return SentimentClassifier(loaded, threadCount: 1).classify(texts)
    }

    private func answer(_ scores: SentimentScores) -> String {
        "\(scores.label.name)\t\(String(format: "%.4f", scores.probability))\n"
    }

    func testAnswersAtOnceWhoWaits() throws {
        let program = try RunningProgram(["sentiment", "--model", model])
        let texts = ["A grey cat.", "What a garden!", ""]
        for (text, scores) in zip(texts, try scores(texts)) {
            try program.write(text + "\n")
            XCTAssertEqual(program.readLine(), answer(scores))
        }
        try program.closeInput()
        XCTAssertEqual(program.readOutput(), "")
        XCTAssertEqual(program.wait(), 0)
    }

    func testAnswersEveryLine() throws {
        let long = String(repeating: "What a splendid ferry! ", count: 400)
        let texts = ["What a splendid garden!", "", "\u{A0}", long, "\u{FFFD}", "</s> <2de>"]
        var input = Array(texts.prefix(4).joined(separator: "\n").utf8) + [0x0A, 0xC3, 0x0A]
        input += Array("</s> <2de>".utf8)
        let result = try Program.run(["sentiment", "--model", model], input: input)
        let expected = try scores(texts).map(answer)
        XCTAssertEqual(result.output, expected.joined())
        XCTAssertEqual(expected[1...2], ["neutral\t1.0000\n", "neutral\t1.0000\n"])
        XCTAssertEqual(
            result.errors,
            "mtl-nlp: warning: standard input:5: not UTF-8; what is not was read as U+FFFD\n")
        XCTAssertEqual(result.status, 0)
    }

    func testQuietWritesNoWarning() throws {
        let result = try Program.run(["sentiment", "--quiet", "--model", model], input: [0xFF])
        XCTAssertEqual(result.output, try scores(["\u{FFFD}"]).map(answer).joined())
        XCTAssertEqual(result.errors, "")
    }

    func testLabelsRestrictTheAnswers() throws {
        let texts = TinyModel.sentences
        let arguments = ["sentiment", "--model", model, "--labels"]
        let input = texts.joined(separator: "\n")
        let two = try Program.run(arguments + ["positive,negative"], input: input)
        XCTAssertEqual(
            two.output,
            try scores(texts).map { answer($0.restricted(to: [.negative, .positive])) }.joined())
        let one = try Program.run(arguments + ["positive"], input: "A cat.\n\n")
        XCTAssertEqual(one.output, "positive\t1.0000\nneutral\t1.0000\n")
    }

    func testItAbstainsBelowAProbability() throws {
        let texts = TinyModel.sentences + [""]
        let scores = try scores(texts)
        let threshold = scores.map(\.probability).sorted()[5]
        let result = try Program.run(
            ["sentiment", "--model", model, "--abstain", "\(threshold)"],
            input: texts.joined(separator: "\n") + "\n\n")
        let expected = scores.map { scores in
            let label = scores.probability < threshold ? "abstain" : scores.label.name
            return "\(label)\t\(String(format: "%.4f", scores.probability))\n"
        }
        XCTAssertEqual(result.output, expected.joined() + "neutral\t1.0000\n")
        XCTAssertEqual(expected.count { $0.hasPrefix("abstain") }, 5)
    }

    /// Without weights the labels are equally probable.
    func testProbabilityHasFourDecimals() throws {
        model = try folder.writeModel(random: false)
        let result = try Program.run(["sentiment", "--model", model], input: "A cat.\n")
        XCTAssertEqual(result.output, "negative\t0.3333\n")
    }

    func testThreadsAndBatchSizeChangeNothing() throws {
        let input = (0..<150).map { "\(TinyModel.sentences[$0 % 10]) \($0)" }
            .joined(separator: "\n")
        let outputs = try [("1", "64"), ("2", "64"), ("1", "1"), ("2", "1")].map { threads, size in
            try Program.run(
                ["sentiment", "--model", model, "--threads", threads, "--batch-size", size],
                input: input
            ).output
        }
        XCTAssertEqual(outputs[0].split(separator: "\n").count, 150)
        XCTAssertEqual(Set(outputs).count, 1)
    }
}
