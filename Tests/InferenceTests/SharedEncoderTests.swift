import Foundation
import Transformer
import XCTest

@testable import Inference

/// Models whose tasks do not share all of the encoder, and heads that pool in other ways than by default.
final class SharedEncoderTests: XCTestCase {
    private static let variants: [(sharing: EncoderSharing?, pooling: TokenPooling?)] = [
        (.hard, TokenPooling(.attention)),
        (EncoderSharing(.mixed, ownLayerCount: 1), nil),
        (EncoderSharing(.mixed, ownLayerCount: 2), TokenPooling(.hardAttention, topK: 2)),
        (EncoderSharing(.separate), TokenPooling(.hardAttention, threshold: 0.5)),
    ]

    private func loaded(
        _ variant: (sharing: EncoderSharing?, pooling: TokenPooling?),
        precision: InferencePrecision
    ) throws -> LoadedModel {
        try TinyModel.loaded(
            sharing: variant.sharing, pooling: variant.pooling, precision: precision)
    }

    func testBothAnswersAreThoseOfEachTaskAlone() throws {
        for variant in Self.variants {
            for precision in InferencePrecision.allCases {
                let loaded = try loaded(variant, precision: precision)
                let analyzer = TextAnalyzer(loaded, threadCount: 2, batchSize: 3)
                let texts = TinyModel.sentences
                let translation = TranslationRequest(to: "de")
                let both = try analyzer.answers(
                    texts,
                    AnswerRequest(translation: translation, sentiment: SentimentRequest()))
                let translated = try analyzer.answers(
                    texts, AnswerRequest(translation: translation))
                let classified = try analyzer.answers(
                    texts, AnswerRequest(sentiment: SentimentRequest()))
                XCTAssertEqual(both.map(\.translation), translated.map(\.translation), "\(variant)")
                XCTAssertEqual(both.map(\.sentiment), classified.map(\.sentiment), "\(variant)")
                let single = SentimentClassifier(loaded, threadCount: 1, batchSize: 1)
                XCTAssertEqual(both.map(\.sentiment?.scores), single.classify(texts), "\(variant)")
            }
        }
    }

    /// The folder gives the model back, and its self-test passes.
    func testFolders() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        for variant in Self.variants {
            let original = try loaded(variant, precision: .fp32)
            try original.write(to: folder)
            let read = try LoadedModel(contentsOf: folder)
            XCTAssertEqual(read.model.configuration, original.model.configuration)
            XCTAssertEqual(read.model.layout.slots, original.model.layout.slots)
            let verified = try ModelVerification(of: folder)
            XCTAssertEqual(verified.parameterCount, original.model.layout.count)
            XCTAssertTrue(verified.hasSelfTest)
            let description = try ModelDescription(contentsOf: folder)
            XCTAssertEqual(description.parameterCount, original.model.layout.count)
        }
    }

    /// A configuration of a model that shares more, or nonsense, is not that of the weights.
    func testTheConfigurationOfAnotherModel() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try TinyModel.loaded(sharing: EncoderSharing(.mixed, ownLayerCount: 1)).write(to: folder)
        let file = folder.appending(path: "config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        let changes = [
            ("\"own_layer_count\" : 1", "\"own_layer_count\" : 2", "parameters"),
            ("\"own_layer_count\" : 1", "\"own_layer_count\" : 3", "not between 1 and"),
            ("\"mixed\"", "\"separate\"", "sharing.own_layer_count belongs to mixed"),
            ("\"mixed\"", "\"soft\"", "sharing.method has an impossible value"),
        ]
        for (old, new, words) in changes {
            XCTAssertTrue(text.contains(old), text)
            try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
            XCTAssertThrowsError(try LoadedModel(contentsOf: folder)) { error in
                XCTAssertTrue("\(error)".contains(words), "\(error)")
            }
        }
    }
}
