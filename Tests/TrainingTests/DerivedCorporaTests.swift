import Foundation
import Tokenization
import Transformer
import XCTest

@testable import Training

/// Corpora that a recipe makes of others.
final class DerivedCorporaTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        let numbers = 0..<300
        try write(numbers.map { "The lamp \($0).\tDie Lampe \($0)." }, as: "en-de.tsv")
        try write(numbers.map { "The lamp \($0).\tLa lampe \($0)." }, as: "en-fr.tsv")
        try write(numbers.map { "The lamp \($0)." }, as: "en.txt")
        try write(numbers.map { "Eine Lampe \($0)!" }, as: "de.txt")
        try write(
            numbers.map { "The lamp \($0).\t0.1\t0.\($0 % 2)\t0.\(9 - $0 % 2)" }, as: "soft.tsv")
        try write(numbers.map { "The lamp \($0).\tneutral" } + ["Oh.\tneutral"], as: "hard.tsv")
    }

    private func write(_ lines: [String], as name: String) throws {
        _ = try folder.write(lines.map { $0 + "\n" }.joined().utf8, as: name)
    }

    private func recipe(_ corpora: String) throws -> Recipe {
        try Recipe(
            yaml: """
                name: derived
                init: base
                corpora:
                \(corpora)
                hold_out: {fraction: 0.2}
                curriculum:
                  - name: all
                    tasks: {translation: 1}
                    steps: 1
                    batch_tokens: 1
                    schedule: {name: constant, learning_rate: 1}
                    select_by: translation

                """, file: "derived.yml")
    }

    private func corpora(_ recipe: Recipe) throws -> TrainingCorpora {
        try TrainingCorpora(
            recipe, folder: folder.url, normalizer: Normalizer(), languages: ["de", "en", "fr"],
            threadCount: 2)
    }

    private static let all = """
          translation:
            - {name: en-de, pairs: en-de.tsv, from: en, to: de}
            - {name: en-fr, pairs: en-fr.tsv, from: en, to: fr}
            - name: de-fr
              join: {pairs: [{source: en.txt, target: de.txt}, en-fr.tsv], most_per_sentence: 1}
              from: de
              to: fr
              directions: both
            - {name: joined, join: {pairs: [en-de.tsv, en-fr.tsv]}, from: de, to: fr}
          sentiment:
            - {name: en, file: soft.tsv, labels: probabilities, language: en}
            - name: de
              file: soft.tsv
              labels: probabilities
              through: [en-de.tsv, {source: en.txt, target: de.txt}]
              minimum_probability: 0.85
              language: de
            - {name: fr, file: hard.tsv, labels: named, through: en-fr.tsv, language: fr}
        """

    func testJoinedPairsAreTrainedOnAndHeldWithTheirSentence() throws {
        let corpora = try corpora(try recipe(Self.all))
        let counts = Dictionary(uniqueKeysWithValues: corpora.counts.map { ($0.name, $0) })
        // Each translates the same 300 sentences, so each holds the translations of the same sentences.
        let held = try XCTUnwrap(counts["en-de"]).held
        XCTAssertGreaterThan(held, 30)
        for name in ["en-de", "en-fr", "de-fr", "joined"] {
            XCTAssertEqual(counts[name]?.held, held, name)
            XCTAssertEqual(counts[name]?.training, 300 - held, name)
            XCTAssertEqual(counts[name]?.dropped, 0, name)
        }
        let heldTexts = Set(
            corpora.heldTranslation.flatMap(\.pairs).flatMap { [$0.source, $0.target] }
                .map { WordSequence($0) })
        for pair in corpora.translation {
            XCTAssertFalse(heldTexts.contains(WordSequence(pair.source.string)))
            XCTAssertFalse(heldTexts.contains(WordSequence(pair.target.string)))
        }
        XCTAssertEqual(
            corpora.heldTranslation.map { "\($0.name) \($0.from)-\($0.to)" },
            ["en-de en-de", "en-fr en-fr", "de-fr de-fr", "de-fr fr-de", "joined de-fr"])
        let joined = corpora.translation.filter { $0.corpusIndex == 2 }
        XCTAssertEqual(joined.count, 2 * (300 - held))
        XCTAssert(joined[0].source.string.hasPrefix("Eine Lampe"))
        XCTAssertEqual(joined[0].languageIndex, 2)
        XCTAssert(joined[1].source.string.hasPrefix("La lampe"))
        XCTAssertEqual(joined[1].languageIndex, 0)
    }

    /// A tokenizer learns from each text as often as from the others.
    func testTheTextsOfDerivedCorporaAreNotRepeated() throws {
        let corpora = try corpora(try recipe(Self.all))
        let counts = Dictionary(uniqueKeysWithValues: corpora.counts.map { ($0.name, $0.training) })
        let isGerman = { (line: String) in line.hasPrefix("Die Lampe") }
        XCTAssertEqual(corpora.lines.count(where: isGerman), counts["en-de"])
        // This text is in a derived corpus alone.
        XCTAssertEqual(corpora.lines.count { $0.hasPrefix("Eine Lampe") }, counts["de-fr"])
        XCTAssertEqual(corpora.lines.count { $0.hasPrefix("La lampe") }, counts["en-fr"])
        XCTAssertEqual(
            corpora.lines.count { $0.hasPrefix("The lamp") },
            (counts["en-de"] ?? 0) + (counts["en-fr"] ?? 0) + (counts["en"] ?? 0))
    }

    /// A corpus that was not made of the joined ones may hold one of their texts.
    func testAJoinedPairWithATextHeldElsewhereIsDropped() throws {
        let holdOut = HoldOut(Recipe.HoldOutRule(fraction: 0.2, seed: 1))
        let heldWord = try XCTUnwrap(
            (0..<100).map { "wort\($0)" }.first { holdOut.holds(WordSequence($0)) })
        let pivot = try XCTUnwrap(
            (0..<100).map { "word\($0)" }.first { !holdOut.holds(WordSequence($0)) })
        try write(["\(pivot)\t\(heldWord)", "\(pivot)\tanders"], as: "a.tsv")
        try write(["\(pivot)\tmot", "\(pivot)\tautre"], as: "b.tsv")
        try write(["\(heldWord)\tparola"], as: "c.tsv")
        let corpora = try corpora(
            try recipe(
                """
                  translation:
                    - {name: joined, join: {pairs: [a.tsv, b.tsv]}, from: de, to: fr}
                    - {name: other, pairs: c.tsv, from: de, to: en}
                """))
        XCTAssertEqual(corpora.counts[0].training, 1)
        XCTAssertEqual(corpora.counts[0].dropped, 1)
        XCTAssertEqual(corpora.counts[1].held, 1)
        XCTAssertEqual(corpora.translation.map(\.source.string), ["anders"])
    }

    func testLabelsAreCarriedThroughTranslations() throws {
        let corpora = try corpora(try recipe(Self.all))
        let counts = Dictionary(uniqueKeysWithValues: corpora.counts.map { ($0.name, $0) })
        let german = try XCTUnwrap(counts["de"])
        // Every second sentence is as sure as it must be; each has two translations.
        XCTAssertEqual(german.training + german.held + german.dropped, 300)
        XCTAssertEqual(german.removed, ["unsure": 300])
        XCTAssert(german.description.hasSuffix(", 0 empty, 300 unsure"), german.description)
        let french = try XCTUnwrap(counts["fr"])
        XCTAssertEqual(french.training + french.held, 300)
        XCTAssertEqual(french.removed, [:])
        // Held with what they translate.
        XCTAssertEqual(french.held, counts["en"]?.held)
        let texts = corpora.sentiment.filter { $0.corpusIndex == 1 }
        XCTAssert(texts[0].text.string.hasPrefix("Die Lampe"))
        XCTAssertEqual(texts[0].target, SentimentLoss.Target(probabilities: [0.1, 0, 0.9]))
        let certain = try XCTUnwrap(corpora.sentiment.last)
        XCTAssertEqual(
            certain.target, SentimentLoss.Target(.neutral, of: Set(SentimentLabel.allCases)))
    }

    /// Labels that do not choose checkpoints tell nothing about those that do.
    func testTranslationsOfHeldTextsAreNotTrainedOn() throws {
        let corpora = try corpora(
            try recipe(
                """
                  translation: [{name: pairs, pairs: en-de.tsv, from: en, to: de}]
                  sentiment:
                    - {name: en, file: hard.tsv, labels: named, language: en}
                    - {name: de, file: soft.tsv, labels: probabilities, through: en-de.tsv, language: de, hold_out: false}
                """))
        let held = corpora.heldSentiment.flatMap(\.texts).map(\.text).filter { $0 != "Oh." }
        XCTAssertGreaterThan(held.count, 30)
        XCTAssertEqual(corpora.counts[2].held, 0)
        XCTAssertEqual(corpora.counts[2].dropped, held.count)
        XCTAssertEqual(corpora.counts[2].training, 300 - held.count)
        let trained = Set(corpora.sentiment.map(\.text.string))
        for text in held {
            XCTAssertFalse(trained.contains(text.replacing("The lamp", with: "Die Lampe")), text)
        }
    }

    func testAMinimumProbabilityHoldsWithoutTranslationsToo() throws {
        let corpora = try corpora(
            try recipe(
                """
                  translation: [{name: pairs, pairs: en-de.tsv, from: en, to: de}]
                  sentiment:
                    - {name: soft, file: soft.tsv, labels: probabilities, language: en, minimum_probability: 0.85}
                """))
        XCTAssertEqual(corpora.counts[1].removed, ["unsure": 150])
    }

    func testEveryFileIsDigested() throws {
        XCTAssertEqual(
            try recipe(Self.all).fileDigestsOfCorpora(in: folder.url),
            ["de.txt", "en-de.tsv", "en-fr.tsv", "en.txt", "hard.tsv", "soft.tsv"])
    }

    func testTheRecipeIsStoredAndRestored() throws {
        let recipe = try recipe(Self.all)
        XCTAssertEqual(
            try JSONDecoder().decode(Recipe.self, from: recipe.canonicalJSON()), recipe)
    }

    func testRecipesThatContradictThemselves() throws {
        for (old, new, problem) in [
            (
                "join: {pairs: [en-de.tsv, en-fr.tsv]}", "join: {pairs: [en-de.tsv]}",
                "derived.yml:12: corpora.translation[3].join.pairs joins two corpora, not 1; "
                    + "name two"
            ),
            (
                "join: {pairs: [en-de.tsv, en-fr.tsv]}",
                "join: {pairs: [en-de.tsv, {source: en.txt}]}",
                "derived.yml:12: corpora.translation[3].join.pairs[1] lacks the key 'target'; "
                    + "add it"
            ),
            (
                "join: {pairs: [en-de.tsv, en-fr.tsv]}",
                "join: {pairs: [en-de.tsv, en-fr.tsv]}, pairs: en-de.tsv",
                "derived.yml:12: corpora.translation[3].pairs is given, but 'join' makes the "
                    + "pairs of other files; remove it"
            ),
            (
                "most_per_sentence: 1", "most_per_sentence: 0",
                "derived.yml:8: corpora.translation[2].join.most_per_sentence is '0', not a whole "
                    + "number between 1 and 1000"
            ),
            (
                "through: en-fr.tsv,", "through: en-fr.tsv, minimum_probability: 0.9,",
                "derived.yml:21: corpora.sentiment[2].minimum_probability is given, but labels of "
                    + "'named' are certain, not probabilities; remove it"
            ),
            (
                "minimum_probability: 0.85", "minimum_probability: 1.5",
                "derived.yml:19: corpora.sentiment[1].minimum_probability is '1.5', not a number "
                    + "of at least 0 and less than 1"
            ),
            (
                "through: en-fr.tsv,", "through: [],",
                "derived.yml:21: corpora.sentiment[2].through is an empty list; name at least one "
                    + "element"
            ),
        ] {
            XCTAssertTrue(Self.all.contains(old), old)
            XCTAssertThrowsError(try recipe(Self.all.replacing(old, with: new)), new) { error in
                XCTAssertEqual("\(error)", problem)
            }
        }
    }
}

extension Recipe {
    /// The files of the corpora, without the model that the recipe begins with.
    fileprivate func fileDigestsOfCorpora(in folder: URL) throws -> [String] {
        var recipe = self
        recipe.initialModel = nil
        return try recipe.fileDigests(in: folder).keys.sorted()
    }
}
