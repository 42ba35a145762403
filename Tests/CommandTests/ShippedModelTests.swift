import Foundation
import Inference
import XCTest

/// The model that comes with the program, as people meet it: without options.
final class ShippedModelTests: XCTestCase {
    private func folder() throws -> URL {
        try Program.url.deletingLastPathComponent()
            .appendingPathComponent("mtl-nlp_PretrainedModel.resources/Model")
    }

    /// Words that have to be in the translation of a plain sentence, for each of the six directions.
    func testTranslatesPlainSentences() throws {
        let sentences: [(to: String, text: String, words: [String])] = [
            ("de", "A man is riding a bike.", ["Mann", "rad"]),
            ("en", "Zwei Frauen stehen auf der Straße.", ["Two women", "street"]),
            ("fr", "The children are playing in the garden.", ["enfants", "jardin"]),
            ("en", "Un homme lit un livre.", ["man", "book"]),
            ("fr", "Die Frau trinkt Wasser.", ["femme", "eau"]),
            ("de", "Le chien court dans la neige.", ["Hund", "Schnee"]),
        ]
        for (target, text, words) in sentences {
            let result = try Program.run(["translate", "--to", target], input: text + "\n")
            XCTAssertEqual(result.status, 0, result.errors)
            for word in words { XCTAssert(result.output.contains(word), result.output) }
        }
    }

    func testKnowsPraiseFromBlame() throws {
        let result = try Program.run(
            ["sentiment"],
            input: """
                a brilliant and moving film
                a dull , pointless mess
                Das Essen war köstlich und der Service wunderbar.
                Der Film war furchtbar langweilig.
                Un film magnifique, j'ai adoré.
                C'est nul, quelle déception.

                """)
        XCTAssertEqual(
            result.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } },
            ["positive", "negative", "positive", "negative", "positive", "negative"],
            result.output)
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

    /// What puts small models at a loss: single words and names, numbers, marks, capitals, hashtags, one word without end.
    func testTextsThatAreNoSentences() throws {
        let copied = (1...31).map(String.init) + ["???", "!", "…", "-", "#travel", "#one #two"]
        let words = ["Hello", "Anna", "New York", "dog", "The Cat Sat On The Mat"]
        let capitals = "STOP THAT NOW!"
        let endless = String(repeating: "dog ", count: 500)
        let texts = copied + words + [capitals, endless]
        for (target, dog) in [("de", "Hund"), ("fr", "chien")] {
            let result = try Program.run(
                ["translate", "--from", "en", "--to", target, "--jsonl"],
                input: texts.map { $0 + "\n" }.joined())
            XCTAssertEqual(result.status, 0, result.errors)
            let answers = try result.output.split(separator: "\n").map {
                try XCTUnwrap(
                    JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let translations = answers.compactMap { $0["translation"] as? String }
            let flags = answers.compactMap { $0["flags"] as? [String] }
            XCTAssertEqual(translations.count, texts.count)
            XCTAssertEqual(Array(translations.prefix(copied.count)), copied)
            for (text, translation) in zip(texts, translations) {
                XCTAssertFalse(translation.isEmpty, text)
                XCTAssertLessThan(translation.count, 3 * text.count + 24, text)
            }
            let shout = translations[texts.count - 2]
            XCTAssertEqual(shout, shout.uppercased())
            XCTAssertEqual(flags.last?.contains("split"), true)
            let dogs = translations[texts.count - 1].components(separatedBy: dog).count - 1
            // It is translated to its end, and into little else.
            let words = translations[texts.count - 1].split(separator: " ").count
            XCTAssertGreaterThan(words, 100, translations[texts.count - 1])
            XCTAssertGreaterThan(2 * dogs, words, translations[texts.count - 1])
        }
    }

    func testATextInAnotherLanguageIsNamed() throws {
        let spanish = "Me gusta mucho la comida de este restaurante."
        let input = "What a beautiful morning it is.\n\(spanish)\n今日はとてもいい天気です。\nOK\n"
        for command in [["translate", "--to", "de"], ["sentiment"], ["both", "--to", "de"]] {
            let result = try Program.run(command, input: input)
            XCTAssertEqual(result.status, 0)
            XCTAssertEqual(result.output.split(separator: "\n").count, 4)
            let place = "standard input:2: in none of the model's languages (de, en, fr)"
            XCTAssert(result.errors.contains(place), result.errors)
            XCTAssert(result.errors.contains("2 of 4 texts are in none"), result.errors)
            XCTAssertFalse(result.errors.contains("standard input:3"), result.errors)
        }
        let told = try Program.run(["translate", "--from", "en", "--to", "de"], input: input)
        XCTAssertEqual(told.errors, "")
        // What is in no language at all is in no other one.
        let symbols = """
            {a} {b} {c} {d}
            @anna @bob @carl @dora
            https://a.example https://b.example https://c.example https://d.example
            10 km 20 km 30 km 40 km
            É
            5 µ
            π ≈ 3

            """
        for command in [["translate", "--to", "de"], ["sentiment"]] {
            XCTAssertEqual(try Program.run(command, input: symbols).errors, "")
        }
    }

    func testItsCardTellsWhereItComesFrom() throws {
        let card = try LoadedModel(contentsOf: folder()).card
        XCTAssertEqual(card.languages, ["de", "en", "fr"])
        XCTAssertEqual(card.sentimentLanguages, ["de", "en", "fr"])
        XCTAssertEqual(card.stages.map(\.name), ["again"])
        XCTAssertEqual(
            card.ancestors?.map { $0.stages.map(\.name) },
            [["translation", "both"], ["again"], ["again"], ["again"]])
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
