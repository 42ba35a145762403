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

    /// A sentence that goes on, and the language in which it does; nil: also when the language is not known.
    func testWhatLooksLikeAnEndIsNone() {
        for (text, languages) in [
            ("He lives in the U.S. Virgin Islands.", ["en", nil]),
            ("Ask Jane Doe, Ph.D. She knows.", ["en", nil]),
            ("Sgt. Hill and Gen. Stone met Mt. Everest Tours.", ["en", nil]),
            ("See No. 5 Downing Street.", ["en", nil]),
            ("See fig. 7 B and ch. 3 C.", ["en", nil]),
            ("Der 3. Mai ist ein Freitag.", ["de", nil]),
            ("Am 3. Stock vorbei.", ["de"]),
            ("Am 3. 5. 2020 kam er.", ["de", nil]),
            ("Im 19. Jahrhundert war das so.", ["de", nil]),
            ("Er mag Obst, z.B. Äpfel, d. h. Boskop.", ["de", nil]),
            ("Bzw. Dipl.-Ing. Kunz und Dr. med. Weiß.", ["de", nil]),
            ("Nach Art. 5 GG und S. 12 Mitte.", ["de", nil]),
            ("M. Blanc, Mme. Noir et MM. Vert.", ["fr", nil]),
            ("En 50 av. J.-C. Rome brille.", ["fr", nil]),
            ("Des fruits, p. ex. Une pomme, c.-à-d. Elle.", ["fr", nil]),
            ("1. Boil the water.", ["en", "de", "fr", nil]),
            ("12. Gare du Nord", ["en", "de", "fr", nil]),
        ] {
            for language in ["en", "de", "fr", nil] where languages.contains(language) {
                XCTAssertEqual(self.texts(text, language), [text], language ?? "unknown")
            }
        }
    }

    func testWhatIsAnEndStaysOne() {
        for (sentences, language) in [
            (["He came at 5 p.m. ", "She left."], "en"),
            (["We sell pens, ink, etc. ", "Come in."], "en"),
            (["Wir haben Stifte usw. ", "Komm!"], "de"),
            (["Nous avons de l'encre, etc. ", "Venez !"], "fr"),
            (["He said no. ", "She said yes."], "en"),
            (["Das war 1999. ", "Heute nicht."], "de"),
            (["We have 3. ", "Take one."], nil),
            (["Well... ", "Fine."], nil),
            (["It is on page 12. ", "Read it."], "en"),
        ] {
            XCTAssertEqual(
                SentenceSplitter(language: language).split(sentences.joined()).map {
                    $0.text + $0.trailingSpace
                }, sentences)
        }
    }

    func testWithoutASpaceNothingEnds() {
        for text in ["https://example.org/?A=b!c", "wow!!1 Nice", "Yahoo!'s page", "what?No"] {
            XCTAssertEqual(texts(text, "en"), [text])
        }
        XCTAssertEqual(texts("好！很好", nil), ["好！", "很好"])
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
