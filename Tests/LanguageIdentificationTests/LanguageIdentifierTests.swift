import Kernels
import XCTest

@testable import LanguageIdentification

/// The language identifier that the program comes with.
final class LanguageIdentifierTests: XCTestCase {
    func testTellsTheThreeLanguagesApart() throws {
        let identifier = try shippedIdentifier()
        for (language, sentences) in Examples.sentences {
            for sentence in sentences {
                for text in [sentence, sentence.lowercased(), sentence.uppercased()] {
                    let estimate = identifier.identify(text)
                    XCTAssertEqual(estimate.language, language, "\(text): \(estimate)")
                }
            }
        }
    }

    func testTellsThreeShortTextsInFourApart() throws {
        let identifier = try shippedIdentifier()
        for (language, texts) in Examples.shortTexts {
            let wrong = texts.filter { identifier.identify($0).language != language }
            XCTAssertLessThanOrEqual(4 * wrong.count, texts.count, "\(language): \(wrong)")
        }
    }

    func testDoesWithoutAccents() throws {
        let identifier = try shippedIdentifier()
        for (text, language) in [
            ("Schoene Gruesse aus Muenchen an alle Freunde", "de"),
            ("Das Madchen hort gerne frohliche Lieder", "de"),
            ("Ca fait tres longtemps que je ne t'ai pas ecrit", "fr"),
            ("L'eleve a oublie son cahier a l'ecole", "fr"),
        ] { XCTAssertEqual(identifier.identify(text).language, language, text) }
    }

    func testIsNeverSureOfALanguageItDoesNotKnow() throws {
        let identifier = try shippedIdentifier()
        for text in Examples.others {
            let estimate = identifier.identify(text)
            XCTAssert(
                estimate.language == nil || estimate.probability < PassThrough.leastProbability,
                "\(text): \(estimate)")
        }
        let known = Examples.others.filter { identifier.identify($0).language != nil }
        XCTAssertLessThanOrEqual(4 * known.count, Examples.others.count, "\(known)")
    }

    func testOtherScriptsAndTextWithoutLettersAreUndetermined() throws {
        let identifier = try shippedIdentifier()
        for text in [
            "Привет, как дела?", "Η θάλασσα είναι ήρεμη.", "海很平静。", "البحر هادئ", "समुद्र शांत है",
        ] {
            let estimate = identifier.identify(text)
            XCTAssertEqual(estimate.code, "und", text)
            XCTAssertGreaterThan(estimate.probability, 0.9, text)
        }
        for text in ["", "   ", "12:30", "?!", "🦆🦆"] {
            XCTAssertEqual(
                identifier.identify(text), LanguageEstimate(language: nil, probability: 1), text)
        }
    }

    /// Any code points whatever: no trap, and a probability.
    func testRandomUnicode() throws {
        let identifier = try shippedIdentifier()
        var generator = SeededGenerator(seed: 5)
        let planes: [Range<UInt32>] = [
            0..<0x80, 0..<0x250, 0x300..<0x370, 0..<0x3000, 0..<0x1_0000, 0x1F000..<0x20000,
            0xE0000..<0xE0200, 0..<0x11_0000,
        ]
        for _ in 0..<20_000 {
            var text = String.UnicodeScalarView()
            let plane = planes[generator.next(below: planes.count)]
            for _ in 0..<generator.next(below: 40) {
                let value = plane.lowerBound + UInt32(generator.next(below: plane.count))
                text.append(Unicode.Scalar(value) ?? " ")
            }
            let estimate = identifier.identify(String(text))
            let least = 1 / Double(identifier.languages.count + 1)
            XCTAssert(
                (least * 0.999...1).contains(estimate.probability), "\(estimate): \(Array(text))")
            _ = PassThrough.applies(to: String(text), estimate, target: "de")
        }
    }

    /// By hand: one feature has weights, and the softmax is of scale * weight / sqrt(n).
    func testProbabilities() {
        var weights = [Float](repeating: 0, count: LanguageFeatures.bucketCount * 3)
        let features = LanguageFeatures("ab")
        let row = 3 * Int(features.buckets[0])
        (weights[row], weights[row + 1], weights[row + 2]) = (-2, 4, 0)
        let identifier = LanguageIdentifier(
            languages: ["xx", "yy"], weights: weights, temperature: 2)
        let logits = identifier.logits(of: features)
        let eighth = 8.0.squareRoot()
        for (logit, expected) in zip(logits, [-1 / eighth, 2 / eighth, 0]) {
            XCTAssertEqual(logit, expected, accuracy: 0.01)
        }
        let estimate = identifier.identify("ab")
        XCTAssertEqual(estimate.language, "yy")
        XCTAssertEqual(estimate.probability, softmax(logits)[1])
        XCTAssertEqual(softmax(logits).reduce(0, +), 1, accuracy: 1e-12)
    }
}
