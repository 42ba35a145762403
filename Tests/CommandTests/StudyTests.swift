import Foundation
import XCTest

/// A study of tiny models: words to copy, and a word that makes a text positive.
final class StudyTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var study = ""

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        let words = ["harbour", "piano", "bread", "splendid", "cat", "noon", "garden", "grey"]
        let texts = (0..<160).map { number -> String in
            let step = 1 + number % 7
            let choice = (0..<2 + number % 3).map { words[(5 * number + step * $0) % 8] }
            return choice.joined(separator: " ")
        }
        _ = try folder.write(texts.map { "\($0)\t\($0)\n" }.joined(), as: "pairs.tsv")
        _ = try folder.write(
            texts.map { "\($0)\t\($0.contains("splendid") ? 1 : 0)\n" }.joined(),
            as: "labelled.tsv")
        _ = try folder.write(Self.recipe, as: "base.yml")
        study = try folder.write(Self.text, as: "study.yml")
    }

    private static let recipe = """
        name: copies
        tokenizer: {vocabulary_size: 310, languages: [xx]}
        model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2}
        corpora:
          translation: [{name: pairs, pairs: pairs.tsv, from: en, to: xx}]
          sentiment: [{name: labelled, file: labelled.tsv, labels: binary, language: en}]
        hold_out: {fraction: 0.1}
        validation: {every_steps: 60, beam: 1}
        checkpoint: {every_seconds: 1}
        curriculum:
          - name: translation
            tasks: {translation: 1}
            steps: 60
            batch_tokens: 200
            schedule: {name: inverse_square_root, learning_rate: 0.01, warmup_steps: 5}
          - name: joint
            tasks: {translation: 1, sentiment: 1}
            steps: 60
            batch_tokens: 300
            schedule: {name: cosine, learning_rate: 0.005}

        """

    /// The vocabulary of the last arm is larger than the texts can fill.
    private static let text = """
        name: small
        recipe: base.yml
        seeds: [1, 2]
        arms:
          - name: translation
            changes: {corpora: {sentiment: ~}, curriculum: {joint: ~}}
          - name: both
          - name: wide
            extends: [both]
            changes: {model: {feed_forward_dimension: 48}}
          - name: rich
            changes: {tokenizer: {vocabulary_size: 5000}}
        pairs: [{name: pair, translation: translation, sentiment: both}]
        baselines: [pair]
        tests:
          translation: [{name: copies, pairs: pairs.tsv, from: en, to: xx}]
          sentiment: [{name: words, file: labelled.tsv, labels: binary, language: en}]
        beam: 2
        margins: {bleu: 1}
        finals: {best: 1, seeds: [3], steps_factor: 0.5}

        """

    private func arguments(_ output: String, _ more: String...) -> [String] {
        ["study", study, "--output", folder.path(output), "--quiet"] + more
    }

    private func contents(_ file: String) throws -> Data {
        try Data(contentsOf: folder.url.appendingPathComponent(file))
    }

    private struct Report: Decodable {
        struct System: Decodable {
            struct Score: Decodable {
                struct Metric: Decodable {
                    let name: String
                    let set: String
                }
                let metric: Metric
                let mean: Double
            }
            struct Cost: Decodable {
                let encoder_seconds: Double?
                let answer_seconds: Double?
            }
            let name: String
            let seeds: [Int]
            let origin: String?
            let scores: [Score]
            let cost: Cost
        }
        struct Failure: Decodable {
            let arm: String
            let seed: Int
            let reason: String
        }
        struct Phase: Decodable {
            let systems: [System]
            let failures: [Failure]
        }
        let phases: [Phase]
    }

    private func report(_ output: String) throws -> Report {
        try JSONDecoder().decode(Report.self, from: contents(output + "/report.json"))
    }

    func testAFailedArmDoesNotStopTheOthers() throws {
        let result = try Program.run(arguments("out"))
        XCTAssertEqual(result.status, 65, result.errors)
        XCTAssertEqual(result.output, "")
        let last = result.errors.split(separator: "\n").last ?? ""
        XCTAssert(last.contains("2 of the runs failed, the first being rich, seed 1"), "\(last)")
        let report = try report("out")
        XCTAssertEqual(report.phases.count, 2)
        XCTAssertEqual(
            report.phases[0].systems.map(\.name), ["translation", "both", "wide", "pair"])
        XCTAssertEqual(report.phases[0].systems.map(\.seeds), [[1, 2], [1, 2], [1, 2], [1, 2]])
        XCTAssertEqual(report.phases[0].systems[2].origin, "both")
        XCTAssertEqual(report.phases[0].failures.map(\.seed), [1, 2])
        XCTAssert(report.phases[0].failures[0].reason.contains("tokenizer.vocabulary_size"))
        // The best of the arms that are not of the baseline, and the arms of the baseline.
        XCTAssertEqual(
            report.phases[1].systems.map(\.name), ["translation", "both", "wide", "pair"])
        let markdown = String(decoding: try contents("out/report.md"), as: UTF8.self)
        for text in ["### Against pair", "- rich, seed 1: ", "](runs-copies-en-xx-bleu.svg)"] {
            XCTAssert(markdown.contains(text), text)
        }
        // Who does both tasks takes a time for them, most of it outside of the encoder.
        for system in report.phases[0].systems {
            let (part, whole) = (system.cost.encoder_seconds, system.cost.answer_seconds)
            XCTAssertEqual(part == nil, system.name == "translation")
            XCTAssertEqual(whole == nil, system.name == "translation")
            if let part, let whole { XCTAssert(0 < part && part < whole, system.name) }
        }
        // The runs are ordinary ones with one tokenizer.
        let shared = try contents("out/tokenizer.json")
        for run in ["runs/translation/seed-1", "runs/wide/seed-2", "finals/both/seed-3"] {
            XCTAssertEqual(try contents("out/\(run)/tokenizer.json"), shared)
            let verified = try Program.run(["verify", "--model", folder.path("out/" + run)])
            XCTAssertEqual(verified.status, 0, verified.errors)
        }
    }

    /// Of what is trained on and of what is measured on, before anything is written.
    func testFilesWithOtherDigestsAreRefused() throws {
        let digest = String(repeating: "0", count: 64)
        _ = try folder.write(
            Self.recipe.replacing(
                "corpora:", with: "corpora:\n  sha256: {labelled.tsv: \(digest)}"),
            as: "base.yml")
        study = try folder.write(
            Self.text.replacing("tests:", with: "tests:\n  sha256: {pairs.tsv: \(digest)}"),
            as: "study.yml")
        let result = try Program.run(arguments("out"))
        XCTAssertEqual(result.status, 65, result.errors)
        XCTAssert(result.errors.contains("labelled.tsv, pairs.tsv: not what"), result.errors)
        XCTAssertFalse(FileManager.default.fileExists(atPath: folder.path("out")))
    }

    /// Stopped at any moment and started again, a study trains the models that it would have trained, and none twice.
    func testAStoppedStudyGoesOn() throws {
        let text = Self.text.replacing(
            "  - name: rich\n    changes: {tokenizer: {vocabulary_size: 5000}}\n", with: "")
        study = try folder.write(text, as: "sound.yml")
        let whole = try Program.run(arguments("whole"))
        XCTAssertEqual(whole.status, 0, whole.errors)
        let first = "runs/translation/seed-1.json"
        let stops = [
            (SIGTERM, first), (SIGKILL, "runs/both/seed-1.json"), (SIGINT, "runs/wide/seed-1.json"),
        ]
        for (signalNumber, file) in stops {
            let program = try RunningProgram(arguments("out", "--resume"))
            XCTAssert(waitForFile(folder.path("out/" + file)), program.errors)
            program.send(signalNumber)
            XCTAssertEqual(program.wait(), 128 + signalNumber, program.errors)
        }
        // What there was is told when a study is asked to stop.
        let partial = String(decoding: try contents("out/report.md"), as: UTF8.self)
        XCTAssert(partial.contains("Not finished: 2 of 3 arms are done with."), partial)
        XCTAssert(partial.contains("### Against pair"), partial)
        let before = try contents("out/" + first)
        let result = try Program.run(arguments("out", "--resume"))
        XCTAssertEqual(result.status, 0, result.errors)
        let finished = String(decoding: try contents("out/report.md"), as: UTF8.self)
        XCTAssertFalse(finished.contains("Not finished"), finished)
        // Times are part of a result: one that was made anew would differ.
        XCTAssertEqual(try contents("out/" + first), before)
        for run in ["runs/translation/seed-1", "runs/wide/seed-2", "finals/wide/seed-3"] {
            XCTAssertEqual(
                try contents("out/\(run)/model.safetensors"),
                try contents("whole/\(run)/model.safetensors"))
        }
        let again = try Program.run(arguments("out"))
        XCTAssertEqual(again.status, 73, again.errors)
        XCTAssert(again.errors.contains("--resume"), again.errors)
    }

    /// Waits for a file, but no longer than any correct program takes.
    private func waitForFile(_ path: String) -> Bool {
        for _ in 0..<6000 {
            if FileManager.default.fileExists(atPath: path) { return true }
            usleep(10_000)
        }
        return false
    }

    /// One arm, measured on two sets, the second of which has other targets.
    private static let twoSets = """
        name: small
        recipe: base.yml
        seeds: [1]
        arms:
          - name: translation
            changes: {corpora: {sentiment: ~}, curriculum: {joint: ~}}
        tests:
          translation:
            - {name: copies, pairs: pairs.tsv, from: en, to: xx}
            - {name: others, pairs: others.tsv, from: en, to: xx}
        beam: 1

        """

    private func bleu(_ output: String) throws -> [String: Double] {
        let scores = try report(output).phases[0].systems[0].scores
        return Dictionary(
            uniqueKeysWithValues: scores.filter { $0.metric.name == "bleu" }
                .map { ($0.metric.set, $0.mean) })
    }

    /// Answers are not taken for those to other sets, nor models and a tokenizer for those of other corpora.
    func testWhatHasChangedIsNotTakenForWhatItWas() throws {
        let pairs = String(decoding: try contents("pairs.tsv"), as: UTF8.self)
        let targets = pairs.split(separator: "\n").map { $0.split(separator: "\t")[0] }
        _ = try folder.write(
            targets.map { "\($0)\tmuch \($0) and more\n" }.joined(), as: "others.tsv")
        study = try folder.write(Self.twoSets, as: "two.yml")
        let first = try Program.run(arguments("out"))
        XCTAssertEqual(first.status, 0, first.errors)
        let scores = try bleu("out")
        XCTAssertNotEqual(scores["copies en-xx"], scores["others en-xx"])
        let weights = try contents("out/runs/translation/seed-1/model.safetensors")
        let lines = Self.twoSets.split(separator: "\n", omittingEmptySubsequences: false)
        let places = lines.indices.filter { lines[$0].contains("- {name: ") }
        var swapped = lines
        swapped.swapAt(places[0], places[1])
        _ = try folder.write(swapped.joined(separator: "\n"), as: "two.yml")
        let second = try Program.run(arguments("out", "--resume"))
        XCTAssertEqual(second.status, 0, second.errors)
        XCTAssertEqual(try bleu("out"), scores)
        XCTAssertEqual(try contents("out/runs/translation/seed-1/model.safetensors"), weights)

        _ = try folder.write(
            Self.recipe.replacing("vocabulary_size: 310", with: "vocabulary_size: 320"),
            as: "base.yml")
        let third = try Program.run(arguments("out", "--resume"))
        XCTAssertEqual(third.status, 65, third.errors)
        XCTAssert(
            third.errors.contains("tokenizer.vocabulary_size: 310 -> 320; undo that"), third.errors)
        _ = try folder.write(Self.recipe, as: "base.yml")
        _ = try folder.write(pairs + "noon\tnoon\n", as: "pairs.tsv")
        let fourth = try Program.run(arguments("out", "--resume"))
        XCTAssertEqual(fourth.status, 65, fourth.errors)
        XCTAssert(
            fourth.errors.contains("pairs.tsv: not the file that the study began with"),
            fourth.errors)
        _ = try folder.write(pairs, as: "pairs.tsv")
        let fifth = try Program.run(arguments("out", "--resume"))
        XCTAssertEqual(fifth.status, 0, fifth.errors)
    }

    func testMistakesInTheStudyAreFoundBeforeAnythingIsTrained() throws {
        study = try folder.write(
            Self.text.replacing("feed_forward_dimension: 48", with: "heads: 3"), as: "bad.yml")
        let result = try Program.run(arguments("out"))
        XCTAssertEqual(result.status, 65)
        XCTAssert(
            result.errors.hasPrefix("mtl-nlp: \(study):8: arm 'wide': impossible model: heads 3"),
            result.errors)
        XCTAssertFalse(FileManager.default.fileExists(atPath: folder.path("out")))
        let missing = try Program.run(["study", folder.path("none.yml"), "--output", "x"])
        XCTAssertEqual(missing.status, 66)
    }

    /// The study and the samples that come with the program.
    func testTheStudiesOfTheRepositoryCanBeRead() throws {
        let corpora = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Corpora").standardized.path
        for name in ["toy", "multitask", "languages", "case", "labels", "data"] {
            // Without their corpora: reading the study comes first.
            let result = try Program.run([
                "study", "\(corpora)/studies/\(name).yml", "--corpora", folder.path("none"),
                "--output", folder.path(name),
            ])
            XCTAssertEqual(result.status, 66, result.errors)
            XCTAssert(result.errors.contains("none/"), result.errors)
        }
    }
}
