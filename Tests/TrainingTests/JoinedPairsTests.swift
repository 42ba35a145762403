import Kernels
import XCTest

@testable import Training

final class JoinedPairsTests: XCTestCase {
    private func pairs(_ lines: [(String, String)]) -> [SentencePair] {
        lines.map { SentencePair(source: $0.0, target: $0.1) }
    }

    func testSentencesOfBothCorporaAreJoined() {
        let joined = JoinedPairs(
            pairs([("Go!", "Geh!"), ("Hi.", "Hallo!"), ("Rain.", "Regen.")]),
            pairs([("Hi.", "Salut !"), ("Sun.", "Soleil."), ("Go!", "Va !")]), mostPerSentence: 2)
        XCTAssertEqual(joined.pairs, pairs([("Geh!", "Va !"), ("Hallo!", "Salut !")]))
        XCTAssertEqual(joined.pivots, ["Go!", "Hi."])
        XCTAssertEqual(joined.unmatchedCount, 2)
        XCTAssertEqual(joined.surplusCount, 0)
        XCTAssertEqual(joined.duplicateCount, 0)
    }

    func testRoundsBeginWithDifferentTranslations() {
        let first = pairs(["a", "b", "c"].map { ("x", $0) })
        let second = pairs(["1", "2"].map { ("x", $0) })
        func joined(_ most: Int) -> JoinedPairs {
            JoinedPairs(first, second, mostPerSentence: most)
        }
        XCTAssertEqual(joined(2).pairs, pairs([("a", "1"), ("b", "2")]))
        XCTAssertEqual(joined(2).surplusCount, 4)
        XCTAssertEqual(
            joined(9).pairs,
            pairs([("a", "1"), ("b", "2"), ("c", "1"), ("a", "2"), ("b", "1"), ("c", "2")]))
        XCTAssertEqual(joined(9).surplusCount, 0)
        let turned = JoinedPairs(second, first, mostPerSentence: 3)
        XCTAssertEqual(turned.pairs, pairs([("1", "a"), ("2", "b"), ("1", "c")]))
    }

    func testAPairStandsThereOnce() {
        let joined = JoinedPairs(
            pairs([("Hi.", "Hallo!"), ("Hi.", "Hallo!"), ("Hello.", "Hallo!")]),
            pairs([("Hello.", "Salut !"), ("Hi.", "Salut !")]), mostPerSentence: 5)
        XCTAssertEqual(joined.pairs, pairs([("Hallo!", "Salut !")]))
        XCTAssertEqual(joined.pivots, ["Hi."])
        XCTAssertEqual(joined.duplicateCount, 1)
    }

    /// Empty lines are no sentence that two corpora share.
    func testWhiteSpaceJoinsNothing() {
        let joined = JoinedPairs(
            pairs([("", "a"), (" ", "b")]), pairs([("", "1"), (" ", "2")]), mostPerSentence: 2)
        XCTAssertEqual(joined.pairs, [])
        XCTAssertEqual(joined.unmatchedCount, 4)
    }

    /// Against all combinations, tried one by one.
    func testEverySentenceGivesItsShare() {
        var generator = SeededGenerator(seed: 5)
        for most in [1, 2, 3, 100] {
            let first = (0..<300).map { _ in
                SentencePair(
                    source: "s\(generator.next(below: 60))",
                    target: "a\(generator.next(below: 200))")
            }
            let second = (0..<200).map { _ in
                SentencePair(
                    source: "s\(generator.next(below: 90))",
                    target: "b\(generator.next(below: 200))")
            }
            let joined = JoinedPairs(first, second, mostPerSentence: most)
            XCTAssertEqual(Set(joined.pairs).count, joined.pairs.count)
            let (left, right) = (Set(first), Set(second))
            for (pair, pivot) in zip(joined.pairs, joined.pivots) {
                XCTAssert(left.contains(SentencePair(source: pivot, target: pair.source)))
                XCTAssert(right.contains(SentencePair(source: pivot, target: pair.target)))
            }
            let combinations = (0..<90).reduce(0) { sum, number in
                let count = { (pairs: Set<SentencePair>) in
                    pairs.count { $0.source == "s\(number)" }
                }
                return sum + min(most, count(left) * count(right))
            }
            XCTAssertEqual(joined.pairs.count + joined.duplicateCount, combinations)
        }
    }

    /// A sentence with many translations on both sides must not give their product.
    func testAFrequentSentenceIsNoBurden() {
        let many = (0..<20_000).map { SentencePair(source: "Yes.", target: "t\($0)") }
        let joined = JoinedPairs(many, many, mostPerSentence: 3)
        XCTAssertEqual(joined.pairs.count, 3)
        XCTAssertEqual(joined.surplusCount, 20_000 * 20_000 - 3)
    }
}
