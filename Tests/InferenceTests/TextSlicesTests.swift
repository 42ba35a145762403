import Kernels
import XCTest

@testable import Inference

final class TextSlicesTests: XCTestCase {
    private func slices(_ text: String, _ maximumByteCount: Int) -> [String] {
        Array(TextSlices(text, language: "en", maximumByteCount: maximumByteCount))
    }

    func testATextWithinTheBoundIsOneSlice() {
        XCTAssertEqual(slices("", 8), [])
        XCTAssertEqual(slices("One. Two", 8), ["One. Two"])
    }

    func testSlicesEndWithSentences() {
        XCTAssertEqual(
            slices("Dr. Bell came. He sat. He left then, and so on", 24),
            ["Dr. Bell came. He sat. ", "He left then, and so on"])
        XCTAssertEqual(slices("Dr. Bell came. He", 16), ["Dr. Bell came. ", "He"])
    }

    func testWithoutSentencesSlicesEndAtSpaces() {
        XCTAssertEqual(slices("one two three four", 10), ["one two ", "three four"])
        XCTAssertEqual(slices("one two three", 6), ["one ", "two ", "three"])
    }

    func testWithoutSpacesSlicesEndAnywhere() {
        XCTAssertEqual(slices("aaaaaaaaaa", 4), ["aaaa", "aaaa", "aa"])
        XCTAssertEqual(slices("漢字漢字", 7), ["漢字", "漢字"])
        XCTAssertEqual(slices("🙂🙂", 4), ["🙂", "🙂"])
    }

    func testNothingIsLostOfRandomText() {
        let pieces = ["a", "boat", " ", "\r\n", ". ", "! A", "。", "漢", "🙂", "\u{301}", "\u{2028}"]
        var generator = SeededGenerator(seed: 31)
        for _ in 0..<500 {
            let text = (0..<generator.next(below: 60)).map { _ in
                pieces[generator.next(below: pieces.count)]
            }.joined()
            let bound = 4 + generator.next(below: 30)
            let slices = slices(text, bound)
            XCTAssertTrue(slices.joined().utf8.elementsEqual(text.utf8))
            for slice in slices { XCTAssertLessThanOrEqual(slice.utf8.count, bound) }
            XCTAssertFalse(slices.contains(""))
        }
    }
}
