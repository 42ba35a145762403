import Foundation
import XCTest

final class ScoreTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    func testPrintsTheScoresOfSacreBLEU() throws {
        let reference = try folder.write(
            "The ferry leaves the harbour at noon.\nA grey cat sleeps, \u{2028}it seems.\n\n",
            as: "reference")
        let hypotheses =
            "The ferry left the harbour at noon.\nA grey cat is sleeping, it seems.\n\n"
        let file = try folder.write(hypotheses, as: "hypotheses")
        let expected = """
            BLEU 51.27 (nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0+mtl-nlp)
            chrF2 73.34 (nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0+mtl-nlp)

            """
        let result = try Program.run(["score", "--reference", reference, file])
        XCTAssertEqual(result.output, expected)
        XCTAssertEqual(result.errors, "")
        let piped = try Program.run(["score", "--reference", reference], input: hypotheses)
        XCTAssertEqual(piped.output, expected)
        let capitals = try Program.run(
            ["score", "--reference", reference, "--lowercase"], input: hypotheses.uppercased())
        XCTAssert(
            capitals.output.hasPrefix("BLEU 51.27 (nrefs:1|case:lc|eff:no|"), capitals.output)
    }

    func testJSON() throws {
        let reference = try folder.write("A grey cat sleeps under the piano.\n", as: "reference")
        let result = try Program.run(["score", "--json", "--reference", reference, reference])
        let scores = try XCTUnwrap(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        XCTAssertEqual(
            scores.keys.sorted(), ["bleu", "bleu_signature", "chrf", "chrf_signature"])
        XCTAssertEqual(scores["bleu"] as? Double ?? 0, 100, accuracy: 1e-9)
        XCTAssertEqual(scores["chrf"] as? Double ?? 0, 100, accuracy: 1e-9)
        XCTAssertEqual(
            scores["bleu_signature"] as? String,
            "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0+mtl-nlp")
        XCTAssertEqual(result.output.filter(\.isNewline).count, 1)
    }

    func testTranslationsAreComparedWithOthers() throws {
        let words = ["harbour", "piano", "bread", "garden", "noon"]
        let lines = (0..<60).map { "a grey cat sleeps under the \(words[$0 % 5]) today" }
        let reference = try folder.write(lines.map { $0 + "\n" }.joined(), as: "reference")
        let worse = try folder.write(
            lines.enumerated().map { $0 % 2 == 0 ? "\($1)\n" : "no cat was there\n" }.joined(),
            as: "worse")
        let same = try Program.run(
            ["score", "--reference", reference, "--baseline", reference, reference])
        XCTAssert(
            same.output.contains("BLEU +0.00 [+0.00, +0.00], p = 1.000, against the baseline\n"),
            same.output)
        XCTAssertEqual(same.output.filter(\.isNewline).count, 4)
        let better = try Program.run(
            ["score", "--json", "--reference", reference, "--baseline", worse, reference])
        let scores = try XCTUnwrap(
            JSONSerialization.jsonObject(with: Data(better.output.utf8)) as? [String: Any])
        let difference = try XCTUnwrap(scores["bleu_difference"] as? [String: Double])
        let others = try Program.run(["score", "--json", "--reference", reference, worse])
        let other = try XCTUnwrap(
            JSONSerialization.jsonObject(with: Data(others.output.utf8)) as? [String: Any])
        XCTAssertEqual(
            difference["value"] ?? 0, 100 - (other["bleu"] as? Double ?? 0), accuracy: 1e-9)
        XCTAssertGreaterThan(difference["low"] ?? 0, 0)
        XCTAssertLessThan(difference["low"] ?? 0, difference["high"] ?? 0)
        XCTAssertEqual(difference["p"] ?? 0, 2.0 / 1001, accuracy: 1e-9)
        let unequal = try Program.run(
            [
                "score", "--reference", reference, "--baseline", try folder.write("x\n", as: "x"),
                worse,
            ])
        XCTAssertEqual(unequal.status, 65)
        XCTAssert(unequal.errors.contains("/x: 1 lines, but "), unequal.errors)
    }

    func testUnequalOrEmptyFilesAreRefused() throws {
        let one = try folder.write("one\n", as: "one")
        let two = try folder.write("one\r\ntwo", as: "two")
        let none = try folder.write("", as: "none")
        let unequal = try Program.run(["score", "--reference", two, one])
        XCTAssertEqual(unequal.status, 65)
        XCTAssertEqual(
            unequal.errors,
            "mtl-nlp: \(one): 1 lines, but \(two) has 2; both need the same number of lines\n")
        XCTAssertEqual(unequal.output, "")
        let piped = try Program.run(["score", "--reference", two], input: "a\u{2028}b\u{85}c\n")
        XCTAssertEqual(piped.status, 65)
        XCTAssertEqual(try Program.run(["score", "--reference", none], input: "").status, 65)
        // Standard input is read like a file.
        for hypotheses in [[], ["-"]] {
            let latin = try Program.run(
                ["score", "--reference", one] + hypotheses, input: [0xE4, 0x0A])
            XCTAssertEqual(latin.status, 65)
            XCTAssert(latin.errors.contains("standard input:1: not valid UTF-8"), latin.errors)
        }
    }
}
