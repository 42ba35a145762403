import Foundation
import Kernels
import Transformer
import XCTest

@testable import Inference

final class ModelAverageTests: XCTestCase {
    private var folder: URL!

    override func setUpWithError() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("mtl-nlp-\(UUID().uuidString)")
    }

    override func tearDownWithError() throws { try? FileManager.default.removeItem(at: folder) }

    private func write(_ model: LoadedModel, as name: String) throws -> URL {
        let url = folder.appendingPathComponent(name)
        try model.write(to: url)
        return url
    }

    func testTheWeightsAreTheMean() throws {
        let urls = [
            try write(TinyModel.loaded().calibrated(temperature: 2, record: nil), as: "a"),
            try write(TinyModel.loaded(seed: 22), as: "b"),
        ]
        let models = try urls.map { try LoadedModel(contentsOf: $0) }
        let average = try ModelAverage(urls, weights: [3, 1]).model
        for index in 0..<average.parameters.all.count {
            XCTAssertEqual(
                average.parameters.all.data[index],
                0.75 * models[0].parameters.all.data[index]
                    + 0.25 * models[1].parameters.all.data[index], accuracy: 1e-6)
        }
        XCTAssertNil(average.model.configuration.sentimentTemperature)
        let origins = try XCTUnwrap(average.card.averagedFrom)
        XCTAssertEqual(origins.map(\.weight), [0.75, 0.25])
        XCTAssertEqual(
            origins.map(\.sha256),
            try urls.map { url in
                try XCTUnwrap(LoadedModel(contentsOf: url).card.checksums?["model.safetensors"])
            })
        XCTAssertEqual(average.card.corpora, models[0].card.corpora)
        XCTAssertEqual(average.card.scores, [])
        // What is written is a sound model folder.
        let output = try write(average, as: "mean")
        let verification = try ModelVerification(of: output)
        XCTAssert(verification.hasChecksums && verification.hasSelfTest)
        XCTAssertEqual(try LoadedModel(contentsOf: output).card.averagedFrom, origins)
    }

    func testAModelWithItselfIsTheModel() throws {
        let url = try write(TinyModel.loaded(), as: "a")
        let original = try LoadedModel(contentsOf: url)
        let average = try ModelAverage([url, url]).model
        for index in 0..<average.parameters.all.count {
            XCTAssertEqual(
                average.parameters.all.data[index], original.parameters.all.data[index])
        }
    }

    func testOtherModelsAreRefused() throws {
        let first = try write(TinyModel.loaded(), as: "a")
        let second = try write(TinyModel.loaded(maximumLength: 60), as: "b")
        XCTAssertThrowsError(try ModelAverage([first, second])) { error in
            XCTAssertEqual(
                "\(error)",
                "\(second.path): maximum_length of config.json is 60, not the 48 of \(first.path); "
                    + "only models of one kind have a mean")
            XCTAssertEqual((error as? ModelError)?.kind, .malformed)
        }
    }

    /// Several times: the order in which keys of a dictionary come is another each time.
    func testEqualModelsAreAveragedWhateverTheyAreMadeOf() throws {
        let sharing = EncoderSharing(.mixed, ownLayerCount: 1)
        let pooling = TokenPooling(.hardAttention, topK: 2)
        let urls = [
            try write(TinyModel.loaded(sharing: sharing, pooling: pooling), as: "a"),
            try write(TinyModel.loaded(seed: 22, sharing: sharing, pooling: pooling), as: "b"),
        ]
        for _ in 0..<10 { XCTAssertNoThrow(try ModelAverage(urls)) }
        let other = try write(
            TinyModel.loaded(sharing: sharing, pooling: TokenPooling(.hardAttention, topK: 3)),
            as: "c")
        for _ in 0..<10 {
            XCTAssertThrowsError(try ModelAverage([urls[0], other])) { error in
                XCTAssertEqual(
                    "\(error)",
                    "\(other.path): pooling of config.json is {\"method\":\"hard_attention\","
                        + "\"top_k\":3}, not the {\"method\":\"hard_attention\",\"top_k\":2} of "
                        + "\(urls[0].path); only models of one kind have a mean")
            }
        }
    }

    func testWhatIsLeftOutIsWhatItMeans() throws {
        let urls = [
            try write(TinyModel.loaded(), as: "a"),
            try write(TinyModel.loaded(seed: 22, sharing: .hard, pooling: .meanMax), as: "b"),
        ]
        XCTAssertNoThrow(try ModelAverage(urls))
    }
}
