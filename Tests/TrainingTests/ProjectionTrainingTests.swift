import Files
import Foundation
import Inference
import Kernels
import Logging
import Transformer
import XCTest

@testable import Training

/// Runs in which the model labels one side of its pairs and learns from the other.
final class ProjectionTrainingTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 9)
        let words = ["red", "green", "blue", "one", "two", "three", "cat", "dog", "sun", "rain"]
        var pairs = "", turned = "", labelled = ""
        for _ in 0..<200 {
            let source = (0..<2 + generator.next(below: 4)).map { _ in
                words[generator.next(below: 10)]
            }
            let text = source.joined(separator: " ")
            let target = source.reversed().map { "x\($0)" }.joined(separator: " ")
            pairs += "\(text)\t\(target)\n"
            turned += "\(target.replacing("x", with: "y"))\t\(text)\n"
            labelled += "\(text)\t\(["negative", "neutral", "positive"][source.count % 3])\n"
        }
        _ = try folder.write(pairs.utf8, as: "pairs.tsv")
        _ = try folder.write(turned.utf8, as: "turned.tsv")
        _ = try folder.write(labelled.utf8, as: "labelled.tsv")
        _ = try folder.write(Self.recipe.utf8, as: "recipe.yml")
    }

    private static let recipe = """
        name: projection
        tokenizer: {vocabulary_size: 310, languages: [en, xx]}
        model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2}
        corpora:
          translation:
            - {name: pairs, pairs: pairs.tsv, from: en, to: xx, directions: both}
            - {name: turned, pairs: turned.tsv, from: yy, to: en}
          sentiment:
            - {name: labelled, file: labelled.tsv, labels: named, language: en}
        hold_out: {fraction: 0.1}
        validation: {every_steps: 6, beam: 1}
        curriculum:
          - name: first
            tasks: {translation: 1, sentiment: 1}
            steps: 7
            batch_tokens: 200
            schedule: {name: constant, learning_rate: 0.005}
          - name: second
            tasks: {sentiment: 1}
            steps: 8
            batch_tokens: 200
            schedule: {name: constant, learning_rate: 0.005}
            project: {corpora: [pairs, turned], from: en, minimum_probability: 0.3, languages: [xx, yy], most: 150, weight: 2}
          - name: third
            tasks: {translation: 1, sentiment: 1}
            steps: 5
            batch_tokens: 200
            schedule: {name: constant, learning_rate: 0.005}

        """

    private func edit(_ old: String, _ new: String) throws {
        XCTAssertTrue(Self.recipe.contains(old))
        _ = try folder.write(Self.recipe.replacing(old, with: new).utf8, as: "recipe.yml")
    }

    func testAStoppedRunEndsWhereAnotherEnds() throws {
        try folder.train("whole")
        try folder.train("threads", threadCount: 3)
        XCTAssertEqual(try folder.weights("threads"), try folder.weights("whole"))
        // In the stage before, at its end, after the first step with projected texts, in mid-stage, in the last stage.
        for stop in [3, 7, 8, 12, 17] {
            XCTAssertThrowsError(try folder.train("stopped-\(stop)", stop: stop))
            try folder.train("stopped-\(stop)", resumes: true, threadCount: 2)
            XCTAssertEqual(
                try folder.weights("stopped-\(stop)"), try folder.weights("whole"), "\(stop)")
        }
    }

    func testTheLabelsAreThoseOfTheModelAtThatPoint() throws {
        try folder.train("run")
        let languages = try ["xx", "yy"].map {
            try LabelledCorpus.read(
                folder.url.appending(path: "run/projections/2.\($0).tsv"), scheme: .named)
        }
        for (texts, letter) in zip(languages, ["x", "y"] as [Character]) {
            XCTAssertGreaterThan(texts.count, 50)
            XCTAssertLessThanOrEqual(texts.count, 150)
            XCTAssertEqual(Set(texts.map(\.text.first)), [letter])
        }
        let texts = Array(languages.joined())
        XCTAssertEqual(Set(texts.map(\.text)).count, texts.count)
        // Held pairs are not learned from.
        let pairs = try ParallelCorpus.read(pairs: folder.url.appending(path: "pairs.tsv"))
        XCTAssertLessThan(languages[0].count, Set(pairs.map(\.target)).count)
        // The first stage alone ends with the model that gave the labels.
        let first = try XCTUnwrap(Self.recipe.firstRange(of: "  - name: second"))
        _ = try folder.write(Self.recipe[..<first.lowerBound].utf8, as: "recipe.yml")
        try folder.train("teacher")
        let teacher = SentimentClassifier(
            try LoadedModel(contentsOf: folder.url.appending(path: "teacher"), precision: .fp32),
            threadCount: 1)
        let sources = Dictionary(
            pairs.map { ($0.target, $0.source) }, uniquingKeysWith: { first, _ in first })
        let known = texts.filter { sources[$0.text] != nil }
        let labels = teacher.classify(known.compactMap { sources[$0.text] }).map(\.label)
        let same = zip(known, labels).count { $0.label == $1 }
        // The folder has the weights in 16 bits.
        XCTAssertGreaterThan(Double(same), 0.95 * Double(known.count))
    }

    func testTheStageLearnsFromThem() throws {
        try folder.train("with")
        try edit("weight: 2", "weight: 0.5")
        try folder.train("fewer")
        XCTAssertNotEqual(try folder.weights("with"), try folder.weights("fewer"))
        try edit(Self.projection, "")
        try folder.train("without")
        XCTAssertNotEqual(try folder.weights("with"), try folder.weights("without"))
    }

    private static let projection =
        "    project: {corpora: [pairs, turned], from: en, minimum_probability: 0.3, "
        + "languages: [xx, yy], most: 150, weight: 2}\n"

    func testARunThatLostItsLabelsSaysSo() throws {
        XCTAssertThrowsError(try folder.train("run", stop: 10))
        let file = folder.url.appending(path: "run/projections/2.yy.tsv")
        try FileManager.default.removeItem(at: file)
        XCTAssertThrowsError(try folder.train("run", resumes: true)) { error in
            XCTAssertEqual((error as? TrainingError)?.kind, .unusableFile, "\(error)")
            XCTAssertTrue("\(error)".contains("2.yy.tsv: no such file"), "\(error)")
        }
    }

    /// However often the run was stopped.
    func testTheCardNamesTheProjectedTexts() throws {
        func card(_ output: String) throws -> ModelCard {
            try LoadedModel(contentsOf: folder.url.appending(path: output)).card
        }
        try folder.train("whole")
        let whole = try card("whole")
        XCTAssertEqual(
            whole.corpora.map(\.name),
            [
                "pairs", "turned", "labelled", "labels projected in stage second: xx",
                "labels projected in stage second: yy",
            ])
        XCTAssertEqual(whole.sentimentLanguages, ["en", "xx", "yy"])
        XCTAssertEqual(whole.corpora[4].files, ["turned.tsv"])
        XCTAssertEqual(whole.corpora[4].sha256, whole.corpora[1].sha256)
        XCTAssertThrowsError(try folder.train("stopped", stop: 3))
        XCTAssertEqual(try card("stopped").sentimentLanguages, ["en"])
        for stop in [7, 9] {
            XCTAssertThrowsError(try folder.train("stopped", resumes: true, stop: stop))
        }
        try folder.train("stopped", resumes: true)
        XCTAssertEqual(try card("stopped").corpora, whole.corpora)
        try folder.train("stopped", resumes: true)
        XCTAssertEqual(try card("stopped").corpora, whole.corpora)
    }

    func testAStageWithoutSureLabelsSaysSo() throws {
        try edit("minimum_probability: 0.3", "minimum_probability: 0.999999")
        XCTAssertThrowsError(try folder.train("run")) { error in
            XCTAssertEqual((error as? TrainingError)?.kind, .malformed, "\(error)")
            XCTAssertTrue("\(error)".contains("stage second: no label"), "\(error)")
        }
    }

    func testProjectionsThatARecipeMayNotHave() throws {
        for (old, new, problem) in [
            (
                "[pairs, turned]", "[pairs, others]",
                "recipe.yml:23: curriculum[1].project.corpora[1] is 'others', no corpus of "
                    + "corpora.translation; there are: pairs, turned"
            ),
            (
                "corpora: [pairs, turned], from: en", "corpora: [pairs, turned], from: xx",
                "recipe.yml:23: curriculum[1].project.corpora[1]: 'turned' has the languages yy "
                    + "and en, not 'xx'; leave it out"
            ),
            (
                "languages: [xx, yy], most", "languages: [xx, zz], most",
                "recipe.yml:23: curriculum[1].project.languages[1]: none of the corpora pairs "
                    + "'en' with 'zz'; add one, or leave the language out"
            ),
            (
                "minimum_probability: 0.3", "minimum_probability: 1",
                "recipe.yml:23: curriculum[1].project.minimum_probability is '1', not a number "
                    + "of at least 0 and less than 1"
            ),
            (
                "    tasks: {sentiment: 1}\n", "    tasks: {translation: 1}\n",
                "recipe.yml:23: curriculum[1].project gives labels of sentiment, but the stage "
                    + "does not train it; add the task or leave it out"
            ),
            (
                "tasks: {translation: 1, sentiment: 1}\n    steps: 7",
                "tasks: {translation: 1}\n    steps: 7",
                "recipe.yml:18: curriculum[1].project would take its labels from a model that has "
                    + "learned none; put a stage that trains sentiment before it, or begin with "
                    + "'init'"
            ),
        ] {
            XCTAssertTrue(Self.recipe.contains(old), old)
            let yaml = Self.recipe.replacing(old, with: new)
            XCTAssertThrowsError(try Recipe(yaml: yaml, file: "recipe.yml"), new) { error in
                XCTAssertEqual("\(error)", problem)
            }
        }
    }
}
