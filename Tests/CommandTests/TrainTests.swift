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
        XCTAssert(missing.errors.contains("without --corpora, corpora are"), missing.errors)
        let option = try Program.run(arguments("b", "--corpora", corpora, "--quiet"))
        XCTAssertEqual(option.status, 0, option.errors)
        XCTAssertEqual(option.errors, "")
        let variable = try Program.run(arguments("c"), environment: ["MTL_NLP_CORPORA": corpora])
        XCTAssertEqual(variable.status, 0, variable.errors)
        XCTAssertEqual(try weights("b"), try weights("c"))
    }

    /// Killed at any moment and started again, a run ends with the bytes of one that was left alone.
    func testAKilledRunGoesOn() throws {
        let text = Self.text.replacing("steps: 300", with: "steps: 5000")
        recipe = try folder.write(text, as: "long.yml")
        XCTAssertEqual(try Program.run(arguments("whole", "--quiet")).status, 0)
        for signalNumber in [SIGKILL, SIGTERM, SIGINT] {
            let output = "run-\(signalNumber)"
            // While the corpora are read; before and after the first checkpoint.
            for delay: UInt32 in [50_000, 400_000, 1_300_000] {
                let program = try RunningProgram(arguments(output, "--resume", "--quiet"))
                usleep(delay)
                program.send(signalNumber)
                XCTAssertEqual(program.wait(), 128 + signalNumber, program.errors)
            }
            let program = try RunningProgram(arguments(output, "--resume", "--quiet"))
            let checkpoints = folder.url.appendingPathComponent(output + "/checkpoints")
            let before = try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
            try waitForChange(of: checkpoints, from: before ?? [])
            program.send(signalNumber)
            XCTAssertEqual(program.wait(), 128 + signalNumber, program.errors)
            XCTAssertEqual(try Program.run(arguments(output, "--resume", "--quiet")).status, 0)
            for file in ["model.safetensors", "tokenizer.json", "config.json"] {
                XCTAssertEqual(try contents("\(output)/\(file)"), try contents("whole/\(file)"))
            }
        }
    }

    private func contents(_ file: String) throws -> Data {
        try Data(contentsOf: folder.url.appendingPathComponent(file))
    }

    /// Waits until the folder of checkpoints has another one.
    private func waitForChange(of checkpoints: URL, from before: [String]) throws {
        for _ in 0..<600 {
            let names =
                (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path)) ?? []
            if names.contains(where: { Int($0) != nil && !before.contains($0) }) { return }
            usleep(50_000)
        }
        XCTFail("no checkpoint in half a minute")
    }

    /// A disk that fills up ends the run and leaves what was whole.
    func testAFullDiskLeavesTheLastModel() throws {
        let limit = 12  // blocks of 512 bytes: less than the weights take
        let script = "trap '' XFSZ; ulimit -f \(limit); exec \"$0\" \"$@\""
        let program = try RunningProgram(
            ["-c", script, Program.url.path] + arguments("run", "--quiet"),
            executable: URL(fileURLWithPath: "/bin/sh"))
        XCTAssertEqual(program.wait(), 74, program.errors)
        XCTAssertEqual(program.errors.filter { $0 == "\n" }.count, 1, program.errors)
        XCTAssertEqual(try Program.run(arguments("run", "--resume", "--quiet")).status, 0)
        XCTAssertEqual(try Program.run(arguments("whole", "--quiet")).status, 0)
        XCTAssertEqual(try weights("run"), try weights("whole"))
    }

    /// The recipe and the samples that come with the program.
    func testTheToyRecipe() throws {
        let corpora = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Corpora").standardized.path
        let result = try Program.run([
            "train", corpora + "/recipes/toy.yml", "--corpora", corpora + "/samples",
            "--output", folder.path("toy"),
        ])
        XCTAssertEqual(result.status, 0, result.errors)
        for arguments in [["translate", "--to", "fr"], ["sentiment"]] {
            let answer = try Program.run(
                arguments + ["--model", folder.path("toy")], input: "The soup is hot.\n")
            XCTAssertEqual(answer.status, 0, answer.errors)
            XCTAssertEqual(answer.output.filter { $0 == "\n" }.count, 1)
        }
    }
}
