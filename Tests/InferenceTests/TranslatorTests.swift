import Kernels
import Tokenization
import Transformer
import XCTest

@testable import Inference

final class TranslatorTests: XCTestCase {
    private let texts =
        TinyModel.sentences + [
            "", "   ", "\u{FFFD}\u{FFFD}", "漢字 and 🙂", "a", String(repeating: "snow ", count: 120),
            "The soup was cold. The bread was stale! Nobody expected such a cheerful evening. "
                + "Two painters carry a ladder, and the gardener; the goat; the gate.",
            String(repeating: "z", count: 300),
        ]

    private func translate(
        _ loaded: LoadedModel, _ texts: [String], threadCount: Int = 1, batchSize: Int = 64,
        _ options: SearchOptions = SearchOptions()
    ) throws -> [Translation] {
        try Translator(loaded, threadCount: threadCount, batchSize: batchSize)
            .translate(texts, to: "de", options: options)
    }

    func testBatchSizeThreadsAndOrderChangeNothing() throws {
        var order = Array(texts.indices)
        var generator = SeededGenerator(seed: 11)
        generator.shuffle(&order)
        for precision in InferencePrecision.allCases {
            let loaded = try TinyModel.loaded(precision: precision)
            for options in [SearchOptions(beamSize: 1), SearchOptions(alternativeCount: 3)] {
                let expected = try translate(loaded, texts, options)
                for batchSize in [1, 3, 64] {
                    for threadCount in [1, 2, 4] {
                        let found = try translate(
                            loaded, texts, threadCount: threadCount, batchSize: batchSize, options)
                        XCTAssertEqual(found, expected)
                    }
                }
                let shuffled = try translate(
                    loaded, order.map { texts[$0] }, batchSize: 3, options)
                XCTAssertEqual(shuffled, order.map { expected[$0] })
            }
        }
    }

    func testATranslatorServesSeveralThreads() throws {
        let loaded = try TinyModel.loaded()
        let texts = texts
        let expected = try translate(loaded, texts)
        let translator = Translator(loaded, threadCount: 2, batchSize: 5)
        DispatchQueue.concurrentPerform(iterations: 3) { _ in
            XCTAssertEqual(try? translator.translate(texts, to: "de"), expected)
        }
    }

    func testTheLanguageMatters() throws {
        let translator = Translator(try TinyModel.loaded(), threadCount: 1)
        XCTAssertNotEqual(
            try translator.translate(texts, to: "de"), try translator.translate(texts, to: "en"))
    }

    func testAnUnknownLanguageIsNamedWithThoseThatAreKnown() throws {
        let translator = Translator(try TinyModel.loaded(), threadCount: 1)
        XCTAssertThrowsError(try translator.translate(["Snow."], to: "xx")) { error in
            XCTAssertEqual(
                error as? InferenceError, .unknownLanguage("xx", available: ["de", "en"]))
            XCTAssertEqual(
                "\(error)", "this model does not translate to xx; it translates to de, en")
        }
    }

    func testAnEmptyTextHasAnEmptyTranslation() throws {
        let found = try translate(
            try TinyModel.loaded(), ["", " \t ", "\u{200B}"], SearchOptions(alternativeCount: 2))
        for translation in found {
            XCTAssertEqual(
                translation.alternatives,
                Array(repeating: .init(text: "", score: 0, tokenCount: 0), count: 2))
        }
        XCTAssertEqual(try translate(try TinyModel.loaded(), []), [])
    }

    func testThereAreAsManyAlternativesAsAskedFor() throws {
        for count in [1, 2, 6] {
            let found = try translate(
                try TinyModel.loaded(), texts, SearchOptions(alternativeCount: count))
            for translation in found { XCTAssertEqual(translation.alternatives.count, count) }
        }
    }

    /// With the default length penalty the ranking is the score that is reported; what is joined of parts has the mean.
    func testAlternativesOfASentenceAreInOrder() throws {
        let found = try translate(
            try TinyModel.loaded(), TinyModel.sentences, SearchOptions(alternativeCount: 4))
        let whole = found.filter(\.flags.isEmpty)
        XCTAssertGreaterThan(whole.count, 3)
        for translation in whole {
            let scores = translation.alternatives.map(\.score)
            XCTAssertEqual(scores, scores.sorted(by: >))
            XCTAssertLessThan(translation.score, 0)
        }
    }

    func testALongTextIsTheTranslationsOfItsSentences() throws {
        let loaded = try TinyModel.loaded()
        let sentences = [TinyModel.sentences[4], TinyModel.sentences[6], TinyModel.sentences[8]]
        let whole = try translate(loaded, [sentences.joined(separator: " ")])[0]
        let parts = try translate(loaded, sentences)
        XCTAssertEqual(whole.text, parts.map(\.text).joined(separator: " "))
    }

    func testALongTextIsAnsweredWhole() throws {
        let loaded = try TinyModel.loaded()
        let text = Array(repeating: "The soup was cold.", count: 300).joined(separator: " ")
        let sentence = try translate(loaded, ["The soup was cold."], SearchOptions(beamSize: 1))[0]
        let whole = try translate(loaded, [text], SearchOptions(beamSize: 1))[0]
        XCTAssertEqual(
            whole.text, Array(repeating: sentence.text, count: 300).joined(separator: " "))
        XCTAssertEqual(whole.score, sentence.score, accuracy: 1e-3)
    }

    func testTranslationsStayOnOneLine() throws {
        // Bytes may spell line breaks: let the model prefer them to everything else.
        let loaded = try TinyModel.loaded()
        let table = loaded.parameters[loaded.model.embedding.table]
        for subword in ["<0x0A>", "<0x0D>"] {
            let id = try XCTUnwrap(loaded.tokenizer.vocabulary.subwords.firstIndex(of: subword))
            for column in 0..<table.columns { table.row(id)[column] *= 8 }
        }
        let changed = LoadedModel(
            model: loaded.model, parameters: loaded.parameters, tokenizer: loaded.tokenizer,
            card: loaded.card)
        let found = try translate(changed, texts)
        XCTAssertTrue(found.contains { $0.text.contains("  ") })
        for translation in found {
            XCTAssertFalse(translation.text.contains { $0.isNewline })
        }
    }
}
