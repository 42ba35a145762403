import Kernels
import Transformer
import XCTest

@testable import Inference

final class SentimentClassifierTests: XCTestCase {
    private let texts =
        TinyModel.sentences + ["", " ", "🙂", String(repeating: "snow ", count: 120)]

    func testBatchSizeThreadsAndOrderChangeNothing() throws {
        for precision in InferencePrecision.allCases {
            let loaded = try TinyModel.loaded(precision: precision)
            let expected = SentimentClassifier(loaded, threadCount: 1).classify(texts)
            for batchSize in [1, 3, 64] {
                for threadCount in [1, 2, 4] {
                    let classifier = SentimentClassifier(
                        loaded, threadCount: threadCount, batchSize: batchSize)
                    XCTAssertEqual(classifier.classify(texts), expected)
                    XCTAssertEqual(classifier.classify(texts.reversed()), expected.reversed())
                }
            }
            XCTAssertGreaterThan(Set(expected).count, TinyModel.sentences.count / 2)
            for scores in expected {
                XCTAssertEqual(scores.probabilities.reduce(0, +), 1, accuracy: 1e-5)
            }
        }
    }

    func testAnEmptyTextIsNeutral() throws {
        let classifier = SentimentClassifier(try TinyModel.loaded(), threadCount: 1)
        for scores in classifier.classify(["", "\t", "\u{200B}"]) {
            XCTAssertEqual(scores.label, .neutral)
            XCTAssertEqual(scores.probabilities, [0, 1, 0])
        }
    }

    func testALongTextHasTheMeanOfItsSentences() throws {
        let loaded = try TinyModel.loaded()
        let classifier = SentimentClassifier(loaded, threadCount: 1)
        let sentences = [TinyModel.sentences[4], TinyModel.sentences[6], TinyModel.sentences[8]]
        let parts = classifier.classify(sentences)
        let lengths = sentences.map {
            Float(loaded.tokenizer.encode(loaded.tokenizer.normalizer.normalize($0)).count)
        }
        let whole = classifier.classify([sentences.joined(separator: " ")])[0]
        for label in SentimentLabel.allCases {
            let expected = zip(parts, lengths).reduce(0) { $0 + $1.0[label] * $1.1 }
            XCTAssertEqual(whole[label], expected / lengths.reduce(0, +), accuracy: 1e-5)
        }
    }

    func testATextThatFitsIsReadAsAWhole() throws {
        let loaded = try TinyModel.loaded(maximumLength: 256)
        let text = "The soup was cold. The bread was stale."
        let tokens = loaded.tokenizer.encode(loaded.tokenizer.normalizer.normalize(text))
        let reading = SentencePass(Ensemble(loaded).members, threadCount: 1, batchSize: 1)
            .read([tokens], classifies: true)[0]
        let scores = SentimentClassifier(loaded, threadCount: 1).classify([text])[0]
        for label in SentimentLabel.allCases {
            XCTAssertEqual(scores[label], reading.probabilities[0][label.rawValue], accuracy: 1e-6)
        }
    }

    func testTheTemperatureOfTheModelIsApplied() throws {
        let loaded = try TinyModel.loaded()
        let plain = SentimentClassifier(loaded, threadCount: 1).classify(texts)
        let calibrated = SentimentClassifier(
            loaded.calibrated(temperature: 2.5, record: nil), threadCount: 1)
        XCTAssertEqual(calibrated.classify(texts), plain.map { $0.scaled(byTemperature: 2.5) })
        XCTAssertNotEqual(calibrated.classify(texts), plain)
    }
}
