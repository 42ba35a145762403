import Foundation
import Inference
import Transformer
import XCTest

/// Several models, and what the program makes of them.
final class EnsembleTests: XCTestCase {
    private var folder: TemporaryFolder!
    private let input = TinyModel.sentences.map { $0 + "\n" }.joined()

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    /// Writes the tiny model with other random weights.
    private func writeModel(_ name: String, seed: UInt64) throws -> String {
        let tiny = try TinyModel.loaded()
        let url = folder.url.appendingPathComponent(name)
        try LoadedModel(
            model: tiny.model, parameters: tiny.model.initialParameters(seed: seed),
            tokenizer: tiny.tokenizer, card: tiny.card
        ).write(to: url)
        return url.path
    }

    private func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(arguments, input: input)
    }

    private func output(_ arguments: String...) throws -> String {
        let result = try Program.run(arguments, input: input)
        XCTAssertEqual(result.status, 0, result.errors)
        return result.output
    }

    func testAModelThatWasNotTaughtATaskIsNamed() throws {
        let tiny = try TinyModel.loaded()
        var card = tiny.card
        card.corpora = [
            .init(name: "labelled", files: [], lines: 1, sha256: [], languages: ["en"])
        ]
        let url = folder.url.appendingPathComponent("labeller")
        try LoadedModel(
            model: tiny.model, parameters: tiny.parameters, tokenizer: tiny.tokenizer, card: card
        ).write(to: url)
        let warning = """
            mtl-nlp: warning: \(url.path): the model's card names no corpus of translation, so that \
            its answers are chance; give another model

            """
        let plain = try writeModel("plain", seed: 3)
        for arguments in [["translate", "--to", "de"], ["both", "--to", "de"]] {
            let result = try Program.run(arguments + ["--model", url.path], input: input)
            XCTAssertEqual(result.errors, warning)
            XCTAssertEqual(result.status, 0)
            let expected = try Program.run(arguments + ["--model", plain], input: input)
            XCTAssertEqual(result.output, expected.output)
        }
        XCTAssertEqual(try run("sentiment", "--model", url.path).errors, "")
        XCTAssertEqual(
            try run("translate", "--to", "de", "--quiet", "--model", url.path).errors, "")
    }

    func testTwoModelsAnswerTogether() throws {
        let (a, b) = (try writeModel("a", seed: 3), try writeModel("b", seed: 4))
        let alone = try output("both", "--to", "de", "--model", a)
        XCTAssertEqual(try output("both", "--to", "de", "--model", a, "--model", a), alone)
        XCTAssertEqual(
            try output(
                "both", "--to", "de", "--model", a, "--model", b, "--model-weights", "1,0"), alone)
        let models = [a, b].map { try! LoadedModel(contentsOf: URL(fileURLWithPath: $0)) }
        let expected = SentimentClassifier(Ensemble(models), threadCount: 1)
            .classify(TinyModel.sentences)
            .map { "\($0.label.name)\t" + String(format: "%.4f", Double($0.probability)) + "\n" }
        XCTAssertEqual(
            try output("sentiment", "--model", a, "--model", b), expected.joined())
        XCTAssertNotEqual(try output("sentiment", "--model", a), expected.joined())
        let vote = try output(
            "sentiment", "--model", a, "--model", b, "--model", b, "--fusion", "vote")
        let labels = { (text: String) in
            text.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
        }
        XCTAssertEqual(labels(vote), labels(try output("sentiment", "--model", b)))
    }

    func testWhatCannotBeFusedIsRefused() throws {
        let a = try writeModel("a", seed: 3)
        let vote = try run(
            "translate", "--to", "de", "--model", a, "--model", a, "--fusion", "vote")
        XCTAssertEqual(vote.status, 64)
        XCTAssertEqual(
            vote.errors, "mtl-nlp: --fusion vote: there is no vote on translations; use mean\n")
        let cases: [([String], String)] = [
            (["sentiment", "--model", a, "--fusion", "mean"], "several --model only"),
            (["sentiment", "--model", a, "--model-weights", "1"], "several --model only"),
            (
                ["sentiment", "--model", a, "--model", a, "--model-weights", "1"],
                "--model-weights: 1 given for 2 models"
            ),
            (
                ["sentiment", "--model", a, "--model", a, "--model-weights", "1,x"],
                "'x' is not a number of at least 0"
            ),
            (
                ["sentiment", "--model", a, "--model", a, "--model-weights", "0,0"],
                "give a number above 0"
            ),
            (["sentiment", "--model", a, "--model", a, "--fusion", "sum"], "sum"),
            (["info", "--model", a, "--model", a], "'--model' is given more than once"),
            (["verify", "--model", a, "--model", a], "'--model' is given more than once"),
        ]
        for (arguments, message) in cases {
            let result = try Program.run(arguments, input: input)
            XCTAssertEqual(result.status, 64, "\(arguments)")
            XCTAssert(result.errors.contains(message), result.errors)
            XCTAssertEqual(result.output, "")
        }
        let missing = try run("sentiment", "--model", a, "--model", folder.path("none"))
        XCTAssertEqual(missing.status, 66)
    }

    func testAveraging() throws {
        let (a, b) = (try writeModel("a", seed: 3), try writeModel("b", seed: 4))
        let mean = folder.path("mean")
        let result = try run("average", a, b, "--weights", "1,3", "--output", mean)
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(result.output + result.errors, "")
        XCTAssert(try output("verify", "--model", mean).contains("self-test: ok\n"))
        let info = try output("info", "--model", mean)
        XCTAssert(info.contains("tiny (0.2500, "), info)
        XCTAssert(info.contains("tiny (0.7500, "), info)
        let again = try run("average", a, b, "--output", mean)
        XCTAssertEqual(again.status, 73)
        XCTAssertEqual(try run("average", a, "--output", folder.path("x")).status, 64)
        XCTAssertEqual(
            try run("average", a, b, "--weights", "1", "--output", folder.path("x")).status, 64)
    }
}
