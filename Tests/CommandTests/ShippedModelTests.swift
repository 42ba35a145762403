import Foundation
import Inference
import XCTest

/// The model that comes with the program, as people meet it: without options.
final class ShippedModelTests: XCTestCase {
    private func folder() throws -> URL {
        try Program.url.deletingLastPathComponent()
            .appendingPathComponent("mtl-nlp_PretrainedModel.resources/Model")
    }

    func testTranslatesPlainSentences() throws {
        let german = try Program.run(
            ["translate", "--to", "de"], input: "A man is riding a bike.\nA dog runs.\n")
        XCTAssertEqual(german.status, 0, german.errors)
        let lines = german.output.split(separator: "\n")
        XCTAssertEqual(lines.count, 2)
        XCTAssert(lines[0].contains("Mann") && lines[0].contains("rad"), german.output)
        XCTAssert(lines[1].contains("Hund"), german.output)
        let english = try Program.run(
            ["translate", "--to", "en"], input: "Zwei Frauen stehen auf der Straße.\n")
        XCTAssert(
            english.output.contains("Two women") && english.output.contains("street"),
            english.output)
    }

    func testKnowsPraiseFromBlame() throws {
        let result = try Program.run(
            ["sentiment"], input: "a brilliant and moving film\na dull , pointless mess\n")
        XCTAssertEqual(
            result.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } },
            ["positive", "negative"], result.output)
    }

    /// A text that is far too long for the model is translated in parts, to its end.
    func testTranslatesALongLineWhole() throws {
        let sentence = "A man is riding a bike. "
        let text = String(repeating: sentence, count: 200) + "A woman is reading a book.\n"
        let result = try Program.run(["translate", "--to", "de", "--beam", "1"], input: text)
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(result.output.filter { $0 == "\n" }.count, 1)
        XCTAssertEqual(result.output.components(separatedBy: "Mann").count, 201)
        XCTAssert(result.output.contains("Buch"), String(result.output.suffix(80)))
    }

    /// What must not be translated is there, whatever the model makes of the words.
    func testKeepsLinksPlaceholdersAndEmoji() throws {
        let kept = [
            "A man is riding a bike, see https://example.org/a?b=c (photo).":
                ["https://example.org/a?b=c"],
            "Hello {name}, two dogs are playing with %d balls.": ["{name}", "%d"],
            "<b>A woman</b> is reading a book 😂😂 #reading @anna": [
                "<b>", "</b>", "😂😂", "#reading", "@anna",
            ], "31": ["31"], "???": ["???"],
        ]
        for (text, spans) in kept {
            let result = try Program.run(["translate", "--to", "de"], input: text + "\n")
            XCTAssertEqual(result.status, 0, result.errors)
            for span in spans { XCTAssert(result.output.contains(span), result.output) }
        }
    }

    func testItsCardTellsWhereItComesFrom() throws {
        let card = try LoadedModel(contentsOf: folder()).card
        XCTAssertEqual(card.languages, ["de", "en"])
        XCTAssertEqual(card.stages.map(\.name), ["translation", "sentiment", "joint"])
        XCTAssertNotNil(card.commit)
        XCTAssertNotNil(card.terms)
        XCTAssert(
            card.corpora.allSatisfy { $0.lines > 0 && !$0.sha256.isEmpty && $0.licence != nil })
        for metric in ["bleu", "chrf", "accuracy", "macro_f1"] {
            XCTAssert(card.scores.contains { $0.metric == metric && $0.signature != nil }, metric)
        }
    }

    func testItTellsLanguagesApart() throws {
        let identifier = try XCTUnwrap(LoadedModel(contentsOf: folder()).languageIdentifier)
        XCTAssertEqual(identifier.languages, ["en", "de", "fr"])
    }

    func testItIsSmall() throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: folder(), includingPropertiesForKeys: [.fileSizeKey])
        let sizes = try files.map { try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0 }
        XCTAssertLessThan(sizes.reduce(0, +), 20_000_000)
    }
}
