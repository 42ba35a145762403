import Kernels
import Tokenization
import XCTest

@testable import Inference

final class TokenCandidatesTests: XCTestCase {
    private func best(_ count: Int, of logits: [Float]) throws -> [ScoredToken] {
        let candidates = TokenCandidates(try TinyModel.tokenizer().vocabulary)
        return logits.withUnsafeBufferPointer { candidates.best(count, of: $0) }
    }

    func testSelectsWhatSortingSelects() throws {
        let vocabulary = try TinyModel.tokenizer().vocabulary
        var generator = SeededGenerator(seed: 5)
        for count in [1, 2, 4, 17, 380, 500] {
            // Few different values, so that many are equal.
            let logits = (0..<380).map { _ in Float(generator.next(below: 40)) }
            let sorted = logits.indices.filter { !vocabulary.isSpecial(TokenID($0)) }
                .sorted { (logits[$1], $0) < (logits[$0], $1) }
            XCTAssertEqual(
                try best(count, of: logits).map(\.id), sorted.prefix(count).map { TokenID($0) })
        }
    }

    func testNeverSelectsSpecialTokens() throws {
        let vocabulary = try TinyModel.tokenizer().vocabulary
        let logits = (0..<380).map { Float(-$0) }
        for token in try best(380, of: logits) { XCTAssertFalse(vocabulary.isSpecial(token.id)) }
    }

    func testPassesOverWhatIsNoNumber() throws {
        XCTAssertEqual(try best(3, of: [Float](repeating: .nan, count: 380)), [])
        var logits = [Float](repeating: -.infinity, count: 380)
        logits[350] = 1
        XCTAssertEqual(try best(3, of: logits).map(\.id), [350])
        XCTAssertEqual(try best(0, of: logits), [])
    }
}
