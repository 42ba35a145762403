import Kernels
import XCTest

@testable import Tokenization

final class SentenceSplitterTests: XCTestCase {
    private func texts(_ text: String, _ language: String?) -> [String] {
        SentenceSplitter(language: language).split(text).map(\.text)
    }

    func testCutsAfterSentences() {
        XCTAssertEqual(texts("", "en"), [])
        XCTAssertEqual(texts("One.", "en"), ["One."])
        XCTAssertEqual(
            texts("It rains. Take a coat! Will you? Yes. No.", "en"),
            ["It rains.", "Take a coat!", "Will you?", "Yes.", "No."])
        XCTAssertEqual(
            texts("He said: \"Go.\" She went.", "en"), ["He said: \"Go.\"", "She went."])
        XCTAssertEqual(
            texts("It costs 3.50 euros. Cheap!", "en"), ["It costs 3.50 euros.", "Cheap!"])
        XCTAssertEqual(texts("今日は雨です。傘を持って。", nil), ["今日は雨です。", "傘を持って。"])
    }

    func testAbbreviationsEndNoSentence() {
        for (language, sentences) in [
            (
                "en",
                [
                    "Dr. Bell and Mrs. Stone met Prof. J. K. Moss.", "They sat down, e.g. Here.",
                    "So do I.", "Good.",
                ]
            ),
            (
                "de",
                [
                    "Er mag Obst, z. B. Äpfel, vgl. Nr. 5!", "Am 3. Oktober kommt Dr. Weiß.",
                    "Die Fa. Kunz liefert.",
                ]
            ),
            (
                "fr",
                ["M. Blanc et Mme. Noir voient le Dr. Vert.", "Voir p. Ex et fig. Deux.", "Fini."]
            ),
        ] {
            XCTAssertEqual(texts(sentences.joined(separator: " "), language), sentences)
        }
        // In other languages the ordinal is the end of a sentence.
        XCTAssertEqual(texts("We have 3. Take one.", "en"), ["We have 3.", "Take one."])
        XCTAssertEqual(texts("See (Dr. Bell). Now.", nil), ["See (Dr. Bell).", "Now."])
    }

    func testLinesEndSentences() {
        XCTAssertEqual(texts("Dear Mr.\nBell", "en"), ["Dear Mr.", "Bell"])
        XCTAssertEqual(
            SentenceSplitter().split("a\n\nb").map(\.trailingSpace).joined(), "\n\n")
    }

    func testNothingIsLost() {
        func assertLossless(_ text: String, _ language: String?) {
            let sentences = SentenceSplitter(language: language).split(text)
            let joined = sentences.map { $0.text + $0.trailingSpace }.joined()
            XCTAssertTrue(joined.isIdentical(to: text), text.codePoints)
            XCTAssertFalse(
                sentences.dropFirst().contains { $0.text.isEmpty && $0.trailingSpace.isEmpty })
        }
        assertLossless("  One.  Two.\n\n Three. ", "en")
        assertLossless(" \u{A0}\r\n", nil)
        assertLossless(SampleText.lines.joined(separator: "  "), "fr")
        var random = RandomUnicode(seed: 16)
        for _ in 0..<5_000 { assertLossless(random.string(), "de") }
        var generator = SeededGenerator(seed: 17)
        let parts = [
            "Dr.", "z.", "B.", " ", "  ", "\n", "So", "ende", ".", "!", "?", "3.", "\"", "(", "é",
            "\u{2029}",
        ]
        for _ in 0..<5_000 {
            assertLossless(
                (0..<12).map { _ in parts.randomElement(using: &generator) ?? "" }.joined(), nil)
        }
    }
}
