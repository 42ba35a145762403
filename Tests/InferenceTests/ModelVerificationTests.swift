import Foundation
import LanguageIdentification
import Transformer
import XCTest

@testable import Inference

final class ModelVerificationTests: XCTestCase {
    private var folder = URL(fileURLWithPath: "/")

    override func setUpWithError() throws {
        let name = "mtl-nlp-\(UUID().uuidString)"
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try TinyModel.loaded().write(to: folder)
    }

    override func tearDown() { try? FileManager.default.removeItem(at: folder) }

    private func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    private func edit(_ name: String, _ old: String, _ new: String) throws {
        let text = try String(contentsOf: file(name), encoding: .utf8)
        XCTAssertTrue(text.contains(old), "\(name) lacks \(old)")
        try text.replacingOccurrences(of: old, with: new)
            .write(to: file(name), atomically: true, encoding: .utf8)
    }

    /// Removes a key and its value, an object, from the card.
    private func removeFromCard(_ key: String) throws {
        let data = try Data(contentsOf: file("card.json"))
        var object = try XCTUnwrap(JSONSerialization.jsonObject(with: data) as? [String: Any])
        XCTAssertNotNil(object.removeValue(forKey: key))
        try JSONSerialization.data(withJSONObject: object).write(to: file("card.json"))
    }

    private func assertFails(
        _ name: String, _ words: String, kind: ModelError.Kind = .malformed, line: UInt = #line
    ) {
        XCTAssertThrowsError(try ModelVerification(of: folder), line: line) { error in
            XCTAssertEqual((error as? ModelError)?.kind, kind, "\(error)", line: line)
            let path = name.isEmpty ? folder.path : file(name).path
            XCTAssertTrue("\(error)".hasPrefix(path + ": "), "\(error)", line: line)
            XCTAssertTrue("\(error)".contains(words), "\(error)", line: line)
        }
    }

    func testAFolderAsItWasWrittenIsSound() throws {
        let result = try ModelVerification(of: folder)
        XCTAssertTrue(result.hasChecksums)
        XCTAssertTrue(result.hasSelfTest)
        let loaded = try LoadedModel(contentsOf: folder)
        XCTAssertEqual(result.parameterCount, loaded.model.layout.count)
        XCTAssertEqual(result.answers.translations.keys.sorted(), ["de", "en"])
        XCTAssertTrue(result.answers.translations.values.allSatisfy { !$0.isEmpty })
    }

    /// Changes that leave the files readable and the model able to answer, which only checksums show.
    func testQuietDamage() throws {
        for name in ["config.json", "tokenizer.json"] {
            let data = try Data(contentsOf: file(name))
            try (data + Data(" ".utf8)).write(to: file(name))
            XCTAssertNoThrow(try LoadedModel(contentsOf: folder))
            assertFails(name, "SHA-256")
            try data.write(to: file(name))
        }
        let weights = try Data(contentsOf: file("model.safetensors"))
        for place in [weights.count - 1, weights.count / 2] {
            var damaged = weights
            damaged[place] ^= 1
            try damaged.write(to: file("model.safetensors"))
            XCTAssertNoThrow(try LoadedModel(contentsOf: folder))
            assertFails("model.safetensors", "SHA-256")
        }
        try weights.write(to: file("model.safetensors"))
        XCTAssertNoThrow(try ModelVerification(of: folder))
    }

    func testTheFileThatAModelCanDoWithoutIsCheckedToo() throws {
        let name = "language_identifier.safetensors"
        try LanguageIdentifier(
            languages: ["de", "en"],
            weights: Array(repeating: 1, count: 3 * LanguageFeatures.bucketCount), temperature: 1
        ).write(to: file(name))
        assertFails(name, "unknown to card.json")
        try LoadedModel(contentsOf: folder).writeDescription(to: folder)
        XCTAssertTrue(try ModelVerification(of: folder).hasChecksums)
        try LoadedModel(contentsOf: folder).write(to: folder)
        XCTAssertTrue(try ModelVerification(of: folder).hasChecksums)
        try FileManager.default.removeItem(at: file(name))
        assertFails(name, "missing", kind: .missing)
    }

    func testLoudDamage() throws {
        for name in ["config.json", "tokenizer.json", "model.safetensors", "card.json"] {
            let data = try Data(contentsOf: file(name))
            for damaged in [Data(), data.prefix(data.count / 2), Data("{}".utf8)] {
                try damaged.write(to: file(name))
                assertFails(name, name == "card.json" ? "copy the model folder again" : "SHA-256")
            }
            try FileManager.default.removeItem(at: file(name))
            assertFails(name, "missing", kind: .missing)
            try data.write(to: file(name))
        }
    }

    func testWithoutChecksumsTheRestIsChecked() throws {
        try removeFromCard("checksums")
        let result = try ModelVerification(of: folder)
        XCTAssertFalse(result.hasChecksums)
        XCTAssertTrue(result.hasSelfTest)
        // Other weights answer otherwise.
        let other = folder.appendingPathComponent("other")
        try TinyModel.loaded(seed: 4).write(to: other)
        let weights = try Data(contentsOf: other.appendingPathComponent("model.safetensors"))
        try weights.write(to: file("model.safetensors"))
        assertFails("", "the self-test translates to de")
        try removeFromCard("self_test")
        XCTAssertFalse(try ModelVerification(of: folder).hasSelfTest)
        try weights.prefix(weights.count - 2).write(to: file("model.safetensors"))
        assertFails("model.safetensors", "ends after the file")
    }

    func testTheSelfTestKnowsTheTemperature() throws {
        try removeFromCard("checksums")
        try edit("config.json", "{\n", "{\n  \"sentiment_temperature\" : 9,\n")
        assertFails("", "sentiment")
    }

    func testADescriptionIsWrittenAnew() throws {
        let weights = try Data(contentsOf: file("model.safetensors"))
        try removeFromCard("checksums")
        try removeFromCard("self_test")
        let record = ModelCard.Calibration(
            sets: ["dev"], texts: 200, errorBefore: 0.25, errorAfter: 0.125)
        try LoadedModel(contentsOf: folder).calibrated(temperature: 1.5, record: record)
            .writeDescription(to: folder)
        let result = try ModelVerification(of: folder)
        XCTAssertTrue(result.hasChecksums && result.hasSelfTest)
        let loaded = try LoadedModel(contentsOf: folder)
        XCTAssertEqual(loaded.model.configuration.sentimentTemperature, 1.5)
        XCTAssertEqual(loaded.card.calibration, record)
        XCTAssertEqual(try Data(contentsOf: file("model.safetensors")), weights)
    }

    func testImpossibleTemperatures() throws {
        for temperature in ["0", "-1", "0.01", "1000"] {
            let text = try String(contentsOf: file("config.json"), encoding: .utf8)
            try edit("config.json", "{\n", "{\n  \"sentiment_temperature\" : \(temperature),\n")
            XCTAssertThrowsError(try LoadedModel(contentsOf: folder)) { error in
                XCTAssertTrue("\(error)".contains("sentiment_temperature is"), "\(error)")
            }
            try text.write(to: file("config.json"), atomically: true, encoding: .utf8)
        }
    }
}
