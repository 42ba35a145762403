import Foundation
import Inference
import Kernels
import Logging
import Transformer
import XCTest

@testable import Training

/// Runs with everything that changes, leaves out, carries over or repeats examples.
final class AugmentedTrainingTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 9)
        let words = ["Red", "green", "blue", "one", "Two", "three", "cat", "dog", "sun", "rain"]
        var pairs = "", others = "", labelled = ""
        for _ in 0..<200 {
            let source = (0..<2 + generator.next(below: 4)).map { _ in
                words[generator.next(below: 10)]
            }
            let text = source.joined(separator: " ")
            pairs += "\(text)\t\(source.reversed().joined(separator: " "))\n"
            others += "\(text)\t\(source.sorted().joined(separator: " "))\n"
            labelled += "\(text)\t\(source.contains("sun") ? "0.1\t0.1\t0.8" : "0.6\t0.3\t0.1")\n"
        }
        _ = try folder.write(pairs.utf8, as: "pairs.tsv")
        _ = try folder.write(others.utf8, as: "others.tsv")
        _ = try folder.write(labelled.utf8, as: "soft.tsv")
        _ = try folder.write(Self.recipe.utf8, as: "recipe.yml")
    }

    private static let recipe = """
        name: augmented
        tokenizer: {vocabulary_size: 310, languages: [xx, yy]}
        model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2}
        corpora:
          cleaning: {rules: [duplicate, conflict]}
          balance: {translation: 2, sentiment: even, classes: even}
          translation:
            - {name: pairs, pairs: pairs.tsv, from: en, to: xx}
            - {name: joined, join: {pairs: [pairs.tsv, others.tsv]}, from: xx, to: yy, directions: both}
          sentiment:
            - {name: soft, file: soft.tsv, labels: probabilities, language: en}
            - name: carried
              file: soft.tsv
              labels: probabilities
              through: pairs.tsv
              minimum_probability: 0.7
              language: xx
              hold_out: false
        hold_out: {fraction: 0.1}
        validation: {every_steps: 6, beam: 1}
        regularization: {bpe_dropout: 0.1, word_dropout: 0.1, word_swap: 0.2, case_augmentation: 0.3, l1: 1.0e-5, l2: 0.001}
        curriculum:
          - name: joint
            tasks: {translation: 1, sentiment: 1}
            steps: 12
            batch_tokens: 300
            schedule: {name: constant, learning_rate: 0.005}

        """

    func testThreadsAndStopsChangeNothing() throws {
        try folder.train("whole")
        try folder.train("threads", threadCount: 3)
        XCTAssertEqual(try folder.weights("threads"), try folder.weights("whole"))
        XCTAssertThrowsError(try folder.train("stopped", stop: 5))
        try folder.train("stopped", resumes: true, threadCount: 2)
        XCTAssertEqual(try folder.weights("stopped"), try folder.weights("whole"))
    }

    func testEachChangeAloneTeachesSomethingElse() throws {
        let balance = "  balance: {translation: 2, sentiment: even, classes: even}\n"
        let changes = "word_swap: 0.2, case_augmentation: 0.3, l1: 1.0e-5, l2: 0.001"
        for part in [balance, ", \(changes)"] { XCTAssertTrue(Self.recipe.contains(part), part) }
        let plain = Self.recipe.replacing(balance, with: "").replacing(", \(changes)", with: "")
        func train(_ recipe: String, as name: String) throws -> Data {
            _ = try folder.write(recipe.utf8, as: "recipe.yml")
            try folder.train(name)
            return try folder.weights(name)
        }
        let expected = try train(plain, as: "plain")
        let word = "word_dropout: 0.1"
        for (number, change) in changes.components(separatedBy: ", ").enumerated() {
            let recipe = plain.replacing(word, with: "\(word), \(change)")
            XCTAssertNotEqual(try train(recipe, as: "change-\(number)"), expected, change)
        }
        for key in ["translation: 2", "sentiment: even", "classes: even"] {
            let recipe = plain.replacing("corpora:\n", with: "corpora:\n  balance: {\(key)}\n")
            XCTAssertNotEqual(try train(recipe, as: "balance-\(key.prefix(9))"), expected, key)
        }
        XCTAssertEqual(try train(plain, as: "again"), expected)
    }

    func testTheCardTellsWhatWasLeftOut() throws {
        try folder.train("run")
        let card = try LoadedModel(contentsOf: folder.url.appending(path: "run")).card
        let removed = Dictionary(
            uniqueKeysWithValues: card.corpora.map { ($0.name, $0.removed ?? [:]) })
        XCTAssertGreaterThan(try XCTUnwrap(removed["carried"]?["unsure"]), 0)
        XCTAssertGreaterThan(try XCTUnwrap(removed["soft"]?["duplicate"]), 0)
        XCTAssertEqual(
            card.corpora.map(\.languages), [["en", "xx"], ["xx", "yy"], ["en"], ["xx"]])
        XCTAssertEqual(
            card.corpora.map(\.files),
            [["pairs.tsv"], ["pairs.tsv", "others.tsv"], ["soft.tsv"], ["soft.tsv", "pairs.tsv"]])
        XCTAssertEqual(card.corpora.map(\.sha256.count), [1, 2, 1, 2])
    }
}
