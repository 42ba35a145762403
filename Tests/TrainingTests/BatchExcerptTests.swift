import Foundation
import Tokenization
import XCTest

@testable import Training

final class BatchExcerptTests: XCTestCase {
    func testTheFirstTextsAreQuotedAndLongOnesCut() {
        func describe(_ texts: [String]) -> String {
            BatchExcerpt(texts, text: \.self, place: { "corpus, a.tsv:\($0.count)" }).description
        }
        XCTAssertEqual(describe(["one"]), "'one' (corpus, a.tsv:3)")
        XCTAssertEqual(
            describe([String(repeating: "x", count: 61), "b", "c", "d", "e"]),
            "'\(String(repeating: "x", count: 60))…' (corpus, a.tsv:61), 'b' (corpus, a.tsv:1), "
                + "'c' (corpus, a.tsv:1) and 2 more")
    }

    func testAPairIsFoundInEitherDirection() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("a\tb\nnew\u{AD} red\trot\n".utf8, as: "pairs.tsv")
        let corpus = Recipe.TranslationCorpus(
            name: "colours", pairs: "pairs.tsv", from: "en", to: "de", directions: .both, weight: 1)
        let normalizer = Normalizer(NormalizationRule())
        func place(_ source: String, _ target: String) -> String {
            let text = TranslationText(
                source: normalizer.normalize(source), target: normalizer.normalize(target),
                languageIndex: 0, corpusIndex: 0)
            return corpus.place(of: text, in: folder.url, normalizer)
        }
        XCTAssertEqual(place("new\u{AD} red", "rot"), "colours, pairs.tsv:2")
        XCTAssertEqual(place("b", "a"), "colours, pairs.tsv:1")
        XCTAssertEqual(place("a", "rot"), "colours")
    }
}
