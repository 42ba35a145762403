import Foundation
import Kernels
import LanguageIdentification
import Tokenization
import Transformer
import XCTest

@testable import Inference

final class LoadedModelTests: XCTestCase {
    private var folder = URL(fileURLWithPath: "/")

    override func setUpWithError() throws {
        let name = "mtl-nlp-\(UUID().uuidString)"
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try TinyModel.loaded().write(to: folder)
    }

    override func tearDown() { try? FileManager.default.removeItem(at: folder) }

    private func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    /// Changes the text of a file.
    private func edit(_ name: String, _ old: String, _ new: String) throws {
        let text = try String(contentsOf: file(name), encoding: .utf8)
        XCTAssertTrue(text.contains(old), "\(name) lacks \(old)")
        try text.replacingOccurrences(of: old, with: new)
            .write(to: file(name), atomically: true, encoding: .utf8)
    }

    /// Loading must fail with one line that names the file and holds the words.
    private func assertFails(
        _ name: String, _ words: String, kind: ModelError.Kind = .malformed,
        line: UInt = #line
    ) {
        XCTAssertThrowsError(try LoadedModel(contentsOf: folder), line: line) { error in
            guard let error = error as? ModelError else {
                return XCTFail("\(error) is no ModelError", line: line)
            }
            XCTAssertEqual(error.kind, kind, line: line)
            let path = name.isEmpty ? folder.path : file(name).path
            XCTAssertTrue(error.description.hasPrefix(path + ": "), "\(error)", line: line)
            XCTAssertFalse(error.description.contains { $0.isNewline }, "\(error)", line: line)
            XCTAssertTrue(
                words.isEmpty || error.description.contains(words), "\(error)", line: line)
            // The file is named once.
            XCTAssertEqual(error.description.components(separatedBy: path).count, 2, line: line)
        }
    }

    func testAFolderGivesBackWhatWasWritten() throws {
        let original = try TinyModel.loaded()
        let read = try LoadedModel(contentsOf: folder)
        XCTAssertEqual(read.model.configuration, original.model.configuration)
        var card = original.card
        card.checksums = read.card.checksums
        card.selfTest = read.card.selfTest
        XCTAssertEqual(read.card, card)
        let texts = TinyModel.sentences
        for text in texts {
            let normalized = read.tokenizer.normalizer.normalize(text)
            XCTAssertEqual(read.tokenizer.encode(normalized), original.tokenizer.encode(normalized))
        }
        for (actual, expected) in zip(
            read.parameters.all.elements, original.parameters.all.elements)
        {
            XCTAssertEqual(actual, Float(Float16(expected)))
        }
        withExtendedLifetime((read, original)) {}
        // Written again, nothing changes any more.
        let copy = folder.appendingPathComponent("copy")
        try read.write(to: copy)
        for name in ["config.json", "tokenizer.json", "model.safetensors", "card.json"] {
            XCTAssertEqual(
                try Data(contentsOf: file(name)),
                try Data(contentsOf: copy.appendingPathComponent(name)))
        }
        let translator = Translator(read, threadCount: 1)
        XCTAssertEqual(
            try translator.translate(texts, to: "de"),
            try Translator(LoadedModel(contentsOf: copy), threadCount: 1).translate(texts, to: "de")
        )
    }

    func testWritingReplacesAndLeavesNothingBehind() throws {
        try TinyModel.loaded(seed: 8).write(to: folder)
        XCTAssertEqual(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted(),
            ["card.json", "config.json", "model.safetensors", "tokenizer.json"])
        let written = try LoadedModel(contentsOf: folder)
        let other = try TinyModel.loaded()
        XCTAssertNotEqual(
            written.parameters.all.elements.map(Float16.init),
            other.parameters.all.elements.map(Float16.init))
        withExtendedLifetime((written, other)) {}
    }

    func testWeightsThatAreNotFiniteAreNotWritten() throws {
        let before = try Data(contentsOf: file("model.safetensors"))
        let loaded = try TinyModel.loaded()
        loaded.parameters.all.elements[9] = .nan
        XCTAssertThrowsError(try loaded.write(to: folder)) { error in
            XCTAssertEqual((error as? ModelError)?.kind, .unwritable)
            let path = file("model.safetensors").path
            XCTAssertTrue("\(error)".hasPrefix(path + ": not written"), "\(error)")
        }
        XCTAssertEqual(try Data(contentsOf: file("model.safetensors")), before)
        XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder.path).count, 4)
    }

    func testAFolderThatCannotBeMadeIsNamed() throws {
        let inFile = file("card.json").appendingPathComponent("model")
        XCTAssertThrowsError(try TinyModel.loaded().write(to: inFile)) { error in
            XCTAssertEqual((error as? ModelError)?.kind, .unwritable)
            XCTAssertTrue("\(error)".hasPrefix(inFile.path + ": "), "\(error)")
        }
    }

    func testALanguageIdentifierIsOptional() throws {
        XCTAssertNil(try LoadedModel(contentsOf: folder).languageIdentifier)
        let name = "language_identifier.safetensors"
        let identifier = LanguageIdentifier(
            languages: ["de", "en"],
            weights: Array(repeating: 1, count: 3 * LanguageFeatures.bucketCount), temperature: 1)
        try identifier.write(to: file(name))
        let loaded = try LoadedModel(contentsOf: folder)
        XCTAssertEqual(loaded.languageIdentifier, identifier)
        try FileManager.default.removeItem(at: file(name))
        try loaded.write(to: folder)
        XCTAssertEqual(try LoadedModel(contentsOf: folder).languageIdentifier, identifier)
        try Data("garbage!".utf8).write(to: file(name))
        assertFails(name, "no language identifier")
    }

    func testAMissingFolder() throws {
        try FileManager.default.removeItem(at: folder)
        assertFails("", "no such model folder", kind: .missing)
        try Data("text".utf8).write(to: folder)
        assertFails("", "not a folder", kind: .missing)
    }

    func testAMissingFile() throws {
        for name in ["config.json", "tokenizer.json", "model.safetensors", "card.json"] {
            let data = try Data(contentsOf: file(name))
            try FileManager.default.removeItem(at: file(name))
            assertFails(name, "missing", kind: .missing)
            try data.write(to: file(name))
        }
    }

    func testGarbage() throws {
        for name in ["config.json", "tokenizer.json", "model.safetensors", "card.json"] {
            let data = try Data(contentsOf: file(name))
            for garbage in ["", "{", "[]", "{\"a\": 1}", "\u{0}\u{1}\u{2}garbage garbage garbage"] {
                try Data(garbage.utf8).write(to: file(name))
                assertFails(name, "")
            }
            try data.write(to: file(name))
        }
    }

    func testATruncatedWeightFile() throws {
        let data = try Data(contentsOf: file("model.safetensors"))
        for count in [0, 7, 8, 100, data.count / 2, data.count - 1] {
            try data.prefix(count).write(to: file("model.safetensors"))
            assertFails("model.safetensors", "model again")
        }
    }

    func testAConfigurationOfAnotherModel() throws {
        let name = "config.json"
        let text = try String(contentsOf: file(name), encoding: .utf8)
        let changes = [
            ("\"model_dimension\" : 24", "\"model_dimension\" : 12", "model.safetensors", "shape"),
            (
                "\"feed_forward_dimension\" : 40", "\"feed_forward_dimension\" : 60000",
                "model.safetensors", "cannot hold"
            ),
            (
                "\"encoder_layer_count\" : 2", "\"encoder_layer_count\" : 1", "model.safetensors",
                "does not belong"
            ),
            ("\"vocabulary_size\" : 380", "\"vocabulary_size\" : 381", "tokenizer.json", "381"),
            ("\"en\"", "\"fr\"", "tokenizer.json", "languages"),
            ("\"version\" : 2", "\"version\" : 99", name, "version is 99"),
            ("\"head_count\" : 3", "\"head_count\" : 5", name, "head_count 5"),
            ("\"head_count\" : 3", "\"head_count\" : \"3\"", name, "head_count"),
            ("\"head_count\"", "\"heads\"", name, "head_count is missing"),
            ("\"maximum_length\" : 48", "\"maximum_length\" : -1", name, "maximum_length is -1"),
        ]
        for (old, new, culprit, words) in changes {
            try edit(name, old, new)
            // The card names the number of parameters, too, and is looked at first.
            try edit("card.json", "\"parameters\"", "\"parameters_then\"")
            assertFails(culprit, words)
            try edit("card.json", "\"parameters_then\"", "\"parameters\"")
            try text.write(to: file(name), atomically: true, encoding: .utf8)
        }
        XCTAssertNoThrow(try LoadedModel(contentsOf: folder))
    }

    func testATokenizerOfAnotherModel() throws {
        try TinyModel.tokenizer(languages: ["de", "fr"]).write(to: file("tokenizer.json"))
        assertFails("tokenizer.json", "languages")
    }

    func testACardOfAnotherModel() throws {
        try edit("card.json", "\"en\"", "\"fr\"")
        assertFails("card.json", "languages")
        try edit("card.json", "\"fr\"", "\"en\"")
        try edit("card.json", "\"neutral\"", "\"so-so\"")
        assertFails("card.json", "labels")
        try edit("card.json", "\"so-so\"", "\"neutral\"")
        let count = try TinyModel.loaded().model.layout.count
        try edit("card.json", "\"parameters\" : \(count)", "\"parameters\" : 5")
        assertFails("card.json", "parameters is 5")
    }

    func testAWeightThatIsNotFinite() throws {
        var data = try Data(contentsOf: file("model.safetensors"))
        data.replaceSubrange(data.count - 2..<data.count, with: [0x00, 0x7E])
        try data.write(to: file("model.safetensors"))
        assertFails("model.safetensors", "not finite")
    }

    func testWeightsOfAnotherType() throws {
        let name = "model.safetensors"
        var data = try Data(contentsOf: file(name))
        let range = try XCTUnwrap(data.range(of: Data("\"F16\"".utf8)))
        data.replaceSubrange(range, with: Data("\"I16\"".utf8))
        try data.write(to: file(name))
        assertFails(name, "I16")
    }
}
