import Inference
import XCTest

final class AnswerFlagsTests: XCTestCase {
    func testNamesAreInAFixedOrder() {
        XCTAssertEqual(AnswerFlags().names, [])
        XCTAssertEqual(AnswerFlags([.copied, .empty]).names, ["empty", "copied"])
        let all: AnswerFlags = [
            .empty, .badUTF8, .split, .repaired, .copied, .targetLanguage, .degenerate,
            .polarityFlip, .lowConfidence,
        ]
        XCTAssertEqual(
            all.names,
            [
                "empty", "bad-utf8", "split", "repaired", "copied", "target-language", "degenerate",
                "polarity-flip", "low-confidence",
            ])
    }
}
