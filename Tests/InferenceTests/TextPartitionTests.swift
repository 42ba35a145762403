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

    /// Nothing may be lost, no part may be too long.
    private func check(
        _ text: String, maximumLength: Int, line: UInt = #line
    ) throws -> [String] {
        let (partition, tokenizer) = try partition(maximumLength)
        let parts = partition.parts(text)
        XCTAssertTrue(parts.allSatisfy { $0.tokens.count <= maximumLength }, line: line)
        let texts = parts.map { tokenizer.decode($0.tokens) }
        let joined = zip(texts, parts).map { $0 + $1.separator }.joined()
        XCTAssertEqual(joined, tokenizer.normalizer.normalize(text).string, line: line)
        return texts
    }

    func testATextThatFitsIsOnePart() throws {
        let text = "The soup was cold. The bread was stale."
        XCTAssertEqual(try check(text, maximumLength: 256), [text])
    }

    func testALongTextIsCutAtSentences() throws {
        let sentences = [
            "The soup was cold and the bread was stale.",
            "Nobody expected such a cheerful evening!",
            "Why is the green bicycle locked to a tree?",
        ]
        XCTAssertEqual(
            try check(sentences.joined(separator: "  "), maximumLength: 32), sentences)
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

    func testAnEmptyTextHasNoParts() throws {
        for text in ["", " ", "\t\n", "\u{200B}"] {
            XCTAssertEqual(try partition(20).0.parts(text), [])
        }
    }

    func testManyWordsAreCutInReasonableTime() throws {
        let text = Array(repeating: "boat", count: 100_000).joined(separator: " ")
        XCTAssertGreaterThan(try check(text, maximumLength: 256).count, 300)
    }
}
