import Kernels
import Tokenization
import Transformer
import XCTest

@testable import Inference

/// Decoding token by token against the decoder's pass over the whole target.
final class DecoderStepTests: XCTestCase {
    private func sources(_ loaded: LoadedModel) -> [[TokenID]] {
        TinyModel.sentences.prefix(3).map {
            loaded.tokenizer.encode(loaded.tokenizer.normalizer.normalize($0))
        }
    }

    func testEveryStepHasTheBitsOfTheWholePass() throws {
        let loaded = try TinyModel.loaded()
        let sources = sources(loaded)
        var generator = SeededGenerator(seed: 3)
        let targets: [[TokenID]] = sources.map { _ in
            [1] + (0..<20).map { _ in TokenID(generator.next(below: 380)) }
        }
        for threadCount in [1, 3] {
            let workspace = Workspace(threadCount: threadCount)
            let pass = loaded.pass(workspace)
            let states = loaded.model.encoder(for: .translation).encode(Batch(sources), pass)
            let decoder = DecoderStep(loaded.model.decoder, states, cache: Arena(), pass)
            var prefixes = sources.indices.map { DecoderStep.Prefix(sentence: $0) }
            let expected = zip(sources, targets).map {
                TinyModel.logits(loaded, source: $0, target: $1)
            }
            for position in targets[0].indices {
                let mark = workspace.arena.mark
                let logits = loaded.model.logits(
                    decoder.states(
                        after: targets.map { $0[position] }, appendingTo: &prefixes), pass)
                for sentence in sources.indices {
                    let row = UnsafeBufferPointer(
                        start: logits.row(sentence), count: logits.columns)
                    XCTAssertEqual(Array(row), expected[sentence][position])
                }
                workspace.arena.release(to: mark)
            }
        }
    }

    func testBranchesShareTheirPast() throws {
        let loaded = try TinyModel.loaded()
        let source = sources(loaded)[0]
        let workspace = Workspace(threadCount: 1)
        let pass = loaded.pass(workspace)
        let states = loaded.model.encoder(for: .translation).encode(Batch([source]), pass)
        let decoder = DecoderStep(loaded.model.decoder, states, cache: Arena(), pass)
        var trunk = [DecoderStep.Prefix(sentence: 0)]
        _ = decoder.states(after: [1], appendingTo: &trunk)
        _ = decoder.states(after: [300], appendingTo: &trunk)
        var branches = [trunk[0], trunk[0], trunk[0]]
        let logits = loaded.model.logits(
            decoder.states(after: [310, 320, 330], appendingTo: &branches), pass)
        for (row, token) in [310, 320, 330].enumerated() {
            let expected = TinyModel.logits(
                loaded, source: source, target: [1, 300, TokenID(token)])[2]
            let actual = UnsafeBufferPointer(start: logits.row(row), count: logits.columns)
            XCTAssertEqual(Array(actual), expected)
        }
        XCTAssertEqual(trunk[0].count, 2)
        XCTAssertEqual(branches.map(\.count), [3, 3, 3])
    }
}
