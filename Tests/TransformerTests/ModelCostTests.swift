import XCTest

@testable import Transformer

final class ModelCostTests: XCTestCase {
    /// Counted by hand: a layer of the encoder has 4 · 64 + 2 · 8 · 12 multiply-adds in its matrices and 2 · 5 · 8 in its
    /// attention.
    private let layer = 256 + 192 + 80

    private func configuration(
        _ sharing: EncoderSharing, sentimentLayers: [Int]? = nil, pooling: TokenPooling? = nil
    ) -> ModelConfiguration {
        var configuration = tinyConfiguration
        configuration.sharing = sharing
        configuration.sentimentLayers = sentimentLayers
        configuration.pooling = pooling
        return configuration
    }

    func testMultiplyAdds() {
        let cost = ModelCost(configuration(.hard), sentenceLength: 5)
        XCTAssertEqual(cost.translationEncoderToken, 2 * layer)
        XCTAssertEqual(cost.sentimentEncoderToken, 2 * layer)
        XCTAssertEqual(cost.bothEncoderToken, 2 * layer)
        // Self-attention over 3 tokens on the average, cross-attention over 5, the vocabulary.
        let decoderLayer = 256 + 2 * 3 * 8 + 256 + 2 * 5 * 8 + 192
        XCTAssertEqual(cost.decoderToken, 2 * decoderLayer + 8 * 18)
        XCTAssertEqual(cost.headSentence, 5 * 8 + 16 * 8 + 8 * 3)
        XCTAssertEqual(cost.translation, 5 * (cost.translationEncoderToken + cost.decoderToken))
        XCTAssertEqual(cost.sentiment, 5 * cost.sentimentEncoderToken + cost.headSentence)
        XCTAssertEqual(cost.both, cost.translation + cost.headSentence)
    }

    func testTheHeadsCountWhatTheyRead() {
        let cost = ModelCost(
            configuration(.hard, sentimentLayers: [0, 1], pooling: TokenPooling(.attention)),
            sentenceLength: 5)
        XCTAssertEqual(cost.sentimentEncoderToken, layer)
        XCTAssertEqual(cost.headSentence, 2 * (2 * 5 * 8 + 8 * 8 + 8 * 3))
    }

    func testSharing() {
        let hard = ModelCost(configuration(.hard), sentenceLength: 5)
        let mixed = ModelCost(
            configuration(EncoderSharing(.mixed, ownLayerCount: 1)), sentenceLength: 5)
        let separate = ModelCost(configuration(EncoderSharing(.separate)), sentenceLength: 5)
        XCTAssertEqual(mixed.bothEncoderToken, 3 * layer)
        XCTAssertEqual(separate.bothEncoderToken, 4 * layer)
        for cost in [hard, mixed, separate] {
            XCTAssertEqual(cost.sentimentEncoderToken, 2 * layer)
            XCTAssertEqual(
                cost.parameters,
                cost.translationParameters + cost.sentimentParameters - cost.sharedParameters)
            XCTAssertEqual(cost.translationParameters, hard.translationParameters)
            XCTAssertEqual(cost.sentimentParameters, hard.sentimentParameters)
        }
        XCTAssertEqual(separate.sharedParameters, 0)
        XCTAssertGreaterThan(hard.sharedParameters, mixed.sharedParameters)
        XCTAssertEqual(
            hard.parameters, Model(configuration(.hard)).layout.count)
    }
}
