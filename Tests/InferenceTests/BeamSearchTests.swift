import Kernels
import Tokenization
import Transformer
import XCTest

@testable import Inference

/// The search over a batch, against the decoder's pass over whole targets.
final class BeamSearchTests: XCTestCase {
    private let startID: TokenID = 1

    private func sources(_ loaded: LoadedModel) -> [[TokenID]] {
        TinyModel.sentences.map {
            loaded.tokenizer.encode(loaded.tokenizer.normalizer.normalize($0))
        }
    }

    private func search(
        _ loaded: LoadedModel, _ sources: [[TokenID]], _ options: SearchOptions
    ) -> [[FinishedHypothesis]] {
        let scratch = Scratch()
        let pass = loaded.pass(scratch.workspace)
        let states = loaded.model.encoder(for: .translation).encode(Batch(sources), pass)
        return BeamSearch(Ensemble(loaded).members, startID: startID, options: options)
            .search([states], scratch)
    }

    func testABeamOfOneIsGreedy() throws {
        let loaded = try TinyModel.loaded()
        let vocabulary = loaded.tokenizer.vocabulary
        let sources = sources(loaded)
        let found = search(loaded, sources, SearchOptions(beamSize: 1, maximumLength: 12))
        for (source, finished) in zip(sources, found) {
            var expected: [TokenID] = []
            while expected.count < 11 {
                let next =
                    TinyModel.logits(loaded, source: source, target: [startID] + expected)
                    .last ?? []
                let token = next.indices
                    .filter { $0 == 0 || !vocabulary.isSpecial(TokenID($0)) }
                    .reduce(0) { next[$1] > next[$0] ? $1 : $0 }
                if token == 0 { break }
                expected.append(TokenID(token))
            }
            XCTAssertEqual(finished.map(\.tokens), [expected])
        }
        // The model is of use for these tests: some translations end early, some do not, they differ.
        let lengths = Set(found.map { $0[0].length })
        XCTAssertGreaterThan(lengths.count, 2)
    }

    func testAWideBeamFindsAllTranslationsOfTwoTokens() throws {
        let loaded = try TinyModel.loaded()
        let vocabulary = loaded.tokenizer.vocabulary
        let source = sources(loaded)[0]
        let options = SearchOptions(beamSize: 400, maximumLength: 2, alternativeCount: 400)
        let found = search(loaded, [source], options)[0]
        let first = TinyModel.logProbabilities(loaded, source: source, prefix: [startID])
        var expected: [[TokenID]: Float] = [[]: first[0]]
        for token in 0..<TokenID(vocabulary.count) where !vocabulary.isSpecial(token) {
            let second = TinyModel.logProbabilities(
                loaded, source: source, prefix: [startID, token])
            expected[[token]] = first[Int(token)] + second[0]
        }
        XCTAssertEqual(Set(found.map(\.tokens)), Set(expected.keys))
        for hypothesis in found {
            XCTAssertEqual(
                hypothesis.logProbability, try XCTUnwrap(expected[hypothesis.tokens]),
                accuracy: 1e-4)
        }
        XCTAssertEqual(found.map(\.rankingScore), found.map(\.rankingScore).sorted(by: >))
    }

    func testScoresAreTheLogProbabilitiesOfTheTokens() throws {
        let loaded = try TinyModel.loaded()
        let source = sources(loaded)[2]
        for hypothesis in search(loaded, [source], SearchOptions(alternativeCount: 3))[0] {
            var expected: Float = 0
            var prefix = [startID]
            for token in hypothesis.tokens + [0] {
                expected +=
                    TinyModel.logProbabilities(loaded, source: source, prefix: prefix)[
                        Int(token)]
                prefix.append(token)
            }
            XCTAssertEqual(hypothesis.logProbability, expected, accuracy: 1e-3)
        }
    }

    func testNeighboursChangeNothing() throws {
        for precision in InferencePrecision.allCases {
            let loaded = try TinyModel.loaded(precision: precision)
            let sources = sources(loaded)
            let together = search(loaded, sources, SearchOptions())
            for (source, expected) in zip(sources, together) {
                XCTAssertEqual(search(loaded, [source], SearchOptions())[0], expected)
            }
        }
    }

    func testAMinimumLengthIsReached() throws {
        let loaded = try TinyModel.loaded()
        for beamSize in [1, 4] {
            var options = SearchOptions(beamSize: beamSize, maximumLength: 9)
            let free = search(loaded, sources(loaded), options)
            XCTAssertTrue(free.contains { $0[0].length < 9 })
            options.minimumLength = 9
            let forced = search(loaded, sources(loaded), options)
            XCTAssertTrue(forced.allSatisfy { $0.allSatisfy { $0.length == 9 } })
        }
    }
}
