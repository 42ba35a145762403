import Foundation
import Kernels
import Tokenization
import XCTest

@testable import Training

final class HoldOutTests: XCTestCase {
    private let holdOut = HoldOut(Recipe.HoldOutRule(fraction: 0.2, seed: 3))

    func testWordsIgnoreCaseAndPunctuation() {
        XCTAssertEqual(WordSequence("The dog, it barks!"), WordSequence("the dog , it  barks"))
        XCTAssertEqual(WordSequence("``So'' ... (it) is"), WordSequence("so it is"))
        XCTAssertNotEqual(WordSequence("the dog"), WordSequence("dog the"))
        XCTAssertNotEqual(WordSequence("well-made"), WordSequence("well made"))
        XCTAssertEqual(WordSequence("a b c").hashes.count, 3)
    }

    func testATextWithoutWordsIsOneWord() {
        XCTAssertEqual(WordSequence("...").hashes.count, 1)
        XCTAssertNotEqual(WordSequence("..."), WordSequence("!"))
        XCTAssertEqual(WordSequence("").hashes.count, 1)
    }

    /// The split may never change with the platform or the version of Swift.
    func testHashesAreFixed() {
        XCTAssertEqual(WordSequence("Red apples").key, 6_329_419_238_695_606_617)
    }

    func testTheFractionIsHeld() {
        let held = (0..<10_000).filter { holdOut.holds(WordSequence("text number \($0)")) }
        XCTAssertEqual(Double(held.count) / 10_000, 0.2, accuracy: 0.02)
        let other = HoldOut(Recipe.HoldOutRule(fraction: 0.2, seed: 4))
        XCTAssertNotEqual(
            held, (0..<10_000).filter { other.holds(WordSequence("text number \($0)")) })
    }

    /// The sides of texts that are held by themselves.
    private func sides(of texts: [(text: String, mayHold: Bool)]) -> [HoldOut.Side] {
        holdOut.sides(
            of: texts.map { (WordSequence($0.text), $0.mayHold, [WordSequence($0.text)]) })
    }

    /// The sides of pairs that are held by their sources.
    private func sides(of pairs: [(source: String, target: String)]) -> [HoldOut.Side] {
        holdOut.sides(
            of: pairs.map {
                (WordSequence($0.source), WordSequence($0.target), WordSequence($0.source))
            })
    }

    func testSidesDoNotDependOnTheOrder() {
        let texts = randomTexts(count: 500)
        let sides = sides(of: texts.map { ($0, true) })
        let reversed = self.sides(of: texts.reversed().map { ($0, true) })
        XCTAssertEqual(sides, reversed.reversed())
        let pairs = texts.map { ($0, "<\($0.uppercased())> zwei") }
        XCTAssertEqual(
            self.sides(of: pairs), self.sides(of: pairs.reversed()).reversed())
    }

    func testNoPhraseOfAHeldTextStaysInTraining() {
        let texts = randomTexts(count: 2000)
        // The second half stands for a corpus of phrases, which may not hold.
        let sides = sides(of: texts.enumerated().map { ($1, $0 < 1000) })
        let held = zip(texts, sides).filter { $0.1 == .held }.map { " \($0.0) " }
        XCTAssertGreaterThan(held.count, 100)
        XCTAssertFalse(sides[1000...].contains(.held))
        for (text, side) in zip(texts, sides) where side != .held {
            let isPhrase = held.contains { $0.contains(" \(text) ") }
            XCTAssertEqual(side, isPhrase ? .dropped : .training, text)
        }
        XCTAssertTrue(sides.contains(.dropped))
    }

    func testAHeldTextIsFoundThroughCaseAndPunctuation() throws {
        let held = try XCTUnwrap(randomTexts(count: 100).first { holdOut.holds(WordSequence($0)) })
        let sides = sides(
            of: [
                (held, true), ("\(held.uppercased()) !", false), ("quite another thing", false),
            ])
        XCTAssertEqual(sides, [.held, .dropped, .training])
    }

    /// What decides is the text that is translated, whichever corpus holds it.
    func testNoTranslationOfAHeldTextStaysInTraining() throws {
        let words = (0..<100).map { "word\($0)" }
        let held = try XCTUnwrap(words.first { holdOut.holds(WordSequence("\($0) and more")) })
        let free = try XCTUnwrap(words.first { !holdOut.holds(WordSequence("\($0) and more")) })
        func sides(_ texts: [(text: String, mayHold: Bool, origin: String)]) -> [HoldOut.Side] {
            holdOut.sides(
                of: texts.map { (WordSequence($0.text), $0.mayHold, [WordSequence($0.origin)]) })
        }
        XCTAssertEqual(
            sides([
                ("\(held) and more", true, "\(held) and more"),
                ("wort und mehr", false, "\(held.uppercased()) and more!"),
                ("und mehr", false, "and more"), ("anders", false, "\(free) and more"),
                ("\(free) and more", true, "\(free) and more"),
            ]),
            [.held, .dropped, .dropped, .training, .training])
        // Held is one translation; neither the text itself nor another one is trained on.
        XCTAssertEqual(
            sides([
                ("wort", true, "\(held) and more"), ("mot", false, "\(held) and more"),
                ("\(held) and more", false, "\(held) and more"), ("anders", false, free),
            ]),
            [.held, .dropped, .dropped, .training])
    }

    /// A translation of several texts has a label that is of them all.
    func testNoTranslationOfAHeldTextAndAnotherStaysInTraining() throws {
        let words = (0..<100).map { "word\($0)" }
        let held = WordSequence(
            try XCTUnwrap(words.first { holdOut.holds(WordSequence($0)) }))
        let free = WordSequence(
            try XCTUnwrap(words.first { !holdOut.holds(WordSequence($0)) }))
        let translation = WordSequence("wort")
        XCTAssertEqual(
            holdOut.sides(of: [(held, true, [held]), (translation, false, [free, held])]),
            [.held, .dropped])
        // Where the translation is held, none of what it was labelled by is trained on.
        XCTAssertEqual(
            holdOut.sides(of: [(translation, true, [held, free]), (free, false, [free])]),
            [.held, .dropped])
    }

    func testNoSideOfAHeldPairStaysInTraining() throws {
        let words = (0..<200).map { "word\($0)" }
        let heldWord = try XCTUnwrap(words.first { holdOut.holds(WordSequence($0)) })
        let free = words.filter { !holdOut.holds(WordSequence($0)) }
        let pairs = [
            (heldWord, "eins"), (heldWord, "zwei"), (free[0], "eins"), (free[1], "drei"),
            (free[2], heldWord),
        ]
        let sides = sides(of: pairs)
        XCTAssertEqual(sides, [.held, .held, .dropped, .training, .dropped])
        // The other direction of a pair is not trained on either.
        let turned = self.sides(of: [(heldWord, "eins"), ("eins", heldWord)])
        XCTAssertEqual(turned[0], .held)
        XCTAssertNotEqual(turned[1], .training)
    }

    func testTheCorporaOfARecipeAreReadAndSplit() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pairs = (0..<200).map { "A  lamp no. \($0)\tEine Lampe Nr. \($0)" } + ["alone\t "]
        try Data(pairs.joined(separator: "\n").utf8).write(to: folder.appending(path: "pairs.tsv"))
        let texts = (0..<200).map { "I like book \($0) .\t1" } + (0..<200).map { "book \($0)\t0" }
        try Data(texts.joined(separator: "\n").utf8).write(to: folder.appending(path: "texts.tsv"))
        let recipe = try Recipe(yaml: Self.recipe, file: "recipe.yml")
        let corpora = try TrainingCorpora(
            recipe, folder: folder, normalizer: Normalizer(), languages: ["de", "en"],
            threadCount: 2)

        let counts = corpora.counts
        XCTAssertEqual(counts.map(\.name), ["lamps", "books"])
        XCTAssertEqual(counts[0].empty, 1)
        XCTAssertEqual(counts[0].training + counts[0].held + counts[0].dropped, 200)
        XCTAssertEqual(counts[1].training + counts[1].held + counts[1].dropped, 400)
        XCTAssertGreaterThan(counts[1].dropped, 0)

        XCTAssertEqual(corpora.translation.count, 2 * counts[0].training)
        XCTAssertEqual(corpora.translation[0].languageIndex, 0)
        XCTAssertTrue(corpora.translation[0].source.string.hasPrefix("A lamp no."))
        XCTAssertEqual(corpora.translation[1].languageIndex, 1)
        XCTAssertEqual(corpora.translation[1].source, corpora.translation[0].target)
        XCTAssertEqual(corpora.sentiment.count, counts[1].training)
        XCTAssertEqual(corpora.lines.count, 2 * counts[0].training + counts[1].training)

        XCTAssertEqual(corpora.heldTranslation.map(\.from), ["en", "de"])
        XCTAssertEqual(corpora.heldTranslation[0].pairs.count, counts[0].held)
        XCTAssertEqual(
            corpora.heldTranslation[0].pairs.map(\.source),
            corpora.heldTranslation[1].pairs.map(\.target))
        XCTAssertTrue(corpora.heldTranslation[0].pairs[0].source.hasPrefix("A  lamp"))
        XCTAssertEqual(corpora.heldSentiment.map(\.texts.count), [counts[1].held])

        let tests = try recipe.validation.tests.testSets(in: folder)
        XCTAssertEqual(tests.translation.map(\.name), ["more lamps"])
        XCTAssertEqual(tests.translation[0].pairs.count, 201)
        let file = URL(fileURLWithPath: "/recipes/split.yml")
        XCTAssertThrowsError(try recipe.check(languages: ["fr"], file: file)) { error in
            XCTAssertEqual(
                "\(error)",
                "/recipes/split.yml: the model translates to fr, not to 'de' as corpus 'lamps' asks; leave the "
                    + "corpus out")
        }
    }

    private static let recipe = """
        name: split
        init: base
        corpora:
          translation:
            - {name: lamps, pairs: pairs.tsv, from: en, to: de, directions: both}
          sentiment:
            - {name: books, file: texts.tsv, labels: binary, language: en, hold_out: true}
        hold_out: {fraction: 0.2}
        validation:
          sentences: 8
          tests:
            translation:
              - {name: more lamps, pairs: pairs.tsv, from: en, to: de}
        curriculum:
          - name: all
            tasks: {translation: 1}
            steps: 1
            batch_tokens: 1
            schedule: {name: constant, learning_rate: 1}

        """

    /// One to six words out of twelve, so that many texts are phrases of others.
    private func randomTexts(count: Int) -> [String] {
        var generator = SeededGenerator(seed: 11)
        return (0..<count).map { _ in
            (0...generator.next(below: 6)).map { _ in "w\(generator.next(below: 12))" }
                .joined(separator: " ")
        }
    }
}
