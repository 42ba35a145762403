import Foundation
import XCTest

/// Runs of a small recipe: words to copy, and a word that makes a text positive.
final class TrainTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var recipe = ""

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        let words = ["harbour", "piano", "bread", "splendid", "cat", "noon", "garden", "grey"]
        let texts = (0..<240).map { number -> String in
            let step = 1 + number % 7
            let choice = (0..<2 + number % 3).map { words[(5 * number + step * $0) % 8] }
            return choice.joined(separator: " ")
        }
        _ = try folder.write(texts.map { "\($0)\t\($0)\n" }.joined(), as: "pairs.tsv")
        _ = try folder.write(
            texts.map { "\($0)\t\($0.contains("splendid") ? 1 : 0)\n" }.joined(),
            as: "labelled.tsv")
        recipe = try folder.write(Self.text, as: "recipe.yml")
    }

    private static let text = """
        name: copies
        tokenizer: {vocabulary_size: 310, languages: [xx]}
        model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2}
        corpora:
          translation: [{name: pairs, pairs: pairs.tsv, from: en, to: xx}]
          sentiment: [{name: labelled, file: labelled.tsv, labels: binary, language: en, hold_out: true}]
        hold_out: {fraction: 0.1}
        validation: {every_steps: 40, beam: 1}
        averaging: {checkpoints: 2}
        checkpoint: {every_seconds: 1}
        curriculum:
          - name: first
            tasks: {translation: 1}
            steps: 300
            batch_tokens: 200
            schedule: {name: inverse_square_root, learning_rate: 0.01, warmup_steps: 5}
          - name: second
            tasks: {translation: 1, sentiment: 1}
            steps: 300
            batch_tokens: 300
            schedule: {name: cosine, learning_rate: 0.005}

        """

    private func arguments(_ output: String, _ more: String...) -> [String] {
        ["train", recipe, "--output", folder.path(output)] + more
    }

    private func weights(_ output: String) throws -> Data {
        try Data(contentsOf: folder.url.appendingPathComponent(output + "/model.safetensors"))
    }

    func testTrainsAModelThatAnswers() throws {
        let result = try Program.run(arguments("run"))
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(result.output, "")
        XCTAssert(result.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("mtl-nlp: ") })
        XCTAssertFalse(result.errors.contains("\r"), "no terminal, no line of progress")
        let model = folder.path("run")
        let translation = try Program.run(
            ["translate", "--to", "xx", "--model", model], input: "grey cat\n\n")
        XCTAssertEqual(
            translation.output.split(separator: "\n", omittingEmptySubsequences: false).count, 3)
        XCTAssertEqual(translation.errors, "")
        let again = try Program.run(arguments("run"))
        XCTAssertEqual(again.status, 73, again.errors)
        XCTAssert(again.errors.contains("--resume"), again.errors)
    }

    func testACorporaFolderAndQuiet() throws {
        let corpora = folder.url.path
        let elsewhere = try TemporaryFolder()
        recipe = try elsewhere.write(
            Self.text.replacing("steps: 300", with: "steps: 4"), as: "recipe.yml")
        let missing = try Program.run(arguments("a"))
        XCTAssertEqual(missing.status, 66, missing.errors)
        let option = try Program.run(arguments("b", "--corpora", corpora, "--quiet"))
        XCTAssertEqual(option.status, 0, option.errors)
        XCTAssertEqual(option.errors, "")
        let variable = try Program.run(arguments("c"), environment: ["MTL_NLP_CORPORA": corpora])
        XCTAssertEqual(variable.status, 0, variable.errors)
        XCTAssertEqual(try weights("b"), try weights("c"))
    }

    /// Killed at any moment and started again, a run ends with the bytes of one that was left alone.
    func testAKilledRunGoesOn() throws {
        XCTAssertEqual(try Program.run(arguments("whole", "--quiet")).status, 0)
        let whole = try weights("whole")
        for signalNumber in [SIGKILL, SIGTERM, SIGINT] {
            let output = "run-\(signalNumber)"
            // While the corpora are read, at the first step, later; then to the end.
            for delay: UInt32? in [100_000, 400_000, 900_000, 1_600_000, nil] {
                let program = try RunningProgram(arguments(output, "--resume", "--quiet"))
                if let delay {
                    usleep(delay)
                    program.send(signalNumber)
                }
                let status = program.wait()
                let expected = delay == nil ? [0] : [0, 128 + signalNumber]
                XCTAssert(expected.contains(status), "\(status): \(program.errors)")
            }
            XCTAssertEqual(try weights(output), whole)
        }
    }
}
