import Files
import Foundation
import Kernels
import LanguageIdentification
import XCTest

@testable import Training

final class LanguageIdentifierTrainerTests: XCTestCase {
    /// Two languages, each of words of its own letters.
    private let texts = [("xx", "abc"), ("yy", "xyz")].map { code, letters in
        var generator = SeededGenerator(seed: SeededGenerator.seed(1, UInt64(letters.utf8.first!)))
        return LanguageTexts(
            code: code,
            texts: (0..<200).map { _ in
                (0..<5).map { _ in
                    String((0..<4).map { _ in Array(letters)[generator.next(below: 3)] })
                }.joined(separator: " ")
            })
    }

    private func trainer(_ change: (inout LanguageIdentifierTrainer) -> Void = { _ in })
        -> LanguageIdentifierTrainer
    {
        var trainer = LanguageIdentifierTrainer()
        trainer.exampleCount = 40_000
        change(&trainer)
        return trainer
    }

    func testLearnsToTellApart() throws {
        let outcome = try trainer().train(texts)
        XCTAssertGreaterThan(outcome.heldAccuracy, 0.9)
        XCTAssertEqual(outcome.identifier.languages, ["xx", "yy"])
        for (text, language) in [("abca cabb bacc", "xx"), ("Zyxx yzzy zyx", "yy")] {
            let estimate = outcome.identifier.identify(text)
            XCTAssertEqual(estimate.language, language)
            XCTAssertGreaterThan(estimate.probability, 0.9)
        }
        XCTAssertNil(outcome.identifier.identify("wort und noch mehr worte").language)
        XCTAssertNil(outcome.identifier.identify("много слов").language)
    }

    func testTheOutcomeDependsOnTheSeedAndNotOnTheThreads() throws {
        let identifiers = try [1, 2, 5].map { threadCount in
            try trainer { $0.threadCount = threadCount }.train(texts).identifier
        }
        XCTAssertEqual(identifiers[0], identifiers[1])
        XCTAssertEqual(identifiers[0], identifiers[2])
        XCTAssertNotEqual(try trainer { $0.seed = 2 }.train(texts).identifier, identifiers[0])
    }

    func testTextsInOtherLanguagesAreLearnedToBeInNone() throws {
        let others = LanguageTexts(
            code: LanguageEstimate.undetermined,
            texts: ["acca caac", "caac acca", "acca acca", "caac caac", "acca"])
        let identifier = try trainer().train(texts + [others]).identifier
        XCTAssertNil(identifier.identify("acca caac").language)
        XCTAssertEqual(identifier.identify("abba bccb").language, "xx")
    }

    func testTooFewTextsAreRefused() {
        let one = LanguageTexts(code: "yy", texts: ["the same", "The same!"])
        for (texts, words) in [
            ([], "fewer than two"), ([texts[0]], "fewer than two"),
            ([texts[0], one], "yy: there are not two different texts"),
            ([texts[0], LanguageTexts(code: "und", texts: ["a", "b"])], "fewer than two"),
        ] {
            XCTAssertThrowsError(try trainer().train(texts)) {
                XCTAssertTrue("\($0)".contains(words), "\($0)")
            }
        }
    }

    /// Labels drawn from the softmax of logits / T: the fit finds T.
    func testTemperature() {
        var generator = SeededGenerator(seed: 3)
        for temperature in [0.5, 1, 4] {
            let examples = (0..<20_000).map { _ in
                let logits = (0..<3).map { _ in 3 * generator.nextNormal() }
                var draw = generator.nextUnit()
                let label = softmax(logits.map { $0 / temperature }).firstIndex {
                    draw -= $0
                    return draw < 0
                }
                return (logits: logits, label: label ?? 2)
            }
            XCTAssertEqual(Temperature.fit(examples) / temperature, 1, accuracy: 0.05)
        }
    }

    func testTextsWithoutAccents() {
        XCTAssertEqual(
            TextVariation.withoutAccents("Größe, Öl, cœur, déjà, a\u{308}", digraphs: false),
            "Grosse, Ol, coeur, deja, a")
        XCTAssertEqual(
            TextVariation.withoutAccents("Größe, Öl, a\u{308}, déjà", digraphs: true),
            "Groesse, Oel, ae, deja")
    }

    func testVariationsAreTheTextOrFragments() {
        var generator = SeededGenerator(seed: 4)
        let variations = Set(
            (0..<500).map { _ in TextVariation.vary("one two three four", using: &generator) })
        XCTAssertEqual(
            variations,
            [
                "one two three four", "one", "two", "three", "four", "one two", "two three",
                "three four", "one two three", "two three four",
            ])
        XCTAssertEqual(TextVariation.vary("", using: &generator), "")
    }

    func testInventedLanguagesKeepTheShapeOfTheText() {
        var generator = SeededGenerator(seed: 5)
        let text = "Ein Hund, zwei Katzen!"
        let shape = { (text: String) in text.map { $0.isLetter ? "x" : $0 } }
        for _ in 0..<100 {
            let invented = InventedLanguage.rewrite(text, using: &generator)
            XCTAssertEqual(shape(invented), shape(text), invented)
            XCTAssertNotEqual(invented, text)
        }
    }

    func testTextsAreReadByColumn() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "pairs.tsv")
        try Data("one\teins\ntwo\t\n".utf8).write(to: url)
        XCTAssertEqual(
            try LanguageTexts(code: "de", contentsOf: url, column: 2).texts, ["eins", ""])
        XCTAssertEqual(
            try LanguageTexts(code: "de", contentsOf: url, column: nil).texts,
            ["one\teins", "two\t"])
        XCTAssertThrowsError(try LanguageTexts(code: "de", contentsOf: url, column: 3)) {
            XCTAssertEqual(($0 as? FileError)?.line, 1)
        }
        try Data().write(to: url)
        XCTAssertThrowsError(try LanguageTexts(code: "de", contentsOf: url, column: nil)) {
            XCTAssertTrue("\($0)".contains("empty"), "\($0)")
        }
    }
}
