import Foundation
import Inference
import Transformer
import XCTest

final class InfoTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    private func writeModel() throws -> String {
        let tiny = try TinyModel.loaded()
        var card = tiny.card
        card.terms = "Ask the makers of the harbour corpus before you sell what it translates to."
        card.notes = String(repeating: "far too long for one line ", count: 8)
        card.corpora = [
            .init(
                name: "harbour", files: ["harbour.tsv"], lines: 12345, sha256: ["00"],
                licence: "CC0", languages: ["en", "de"]),
            .init(name: "bread", files: ["bread.tsv"], lines: 6, sha256: ["11"]),
        ]
        card.stages = [.init(name: "joint", steps: 40, seconds: 90)]
        card.scores = [.init(set: "dev", metric: "bleu", value: 31.416, signature: "beam:4")]
        card.recipe = "name: tiny\n"
        card.seed = 7
        var older = tiny.card
        older.seed = 3
        older.commit = "0123456789abcdef0123"
        older.stages = [.init(name: "first"), .init(name: "second")]
        card.goOn(from: older, sha256: "fedcba9876543210")
        let model = LoadedModel(
            model: tiny.model, parameters: tiny.parameters, tokenizer: tiny.tokenizer, card: card)
        let record = ModelCard.Calibration(
            sets: ["dev"], texts: 200, errorBefore: 0.25, errorAfter: 0.125)
        try model.calibrated(temperature: 1.5, record: record)
            .write(to: folder.url.appendingPathComponent("model"))
        return folder.path("model")
    }

    func testForPeople() throws {
        let result = try Program.run(["info", "--model", writeModel()])
        XCTAssertEqual(result.status, 0, result.errors)
        let output = result.output
        XCTAssert(output.hasPrefix("tiny, version 1\n\nfolder        /"), output)
        for line in [
            "encoder       1 layers", "languages     de, en",
            "went on from  tiny (fedcba987654; commit 0123456789ab; seed 3; stages: first,",
            "              second)",
            "labels        negative, neutral, positive", "seed          7",
            "licence       none",
            "calibration   temperature 1.5, fitted on 200 texts of dev: ECE 0.2500 before,",
            "              0.1250 after",
            "terms         Ask the makers of the harbour corpus before you sell what it",
            "              translates to.",
            "corpus   lines  languages  licence", "harbour  12345  en, de     CC0",
            "bread    6                 not stated", "stage  steps  minutes",
            "joint  40     1.5", "set  metric  score", "dev  bleu    31.42",
        ] {
            XCTAssert(output.contains("\n\(line)\n"), "\(line) in \(output)")
        }
        let lines = output.split(separator: "\n").map(String.init)
        XCTAssert(lines.dropFirst(2).allSatisfy { $0.count <= 80 }, output)
    }

    /// What a model does in another way than most is told.
    func testSharingAndPooling() throws {
        let tiny = try TinyModel.loaded()
        var configuration = tiny.model.configuration
        configuration.sharing = EncoderSharing(.mixed, ownLayerCount: 1)
        configuration.pooling = TokenPooling(.hardAttention, topK: 3)
        let model = Model(configuration)
        try LoadedModel(
            model: model, parameters: model.initialParameters(seed: 1), tokenizer: tiny.tokenizer,
            card: tiny.card
        ).write(to: folder.url.appendingPathComponent("model"))
        let result = try Program.run(["info", "--model", folder.path("model")])
        XCTAssertEqual(result.status, 0, result.errors)
        for line in [
            "sharing       each task has the top 1 layers of the encoder for itself",
            "pooling       attention to the best tokens, 3 at most",
            "parameters    \(model.layout.count)",
        ] {
            XCTAssert(result.output.contains("\n\(line)\n"), "\(line) in \(result.output)")
        }
    }

    func testJSON() throws {
        let model = try writeModel()
        let result = try Program.run(["info", "--json", "--model", model])
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(result.output.filter(\.isNewline).count, 1)
        let object = try XCTUnwrap(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        XCTAssertEqual(
            object.keys.sorted(),
            [
                "ancestors", "bytes", "calibration", "checksums", "configuration", "corpora",
                "files", "folder",
                "labels", "languages", "licence", "name", "notes", "parameters", "recipe",
                "scores", "seed", "self_test", "stages", "terms", "version",
            ])
        XCTAssertEqual(object["folder"] as? String, model)
        let files = try XCTUnwrap(object["files"] as? [String: Int])
        XCTAssertEqual(
            files.keys.sorted(),
            ["card.json", "config.json", "model.safetensors", "tokenizer.json"])
        XCTAssertEqual(object["bytes"] as? Int, files.values.reduce(0, +))
        let configuration = try XCTUnwrap(object["configuration"] as? [String: Any])
        XCTAssertEqual(configuration["vocabulary_size"] as? Int, 360)
        XCTAssertEqual(configuration["sentiment_temperature"] as? Double, 1.5)
        let calibration = try XCTUnwrap(object["calibration"] as? [String: Any])
        XCTAssertEqual(
            calibration.keys.sorted(), ["ece_after", "ece_before", "sets", "texts"])
    }

    func testTheShippedModel() throws {
        let result = try Program.run(["info"])
        XCTAssertEqual(result.status, 0, result.errors)
        for word in ["multi30k", "licence", "parameters", "bleu", "accuracy", "commit"] {
            XCTAssert(result.output.contains(word), word)
        }
    }
}
