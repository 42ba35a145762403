import XCTest

@testable import Training

final class ChrFTests: XCTestCase {
    func testScoresEqualSacreBLEU() throws {
        for golden in try SacreBLEUGoldens.read().corpora {
            let chrF = ChrF.score(hypotheses: golden.hypotheses, references: golden.references)
            XCTAssertEqual(
                chrF.score, golden.chrf, accuracy: 1e-9, golden.hypotheses.debugDescription)
        }
    }

    func testScalarsAreTheUnit() {
        // As characters, both sides would be the same single one.
        XCTAssertEqual(ChrF.score(hypotheses: ["e\u{301}"], references: ["\u{e9}"]).score, 0)
    }

    func testSignatureNamesTheSettings() {
        XCTAssertEqual(
            ChrF(ChrF.Statistics()).signature,
            "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0+mtl-nlp")
    }

    func testScoreOfASumIsTheScoreOfTheCorpus() throws {
        let golden = try XCTUnwrap(SacreBLEUGoldens.read().corpora.last)
        let segments = zip(golden.hypotheses, golden.references).map {
            ChrF.Statistics(hypothesis: $0, reference: $1)
        }
        let sum = segments.reversed().reduce(into: ChrF.Statistics(), +=)
        XCTAssertEqual(ChrF(sum).score, golden.chrf, accuracy: 1e-9)
    }

    func testAnEmptyCorpusScoresZero() {
        XCTAssertEqual(ChrF.score(hypotheses: [], references: []).score, 0)
    }
}
