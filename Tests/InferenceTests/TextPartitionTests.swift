import Kernels
import Tokenization
import XCTest

@testable import Inference

final class TextPartitionTests: XCTestCase {
    private static let tokenizer = Result { try TinyModel.tokenizer() }

    private func partition(_ maximumLength: Int) throws -> (TextPartition, BPETokenizer) {
        let tokenizer = try Self.tokenizer.get()
        return (TextPartition(tokenizer, maximumLength: maximumLength), tokenizer)
    }

    /// The parts of all sentences. Nothing may be lost, no part may be too long.
    private func check(
        _ text: String, maximumLength: Int, line: UInt = #line
    ) throws -> [String] {
        let (partition, tokenizer) = try partition(maximumLength)
        var joined = ""
        var texts: [String] = []
        for sentence in partition.sentences(text, language: nil) {
            for part in sentence.parts {
                XCTAssertLessThanOrEqual(part.tokens.count, maximumLength, line: line)
                XCTAssertEqual(tokenizer.decode(part.tokens), part.text, line: line)
                joined += part.text + part.separator
                texts.append(part.text)
            }
            XCTAssertEqual(sentence.parts.last?.separator, "", line: line)
            joined += sentence.separator
        }
        XCTAssertEqual(
            tokenizer.normalizer.normalize(joined), tokenizer.normalizer.normalize(text),
            line: line)
        return texts
    }

    func testATextIsCutAtSentences() throws {
        let sentences = try partition(256).0.sentences(
            " The soup was cold.  Mr. Moss left \u{A0}early! The bread? ", language: "en")
        XCTAssertEqual(
            sentences.map { $0.parts.map(\.text) },
            [["The soup was cold."], ["Mr. Moss left early!"], ["The bread?"]])
        XCTAssertEqual(sentences.map(\.separator), ["  ", " ", " "])
    }

    func testTheLanguageMatters() throws {
        let text = "Es ist der 3. Stock. Gut."
        XCTAssertEqual(try partition(256).0.sentences(text, language: "de").count, 2)
        XCTAssertEqual(try partition(256).0.sentences(text, language: "en").count, 3)
    }

    func testNoSentenceEndsInsideOfWhatIsNotTranslated() throws {
        let text = "See <a title=\"So. Here! Now.\">this</a> now. Go!"
        XCTAssertEqual(
            try check(text, maximumLength: 256),
            ["See <a title=\"So. Here! Now.\">this</a> now.", "Go!"])
    }

    func testASentenceOfNothingIsLeftOut() throws {
        let sentences = try partition(256).0.sentences("One. \u{200B}\u{200B}. Two.", language: nil)
        XCTAssertEqual(sentences.map { $0.parts[0].text }, ["One. .", "Two."])
    }

    func testWholeTokensAreThoseOfATextThatFits() throws {
        let (partition, tokenizer) = try partition(20)
        let text = "The soup was  cold."
        XCTAssertEqual(
            partition.wholeTokens(text), tokenizer.encode(tokenizer.normalizer.normalize(text)))
        XCTAssertNil(partition.wholeTokens(String(repeating: text, count: 20)))
    }

    func testALongSentenceIsCutAtClauses() throws {
        let texts = try check(
            "the old mill and the small boat and the yard, the green bicycle and the cold soup",
            maximumLength: 40)
        XCTAssertEqual(
            texts,
            [
                "the old mill and the small boat and the yard,",
                "the green bicycle and the cold soup",
            ])
    }

    func testALongClauseIsCutAtSpaces() throws {
        let words = Array(repeating: "boat mill yard", count: 40).joined(separator: " ")
        for text in try check(words, maximumLength: 20) {
            XCTAssertTrue(["boat", "mill", "yard"].contains(text.split(separator: " ").last))
        }
    }

    func testALongWordIsCutAnywhere() throws {
        XCTAssertGreaterThan(
            try check(String(repeating: "x", count: 1000), maximumLength: 20).count, 10)
        XCTAssertGreaterThan(
            try check(String(repeating: "漢字", count: 100), maximumLength: 20).count, 10)
        XCTAssertGreaterThan(
            try check("q" + String(repeating: "\u{323}", count: 300), maximumLength: 20).count, 10)
    }

    func testNothingIsLostOfRandomText() throws {
        let pieces = [
            "a", "boat", " ", " ", ", ", "; ", ". ", "! ", "。", "，", "漢字", "🙂", "👩‍👩‍👧", "\u{301}", "é",
            "ก็",
            "\u{1F1E9}\u{1F1EA}", "(", "…", "1.5",
        ]
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<200 {
            let count = generator.next(below: 120)
            let text = (0..<count).map { _ in pieces[generator.next(below: pieces.count)] }.joined()
            _ = try check(text, maximumLength: 8 + generator.next(below: 40))
        }
    }

    func testAnEmptyTextHasNoSentences() throws {
        for text in ["", " ", "\t\n", "\u{200B}"] {
            XCTAssertEqual(try partition(20).0.sentences(text, language: nil), [])
        }
    }

    func testManyWordsAreCutInReasonableTime() throws {
        let text = Array(repeating: "boat", count: 100_000).joined(separator: " ")
        XCTAssertGreaterThan(try check(text, maximumLength: 256).count, 300)
    }
}
