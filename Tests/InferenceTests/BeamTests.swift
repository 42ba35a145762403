import Foundation
import Kernels
import Tokenization
import Transformer
import XCTest

@testable import Inference

/// The search of one sentence over distributions that are made up.
final class BeamTests: XCTestCase {
    private static let eosID: TokenID = 0

    /// Log-probabilities of tokens 0...3 after a prefix, a function of the seed and the prefix.
    private func random(_ seed: UInt64) -> ([TokenID]) -> [Float] {
        { prefix in
            let start = prefix.reduce(seed) { SeededGenerator.seed($0, UInt64($1)) }
            var generator = SeededGenerator(seed: start)
            let logits = (0..<4).map { _ in Float(2 * generator.nextNormal()) }
            let sum = logits.reduce(0) { $0 + exp($1) }
            return logits.map { $0 - log(sum) }
        }
    }

    private func search(
        _ distribution: ([TokenID]) -> [Float], maximumLength: Int, _ options: SearchOptions
    ) -> [FinishedHypothesis] {
        var beam = Beam(
            sentence: 0, maximumLength: maximumLength, eosID: Self.eosID, options: options)
        while !beam.live.isEmpty {
            let expansions = zip(beam.live, beam.expansionCounts).map { hypothesis, count in
                let logProbabilities = distribution(hypothesis.tokens)
                let subwords = (1..<logProbabilities.count)
                    .map { ScoredToken(id: TokenID($0), logProbability: logProbabilities[$0]) }
                    .sorted { ($1.logProbability, $0.id) < ($0.logProbability, $1.id) }
                return Expansion(
                    subwords: Array(subwords.prefix(count)),
                    endLogProbability: logProbabilities[0])
            }
            beam.advance(expansions[...])
        }
        return beam.finished
    }

    /// All translations of at most `maximumLength` tokens, the best first.
    private func all(
        _ distribution: ([TokenID]) -> [Float], maximumLength: Int, _ options: SearchOptions
    ) -> [FinishedHypothesis] {
        var finished: [FinishedHypothesis] = []
        func extend(_ prefix: [TokenID], _ logProbability: Float) {
            let next = distribution(prefix)
            let total = logProbability + next[0]
            finished.append(
                FinishedHypothesis(
                    tokens: prefix, logProbability: total,
                    rankingScore: options.rankingScore(total, length: prefix.count + 1)))
            guard prefix.count + 1 < maximumLength else { return }
            for token in 1..<next.count {
                extend(prefix + [TokenID(token)], logProbability + next[token])
            }
        }
        extend([], 0)
        return finished.sorted { $0.rankingScore > $1.rankingScore }
    }

    func testAWideBeamFindsWhatExhaustiveSearchFinds() {
        for seed in 0..<20 as Range<UInt64> {
            for lengthPenalty: Float in [0, 0.6, 1] {
                let best = SearchOptions(beamSize: 1000, lengthPenalty: lengthPenalty)
                XCTAssertEqual(
                    search(random(seed), maximumLength: 5, best).first,
                    all(random(seed), maximumLength: 5, best).first)
                let every = SearchOptions(
                    beamSize: 1000, lengthPenalty: lengthPenalty, alternativeCount: 1000)
                XCTAssertEqual(
                    search(random(seed), maximumLength: 5, every),
                    all(random(seed), maximumLength: 5, every))
            }
        }
    }

    func testABeamOfOneIsGreedy() {
        for seed in 0..<50 as Range<UInt64> {
            let distribution = random(seed)
            var expected: [TokenID] = []
            while expected.count < 7 {
                let next = distribution(expected)
                let token = next.indices.reduce(0) { next[$1] > next[$0] ? $1 : $0 }
                if token == 0 { break }
                expected.append(TokenID(token))
            }
            let found = search(distribution, maximumLength: 8, SearchOptions(beamSize: 1))
            XCTAssertEqual(found.map(\.tokens), [expected])
        }
    }

    func testAlternativesAreDifferentAndInOrder() {
        for seed in 0..<20 as Range<UInt64> {
            let found = search(
                random(seed), maximumLength: 6, SearchOptions(beamSize: 2, alternativeCount: 5))
            XCTAssertEqual(found.count, 5)
            XCTAssertEqual(Set(found.map(\.tokens)).count, 5)
            XCTAssertEqual(found.map(\.rankingScore), found.map(\.rankingScore).sorted(by: >))
        }
    }

    /// A short translation of probability 0.4 against one of three tokens of probability 0.3.
    func testTheLengthPenaltyChoosesBetweenShortAndProbable() {
        func distribution(_ prefix: [TokenID]) -> [Float] {
            switch prefix {
            case []: [log(0.4), log(0.6)]
            case [1]: [log(0.001), log(0.999)]
            default: [log(0.5), log(0.5)]
            }
        }
        func best(_ lengthPenalty: Float) -> [TokenID]? {
            search(
                distribution, maximumLength: 4,
                SearchOptions(beamSize: 8, lengthPenalty: lengthPenalty)
            ).first?.tokens
        }
        XCTAssertEqual(best(0), [])
        XCTAssertEqual(best(1), [1, 1])
    }

    func testOfEqualTokensTheLowerIDComesFirst() {
        let even = [Float](repeating: log(0.25), count: 4)
        XCTAssertEqual(
            search({ _ in even }, maximumLength: 3, SearchOptions(beamSize: 1)).map(\.tokens), [[]])
        let withoutEnd: [Float] = [-20, -1, -1, -1]
        XCTAssertEqual(
            search({ _ in withoutEnd }, maximumLength: 3, SearchOptions(beamSize: 3)).map(\.tokens),
            [[1, 1], [2, 1], [3, 1]])
    }

    func testEverythingEndsAtTheMaximumLength() {
        let endless: [Float] = [-50, -0.1, -3, -4]
        for maximumLength in 1...4 {
            let found = search({ _ in endless }, maximumLength: maximumLength, SearchOptions())
            XCTAssertEqual(
                found.first?.tokens, [TokenID](repeating: 1, count: maximumLength - 1))
        }
    }

    func testImpossibleNumbersStillEnd() {
        let impossible = [Float](repeating: -.infinity, count: 4)
        XCTAssertFalse(
            search({ _ in impossible }, maximumLength: 4, SearchOptions()).isEmpty)
    }

    /// Exhaustive search among the translations without a repeated n-gram finds the same.
    func testNoNGramStandsTwice() {
        for seed in 0..<10 as Range<UInt64> {
            for size in [1, 2, 3] {
                let free = SearchOptions(beamSize: 1000, alternativeCount: 1000)
                var options = free
                options.blockedNGramSize = size
                let expected = all(random(seed), maximumLength: 6, free).filter { finished in
                    let starts = Array(0..<max(0, finished.tokens.count - size + 1))
                    let nGrams = starts.map { finished.tokens[$0..<$0 + size] }
                    return Set(nGrams).count == nGrams.count
                }
                XCTAssertEqual(search(random(seed), maximumLength: 6, options), expected)
            }
        }
    }

    /// The tokens that are blocked do not count as the continuations that a narrow beam considers.
    func testBehindBlockedTokensOthersAreFound() {
        let endless: [Float] = [-50, -0.1, -3, -4]
        XCTAssertEqual(
            search(
                { _ in endless }, maximumLength: 9, SearchOptions(beamSize: 1, blockedNGramSize: 2)
            ).map(\.tokens), [[1, 1, 2, 1, 3, 1]])
    }

    func testMaximumLengthOfATarget() {
        XCTAssertEqual(SearchOptions().maximumLength(sourceLength: 10, model: 256), 36)
        XCTAssertEqual(SearchOptions().maximumLength(sourceLength: 200, model: 256), 256)
        let short = SearchOptions(maximumLength: 5)
        XCTAssertEqual(short.maximumLength(sourceLength: 10, model: 256), 5)
        let long = SearchOptions(maximumLength: 500)
        XCTAssertEqual(long.maximumLength(sourceLength: 10, model: 256), 256)
    }
}
