import Foundation
import XCTest

@testable import Training

/// What `Goldens/sacrebleu.json` holds; `Goldens/make_goldens.py` makes it with sacreBLEU.
struct SacreBLEUGoldens: Decodable {
    struct Corpus: Decodable {
        let hypotheses: [String]
        let references: [String]
        let bleu: Double
        let matches: [Int]
        let totals: [Int]
        let lengths: [Int]
        let precisions: [Double]
        let brevityPenalty: Double
        let bleuLowercase: Double
        let chrf: Double
    }

    struct Tokenization: Decodable {
        let line: String
        let tokens: [String]
    }

    let corpora: [Corpus]
    let tokenization: [Tokenization]

    static func read() throws -> SacreBLEUGoldens {
        let url = try XCTUnwrap(
            Bundle.module.url(forResource: "Goldens/sacrebleu", withExtension: "json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(SacreBLEUGoldens.self, from: Data(contentsOf: url))
    }
}

final class BLEUTests: XCTestCase {
    func testTokenizationEqualsSacreBLEU() throws {
        for golden in try SacreBLEUGoldens.read().tokenization {
            let tokens = Tokenizer13a.tokens(of: golden.line).map(Array.init)
            // Compared by scalars: as strings, é and e with an accent would be equal.
            XCTAssertEqual(
                tokens, golden.tokens.map { Array($0.unicodeScalars) },
                "tokens of \(golden.line.debugDescription)")
        }
    }

    func testScoresEqualSacreBLEU() throws {
        let corpora = try SacreBLEUGoldens.read().corpora
        XCTAssertGreaterThan(corpora.count, 400)
        for golden in corpora {
            let bleu = BLEU.score(hypotheses: golden.hypotheses, references: golden.references)
            let hint = golden.hypotheses.debugDescription
            XCTAssertEqual(bleu.score, golden.bleu, accuracy: 1e-9, hint)
            XCTAssertEqual(bleu.brevityPenalty, golden.brevityPenalty, accuracy: 1e-9, hint)
            for (precision, expected) in zip(bleu.precisions, golden.precisions) {
                XCTAssertEqual(precision, expected, accuracy: 1e-9, hint)
            }
            let counts = bleu.statistics
            XCTAssertEqual((0..<4).map { counts.matches[$0] }, golden.matches, hint)
            XCTAssertEqual((0..<4).map { counts.totals[$0] }, golden.totals, hint)
            XCTAssertEqual(
                [counts.hypothesisLength, counts.referenceLength], golden.lengths, hint)
        }
    }

    func testLowercaseScoresEqualSacreBLEU() throws {
        for golden in try SacreBLEUGoldens.read().corpora {
            let bleu = BLEU.score(
                hypotheses: golden.hypotheses, references: golden.references, lowercase: true)
            XCTAssertEqual(
                bleu.score, golden.bleuLowercase, accuracy: 1e-9,
                golden.hypotheses.debugDescription)
        }
    }

    func testSignatureNamesTheSettings() {
        XCTAssertEqual(
            BLEU(BLEU.Statistics()).signature,
            "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0+mtl-nlp")
        XCTAssertEqual(
            BLEU(BLEU.Statistics(), isLowercased: true).signature,
            "nrefs:1|case:lc|eff:no|tok:13a|smooth:exp|version:2.6.0+mtl-nlp")
    }

    func testScoreOfASumIsTheScoreOfTheCorpus() throws {
        let golden = try XCTUnwrap(SacreBLEUGoldens.read().corpora.last)
        let segments = zip(golden.hypotheses, golden.references).map {
            BLEU.Statistics(hypothesis: $0, reference: $1)
        }
        let halves = [segments[9...], segments[..<9]].map {
            $0.reduce(into: BLEU.Statistics(), +=)
        }
        let sum = halves.reduce(into: BLEU.Statistics(), +=)
        XCTAssertEqual(BLEU(sum).score, golden.bleu, accuracy: 1e-9)
    }

    func testAnEmptyCorpusScoresZero() {
        XCTAssertEqual(BLEU.score(hypotheses: [], references: []).score, 0)
    }
}
