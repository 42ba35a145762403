import Foundation
import Transformer
import XCTest

@testable import Training

final class SamplingBalanceTests: XCTestCase {
    /// Of 100 examples in the first corpus, 20 are of class 0 and 80 of class 1; all 900 of the second are of class 1.
    private let corpora = Array(repeating: 0, count: 100) + Array(repeating: 1, count: 900)
    private let classes = Array(repeating: 0, count: 20) + Array(repeating: 1, count: 980)

    private func groups(
        _ balance: SamplingBalance, weights: [Double] = [1, 1]
    ) -> SamplingBalance.Groups {
        balance.groups(
            corpusIndices: corpora, classIndices: classes, classCount: 3, weights: weights)
    }

    private func assertEqual(_ weights: [Double], _ expected: [Double], line: UInt = #line) {
        XCTAssertEqual(weights.count, expected.count, line: line)
        for (weight, expected) in zip(weights, expected) {
            XCTAssertEqual(weight, expected, accuracy: 1e-12, line: line)
        }
    }

    func testWithoutBalanceNothingChanges() {
        let groups = groups(SamplingBalance(), weights: [0.3, 2])
        XCTAssertEqual(groups.indices, corpora)
        XCTAssertEqual(groups.weights, [0.3, 2])
        assertEqual(
            self.groups(SamplingBalance(corpora: SamplingTemperature(value: 1))).weights, [1, 1])
    }

    func testCorpora() {
        assertEqual(groups(SamplingBalance(corpora: .even)).weights, [5, 5.0 / 9])
        // The square roots of the sizes are as 1 to 3.
        let square = SamplingTemperature(value: 2)
        assertEqual(groups(SamplingBalance(corpora: square)).weights, [2.5, 750.0 / 900])
        assertEqual(
            groups(SamplingBalance(corpora: square), weights: [2, 0.1]).weights, [5, 75.0 / 900])
    }

    func testClasses() {
        let even = groups(SamplingBalance(classes: .even), weights: [1, 3])
        XCTAssertEqual(Set(even.indices), [0, 1, 4])
        // A class that a corpus lacks takes no share.
        assertEqual(even.weights, [2.5, 50.0 / 80, 1, 3, 3, 3])
        let both = groups(SamplingBalance(corpora: .even, classes: .even))
        assertEqual([both.weights[0], both.weights[4]], [12.5, 5.0 / 9])
    }

    /// As many examples of each corpus and class as the balance wants, and all of them in turn.
    func testAnEpochHoldsWhatTheBalanceWants() {
        let groups = groups(SamplingBalance(corpora: .even, classes: .even))
        let sizes = corpora.map { _ in ExampleSize(tokenCount: 1, sourceTokenCount: 0) }
        var sampler = BatchSampler(
            sizes: sizes, corpusIndices: groups.indices, weights: groups.weights, budget: 7,
            seed: 4)
        var counts = [Int](repeating: 0, count: corpora.count)
        for _ in 0..<2 * sampler.batchCount {
            for index in sampler.next().indices { counts[Int(index)] += 1 }
        }
        XCTAssertEqual(Double(counts[..<20].reduce(0, +)), 500, accuracy: 10)
        XCTAssertEqual(Double(counts[20..<100].reduce(0, +)), 500, accuracy: 10)
        XCTAssertEqual(Double(counts[100...].reduce(0, +)), 1000, accuracy: 10)
        XCTAssertEqual(counts.min(), 1)
    }

    // MARK: In a recipe

    private func recipe(_ balance: String, regularization: String = "{}") throws -> Recipe {
        try Recipe(
            yaml: """
                name: balance
                init: base
                corpora:
                  balance: \(balance)
                  translation: [{name: a, pairs: p, from: en, to: de}]
                regularization: \(regularization)
                curriculum:
                  - name: all
                    tasks: {translation: 1}
                    steps: 1
                    batch_tokens: 1
                    schedule: {name: constant, learning_rate: 1}

                """, file: "balance.yml")
    }

    func testTheRecipeSaysHowEvenly() throws {
        let recipe = try recipe(
            "{classes: even, sentiment: 2.5}",
            regularization: "{word_swap: 0.1, case_augmentation: 0.05, l1: 1.0e-6, l2: 0.01}")
        XCTAssertEqual(recipe.corpora.balance?.classes, .even)
        XCTAssertEqual(recipe.corpora.balance?.sentiment, SamplingTemperature(value: 2.5))
        XCTAssertNil(recipe.corpora.balance?.translation)
        XCTAssertEqual(recipe.regularization.wordSwap, 0.1)
        XCTAssertEqual(recipe.regularization.caseAugmentation, 0.05)
        XCTAssertEqual(recipe.regularization.l1, 1e-6)
        XCTAssertEqual(recipe.regularization.l2, 0.01)
        let stored = try JSONDecoder().decode(Recipe.self, from: recipe.canonicalJSON())
        XCTAssertEqual(stored, recipe)
        var other = recipe
        other.corpora.balance?.classes = SamplingTemperature(value: 3)
        XCTAssertEqual(
            try other.differences(from: recipe), ["corpora.balance.classes: even -> 3"])
    }

    /// A run that began before these keys existed goes on.
    func testWhatIsLeftOutLeavesNoTrace() throws {
        let json = String(decoding: try recipe("{}").canonicalJSON(), as: UTF8.self)
        for key in [
            "l1", "l2", "word_swap", "case_augmentation", "cleaning", "join", "through",
            "minimum_probability",
        ] {
            XCTAssertFalse(json.contains("\"\(key)\""), key)
        }
    }

    func testImpossibleValues() {
        for (balance, regularization, problem) in [
            (
                "{classes: 0.5}", "{}",
                "balance.yml:4: corpora.balance.classes is '0.5', not a number of at least 1"
            ),
            (
                "{classes: odd}", "{}",
                "balance.yml:4: corpora.balance.classes is 'odd', not a number of at least 1"
            ),
            (
                "{}", "{word_swap: 1}",
                "balance.yml:6: regularization.word_swap is '1', not a number of at least 0 and "
                    + "less than 1"
            ),
            (
                "{}", "{l1: -1}",
                "balance.yml:6: regularization.l1 is '-1', not a number of at least 0"
            ),
        ] {
            XCTAssertThrowsError(try recipe(balance, regularization: regularization)) { error in
                XCTAssertEqual("\(error)", problem)
            }
        }
    }
}
