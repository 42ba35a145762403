import Foundation
import Transformer
import XCTest

@testable import Inference

final class ModelCardTests: XCTestCase {
    func testKeysAreInSnakeCaseAndUnknownOnesAreLeftOut() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("mtl-nlp-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try TinyModel.loaded().write(to: folder)
        let data = try Data(contentsOf: folder.appendingPathComponent("card.json"))
        let object = try XCTUnwrap(JSONSerialization.jsonObject(with: data) as? [String: Any])
        XCTAssertEqual(
            object.keys.sorted(),
            [
                "checksums", "corpora", "labels", "languages", "licence", "name", "parameters",
                "scores", "seed", "self_test", "stages", "version",
            ])
        let corpus = try XCTUnwrap((object["corpora"] as? [[String: Any]])?.first)
        XCTAssertEqual(corpus.keys.sorted(), ["files", "lines", "name", "sha256"])
    }

    func testAModelThatGoesOnFromAnotherHasItsPast() {
        func card(_ name: String, _ corpora: [String], _ languages: [String]) -> ModelCard {
            ModelCard(
                name: name, version: "1", licence: "none", languages: ["de", "en"], labels: [],
                corpora: corpora.map {
                    .init(
                        name: "\(name) \($0)", files: [$0], lines: 1, sha256: [$0],
                        languages: languages)
                }, seed: 7, commit: name, stages: [.init(name: "stage of \(name)")])
        }
        var second = card("second", ["a", "b"], ["de", "en"])
        second.goOn(from: card("first", ["b", "c"], ["de", "en"]), sha256: "11")
        XCTAssertEqual(second.corpora.map(\.name), ["second a", "second b", "first c"])
        var third = card("third", ["a"], ["en"])
        third.goOn(from: second, sha256: "22")
        XCTAssertEqual(
            third.corpora.map(\.name), ["third a", "second a", "second b", "first c"],
            "the same file with other languages is another corpus")
        XCTAssertEqual(third.stages.map(\.name), ["stage of third"])
        XCTAssertEqual(
            third.ancestors,
            [
                .init(
                    name: "first", sha256: "11", seed: 7, commit: "first",
                    stages: [.init(name: "stage of first")]),
                .init(
                    name: "second", sha256: "22", seed: 7, commit: "second",
                    stages: [.init(name: "stage of second")]),
            ])
    }

    func testLabelledTextsHaveOneLanguage() {
        func corpus(_ languages: [String]?) -> ModelCard.Corpus {
            ModelCard.Corpus(name: "a", files: [], lines: 1, sha256: [], languages: languages)
        }
        let card = ModelCard(
            name: "a", version: "1", licence: "none", languages: ["de", "en"], labels: [],
            corpora: [corpus(["de", "fr"]), corpus(["en"]), corpus(nil), corpus(["es"])])
        XCTAssertEqual(card.sentimentLanguages, ["en", "es"])
        XCTAssertEqual(card.untaughtTasks, [])
        func untaught(_ corpora: [ModelCard.Corpus]) -> [ModelTask] {
            var card = card
            card.corpora = corpora
            return card.untaughtTasks
        }
        XCTAssertEqual(untaught([corpus(["de", "fr"])]), [.sentiment])
        XCTAssertEqual(untaught([corpus(["de"]), corpus(nil)]), [.translation])
        XCTAssertEqual(untaught([]), [], "a card that names no corpora tells nothing")
        XCTAssertEqual(untaught([corpus(nil)]), [])
    }
}
