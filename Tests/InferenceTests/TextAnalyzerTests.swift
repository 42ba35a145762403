import Kernels
import LanguageIdentification
import Transformer
import XCTest

@testable import Inference

final class TextAnalyzerTests: XCTestCase {
    private let german = "Zwei Maler tragen eine Leiter über den Hof."
    private let english = "Two painters carry a ladder across the yard."

    private let texts =
        TinyModel.sentences + [
            "", "   ", "???", "漢字 and 🙂", "a", "The soup was cold.  The bread was stale! Snow.",
            String(repeating: "snow ", count: 120), String(repeating: "z", count: 300),
            "Dear {name}, see https://example.org/a?b=c. Thank you.\nGood bye.",
        ]

    /// A model that tells German from English by the words of its sentences.
    private func loaded(
        maximumLength: Int = 48, corpora: [ModelCard.Corpus] = []
    ) throws -> LoadedModel {
        let tiny = try TinyModel.loaded(maximumLength: maximumLength)
        var weights = [Float](repeating: 0, count: 3 * LanguageFeatures.bucketCount)
        for (index, sentence) in TinyModel.sentences.prefix(10).enumerated() {
            for bucket in LanguageFeatures(sentence).buckets {
                weights[3 * Int(bucket) + (index % 2 == 0 ? 1 : 0)] = 1
            }
        }
        var card = tiny.card
        card.corpora = corpora
        return LoadedModel(
            model: tiny.model, parameters: tiny.parameters, tokenizer: tiny.tokenizer, card: card,
            languageIdentifier: LanguageIdentifier(
                languages: ["de", "en"], weights: weights, temperature: 0.1))
    }

    private func answers(
        _ loaded: LoadedModel, _ texts: [String], _ request: AnswerRequest
    ) throws -> [Answer] {
        try TextAnalyzer(loaded, threadCount: 1).answers(texts, request)
    }

    private let both = AnswerRequest(
        translation: TranslationRequest(to: "de"), sentiment: SentimentRequest())

    // MARK: Both

    func testBatchSizeThreadsAndOrderChangeNothing() throws {
        let loaded = try loaded()
        var request = both
        request.translation?.options = SearchOptions(beamSize: 2, alternativeCount: 2)
        let expected = try answers(loaded, texts, request)
        var order = Array(texts.indices)
        var generator = SeededGenerator(seed: 5)
        generator.shuffle(&order)
        for (batchSize, threadCount) in [(1, 1), (3, 2), (64, 4)] {
            let analyzer = TextAnalyzer(loaded, threadCount: threadCount, batchSize: batchSize)
            XCTAssertEqual(try analyzer.answers(texts, request), expected)
            XCTAssertEqual(
                try analyzer.answers(order.map { texts[$0] }, request), order.map { expected[$0] })
            XCTAssertEqual(
                try texts.flatMap { try analyzer.answers([$0], request) }, expected)
        }
    }

    func testBothAreWhatEachIsAlone() throws {
        let loaded = try loaded()
        let found = try answers(loaded, texts, both)
        XCTAssertEqual(
            found.map(\.translation),
            try Translator(loaded, threadCount: 1).translate(texts, to: "de"))
        XCTAssertEqual(
            found.map(\.sentiment?.scores),
            SentimentClassifier(loaded, threadCount: 1).classify(texts))
        let alone = try answers(loaded, texts, AnswerRequest(sentiment: SentimentRequest()))
        XCTAssertEqual(alone.map(\.sentiment), found.map(\.sentiment))
        XCTAssertTrue(alone.allSatisfy { $0.translation == nil })
        let translated = try answers(
            loaded, texts, AnswerRequest(translation: TranslationRequest(to: "de")))
        XCTAssertTrue(translated.allSatisfy { $0.sentiment == nil })
        XCTAssertEqual(translated.map(\.flags), found.map(\.flags))
    }

    func testFlagsOfBothPartsAreJoined() throws {
        var request = both
        request.sentiment?.abstentionThreshold = 1
        let found = try answers(loaded(), ["", "???", texts[4], texts[20]], request)
        XCTAssertEqual(found[0].flags, .empty)
        XCTAssertEqual(found[1].flags, [.copied, .lowConfidence])
        XCTAssertTrue(found[2].flags.contains(.lowConfidence))
        XCTAssertTrue(found[3].flags.isSuperset(of: [.split, .lowConfidence]))
    }

    func testAnUnknownLanguageIsNamedWithThoseThatAreKnown() throws {
        let request = AnswerRequest(translation: TranslationRequest(to: "xx"))
        XCTAssertThrowsError(try answers(loaded(), ["Snow."], request)) { error in
            XCTAssertEqual(
                error as? InferenceError, .unknownLanguage("xx", available: ["de", "en"]))
        }
    }

    // MARK: Sentences

    func testSentencesAreTranslatedByThemselves() throws {
        let loaded = try loaded(maximumLength: 256)
        let sentences = ["The soup was cold.", "The bread was stale!", "Snow."]
        let request = AnswerRequest(
            translation: TranslationRequest(to: "de", from: .given("en")))
        let parts = try answers(loaded, sentences, request).compactMap(\.translation?.text)
        let whole = try answers(
            loaded, [" \(sentences[0])   \(sentences[1])\u{A0}\n\(sentences[2]) "], request)
        XCTAssertEqual(
            whole[0].translation?.text, "\(parts[0])   \(parts[1])\u{A0} \(parts[2])")
        XCTAssertFalse(whole[0].flags.contains(.split))
    }

    func testOnlyASentenceThatIsCutIsFlagged() throws {
        let loaded = try loaded()
        let sentences = Array(repeating: "The soup was cold.", count: 30).joined(separator: " ")
        let clause = String(repeating: "the soup was cold, ", count: 30)
        for request in [both, AnswerRequest(sentiment: SentimentRequest())] {
            let found = try answers(loaded, [sentences, clause], request)
            XCTAssertFalse(found[0].flags.contains(.split))
            XCTAssertTrue(found[1].flags.contains(.split))
        }
    }

    func testALongTextIsAnsweredInSlices() throws {
        let loaded = try loaded()
        let sentence = "The soup was cold."
        let space = String(repeating: " ", count: 4000)
        let count = 3 * TextSlices.maximumByteCount / space.utf8.count
        var request = both
        request.translation?.options = SearchOptions(beamSize: 1)
        let one = try answers(loaded, [sentence], request)[0]
        let text = Array(repeating: sentence, count: count).joined(separator: space)
        let found = try TextAnalyzer(loaded, threadCount: 2).answers([text, sentence], request)
        XCTAssertEqual(
            found[0].translation?.text,
            Array(repeating: one.translation?.text ?? "", count: count).joined(separator: space))
        XCTAssertEqual(
            found[0].sentiment?.scores.score ?? 2, one.sentiment?.scores.score ?? 3, accuracy: 1e-5)
        XCTAssertEqual(found[1], one)
    }

    // MARK: Copies

    func testATextOfNothingToTranslateIsCopied() throws {
        for text in ["“12”  %s", "https://example.org/a", "🙂\u{FE0F} 3. 4!", "…"] {
            let answer = try answers(loaded(), [text], both)[0]
            XCTAssertEqual(answer.translation?.text, text)
            XCTAssertEqual(answer.flags, .copied)
        }
        let broken = try answers(loaded(), ["1.\u{2028}2.\r\n3."], both)[0]
        XCTAssertEqual(broken.translation?.text, "1. 2. 3.")
    }

    // MARK: Language

    func testTheLanguageIsFoundOut() throws {
        let found = try answers(loaded(), [german, english, "", "12"], both)
        XCTAssertEqual(found.map(\.language), ["de", "en", nil, nil])
        let given = AnswerRequest(translation: TranslationRequest(to: "de", from: .given("en")))
        XCTAssertEqual(try answers(loaded(), [german], given)[0].language, "en")
        XCTAssertNil(try answers(TinyModel.loaded(), [german], both)[0].language)
    }

    func testTextInTheTargetLanguageIsNotChanged() throws {
        let text = "  \(german) “\(german)”\u{2028}"
        let found = try answers(loaded(), [text, english], both)
        XCTAssertEqual(found[0].translation?.text, "  \(german) “\(german)” ")
        XCTAssertEqual(found[0].translation?.score, 0)
        XCTAssertEqual(found[0].flags, [.targetLanguage, .copied])
        XCTAssertEqual(
            found[0].sentiment?.scores,
            SentimentClassifier(try loaded(), threadCount: 1).classify([text])[0])
        XCTAssertFalse(found[1].flags.contains(.targetLanguage))
        XCTAssertNotEqual(found[1].translation?.text, english)
    }

    func testTheUserIsBelieved() throws {
        for source in ["de", "en"] {
            let request = AnswerRequest(
                translation: TranslationRequest(to: "de", from: .given(source)))
            let answer = try answers(loaded(), [german], request)[0]
            XCTAssertFalse(answer.flags.contains(.targetLanguage))
            XCTAssertEqual(answer.language, source)
        }
    }

    func testThreeWordsAreTranslated() throws {
        let found = try answers(loaded(), ["Zwei Maler tragen", "Zwei Maler tragen eine"], both)
        XCTAssertEqual(found.map { $0.flags.contains(.targetLanguage) }, [false, true])
        XCTAssertEqual(found.map(\.language), ["de", "de"])
    }

    // MARK: Sentiment

    func testLabelsAreRestrictedAndAbstainedFrom() throws {
        let loaded = try loaded()
        let text = TinyModel.sentences[0]
        let all = SentimentClassifier(loaded, threadCount: 1).classify([text])[0]
        let expected = all.restricted(to: [.negative, .positive])
        func answer(_ threshold: Float?) throws -> Answer {
            let sentiment = SentimentRequest(
                labels: [.negative, .positive], abstentionThreshold: threshold)
            return try answers(loaded, [text], AnswerRequest(sentiment: sentiment))[0]
        }
        for threshold in [nil, expected.probability] {
            let answer = try answer(threshold)
            XCTAssertEqual(
                answer.sentiment, SentimentAnswer(scores: expected, label: expected.label))
            XCTAssertEqual(answer.flags, [])
        }
        let abstained = try answer(expected.probability.nextUp)
        XCTAssertEqual(abstained.sentiment, SentimentAnswer(scores: expected, label: nil))
        XCTAssertEqual(abstained.flags, .lowConfidence)
    }

    func testAnEmptyTextIsNeutralWhateverIsAsked() throws {
        let request = AnswerRequest(
            sentiment: SentimentRequest(labels: [.positive], abstentionThreshold: 1))
        for answer in try answers(loaded(), ["", " \t", "\u{200B}"], request) {
            XCTAssertEqual(
                answer.sentiment, SentimentAnswer(scores: .ofEmptyText, label: .neutral))
            XCTAssertEqual(answer.flags, .empty)
        }
    }

    // MARK: Polarity

    func testAFlipIsAContradictionThatBothSidesAreSureOf() {
        func isFlip(_ source: [Float], _ translation: [Float]) -> Bool {
            TextAnalyzer.isFlip(
                SentimentScores(probabilities: source),
                SentimentScores(probabilities: translation))
        }
        XCTAssertTrue(isFlip([0.75, 0.25, 0], [0, 0.25, 0.75]))
        XCTAssertTrue(isFlip([0.1, 0.1, 0.8], [0.9, 0.1, 0]))
        XCTAssertFalse(isFlip([0.65, 0.35, 0], [0, 0.25, 0.75]))
        XCTAssertFalse(isFlip([0.75, 0.25, 0], [0, 0.35, 0.65]))
        XCTAssertFalse(isFlip([0.75, 0.25, 0], [0.75, 0.25, 0]))
        XCTAssertFalse(isFlip([0.75, 0.25, 0], [0, 0.9, 0.1]))
    }

    /// The model's numbers are random, but at a low temperature it is sure of them.
    func testFlipsAreFlaggedWhereBothLanguagesAreKnown() throws {
        func corpus(_ language: String) -> ModelCard.Corpus {
            ModelCard.Corpus(name: language, files: [], lines: 1, sha256: [], languages: [language])
        }
        func watched(_ corpora: [ModelCard.Corpus], watches: Bool = true) throws -> [Answer] {
            let loaded = try loaded(corpora: corpora).calibrated(temperature: 0.1, record: nil)
            return try answers(
                loaded, texts,
                AnswerRequest(
                    translation: TranslationRequest(to: "de", from: .given("en")),
                    sentiment: SentimentRequest(), watchesPolarity: watches))
        }
        let found = try watched([corpus("de"), corpus("en")])
        let classifier = SentimentClassifier(
            try loaded().calibrated(temperature: 0.1, record: nil), threadCount: 1)
        let translated = classifier.classify(found.map { $0.translation?.text ?? "" })
        var count = 0
        for (answer, translated) in zip(found, translated) {
            let source = try XCTUnwrap(answer.sentiment?.scores)
            let isFlip = TextAnalyzer.isFlip(source, translated)
            XCTAssertEqual(answer.flags.contains(.polarityFlip), isFlip)
            count += isFlip ? 1 : 0
        }
        XCTAssertGreaterThan(count, 0)
        for other in [
            try watched([corpus("en")]), try watched([corpus("de")]), try watched([]),
            try watched([corpus("de"), corpus("en")], watches: false),
        ] {
            XCTAssertFalse(other.contains { $0.flags.contains(.polarityFlip) })
            XCTAssertEqual(other.map(\.translation), found.map(\.translation))
        }
    }
}
