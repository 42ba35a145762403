import Foundation
import Tokenization
import XCTest

@testable import Training

final class BatchListingTests: XCTestCase {
    private let normalizer = Normalizer(NormalizationRule())

    func testTheFirstTextsAreQuotedAndLongOnesCut() {
        func beginning(_ texts: [String]) -> String {
            BatchListing(texts: texts.map { ($0, "corpus, a.tsv:\($0.count)") }).beginning
        }
        XCTAssertEqual(beginning(["one"]), "'one' (corpus, a.tsv:3)")
        XCTAssertEqual(
            beginning([String(repeating: "x", count: 61), "b", "c", "d", "e"]),
            "'\(String(repeating: "x", count: 60))…' (corpus, a.tsv:61), 'b' (corpus, a.tsv:1), "
                + "'c' (corpus, a.tsv:1) and 2 more")
    }

    func testAPairIsFoundInEitherDirection() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("a\tb\nnew\u{AD} red\trot\na\tb\n".utf8, as: "pairs.tsv")
        let corpora = ["others", "colours"].map { name in
            Recipe.TranslationCorpus(
                name: name, pairs: name == "others" ? "none.tsv" : "pairs.tsv", from: "en",
                to: "de", directions: .both, weight: 1)
        }
        let pairs = [
            ("new\u{AD} red", "rot", 1), ("b", "a", 1), ("a", "rot", 1), ("a", "b", 0),
            ("a", "b", 1),
        ]
        let listing = BatchListing(
            pairs.map { source, target, corpus in
                TranslationText(
                    source: normalizer.normalize(source), target: normalizer.normalize(target),
                    languageIndex: 0, corpusIndex: corpus)
            }, of: corpora, in: folder.url, normalizer)
        XCTAssertEqual(
            listing.texts.map(\.place),
            [
                "colours, pairs.tsv:2", "colours, pairs.tsv:1", "colours", "others",
                "colours, pairs.tsv:1",
            ])
        XCTAssertEqual(
            listing.texts.map(\.text),
            [normalizer.normalize("new\u{AD} red").string, "b", "a", "a", "a"])
    }

    /// A text that got its label from another stands where its translation does.
    func testALabelledTextIsFoundInItsFileOrAmongTheTranslations() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("fine\t1\nbad\t0\n".utf8, as: "texts.tsv")
        _ = try folder.write("gut\nschlecht\n".utf8, as: "de.txt")
        _ = try folder.write("fine\nbad\n".utf8, as: "en.txt")
        var corpora = [
            Recipe.SentimentCorpus(
                name: "own", file: "texts.tsv", labels: .binary, language: "en", weight: 1,
                isHeldOut: false)
        ]
        corpora.append(corpora[0])
        corpora[1].name = "carried"
        corpora[1].through = [Recipe.ParallelFiles(source: "en.txt", target: "de.txt")]
        let texts = [("bad", 0), ("schlecht", 1), ("bad", 1)].map { text, corpus in
            SentimentText(
                text: normalizer.normalize(text), target: .init(.negative, of: [.negative]),
                corpusIndex: corpus)
        }
        XCTAssertEqual(
            BatchListing(texts, of: corpora, in: folder.url, normalizer).texts.map(\.place),
            ["own, texts.tsv:2", "carried, de.txt:2", "carried"])
    }
}
