import Foundation
import XCTest

final class VerifyTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    private func verify(_ model: String, _ arguments: String...) throws -> Program.Result {
        try Program.run(["verify", "--model", model] + arguments)
    }

    private func removeFromCard(_ keys: [String]) throws {
        let url = folder.url.appendingPathComponent("model/card.json")
        let data = try Data(contentsOf: url)
        var object = try XCTUnwrap(JSONSerialization.jsonObject(with: data) as? [String: Any])
        for key in keys { XCTAssertNotNil(object.removeValue(forKey: key)) }
        try JSONSerialization.data(withJSONObject: object).write(to: url)
    }

    func testASoundFolder() throws {
        let model = try folder.writeModel()
        let result = try verify(model)
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(
            result.output,
            """
            folder: \(model)
            checksums: ok
            parameters: ok, \(try TinyModel.loaded().model.layout.count)
            self-test: ok

            """)
        XCTAssertEqual(result.errors, "")
    }

    func testDamageIsNamed() throws {
        let model = try folder.writeModel()
        for name in ["config.json", "tokenizer.json", "model.safetensors"] {
            let url = URL(fileURLWithPath: model).appendingPathComponent(name)
            let data = try Data(contentsOf: url)
            try (data + Data(" ".utf8)).write(to: url)
            let damaged = try verify(model)
            XCTAssertEqual(damaged.status, 65)
            XCTAssertEqual(damaged.output, "")
            XCTAssert(damaged.errors.hasPrefix("mtl-nlp: \(url.path): its SHA-256"), damaged.errors)
            XCTAssertEqual(damaged.errors.filter(\.isNewline).count, 1)
            try FileManager.default.removeItem(at: url)
            XCTAssertEqual(try verify(model).status, 66)
            try data.write(to: url)
        }
        XCTAssertEqual(try verify(model).status, 0)
    }

    func testAnOlderFolderIsCompletedOnRequest() throws {
        let model = try folder.writeModel()
        try removeFromCard(["checksums", "self_test"])
        let old = try verify(model)
        XCTAssertEqual(old.status, 0, old.errors)
        XCTAssert(old.output.contains("checksums: none in card.json"), old.output)
        XCTAssert(old.output.contains("self-test: runs; answers: none in card.json"), old.output)
        let completed = try verify(model, "--write")
        XCTAssertEqual(completed.status, 0, completed.errors)
        XCTAssert(completed.output.contains("checksums: ok\n"), completed.output)
        XCTAssert(try verify(model).output.contains("self-test: ok\n"))
    }

    /// The answers that one instruction set noted are those of the others.
    func testTheShippedModelAnswersAlikeEverywhere() throws {
        let shipped = try Program.url.deletingLastPathComponent()
            .appendingPathComponent("mtl-nlp_PretrainedModel.resources/Model")
        try FileManager.default.copyItem(
            at: shipped, to: folder.url.appendingPathComponent("model"))
        let model = folder.path("model")
        let written = try verify(model, "--write")
        XCTAssertEqual(written.status, 0, written.errors)
        for level in ["generic", "x86-64-v3", "x86-64-v4"] {
            let result = try Program.run(
                ["verify", "--model", model], environment: ["MTL_NLP_ISA": level])
            // 64: not available on this processor.
            XCTAssert(result.status == 0 || result.status == 64, result.errors)
        }
    }
}
