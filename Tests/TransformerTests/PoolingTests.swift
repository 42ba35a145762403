import Kernels
import XCTest

@testable import Transformer

final class PoolingTests: XCTestCase {
    private static let rules = [
        TokenPooling(.mean), TokenPooling(.max), TokenPooling(.meanMax), TokenPooling(.attention),
        TokenPooling(.hardAttention, topK: 1), TokenPooling(.hardAttention, topK: 3),
        TokenPooling(.hardAttention, topK: 100), TokenPooling(.hardAttention, threshold: 0.4),
        TokenPooling(.hardAttention, threshold: 1),
    ]

    private func pooling(
        _ rule: TokenPooling, dimension: Int = 8
    ) -> (pooling: Pooling, layout: ParameterLayout) {
        var configuration = tinyConfiguration
        configuration.modelDimension = dimension
        configuration.pooling = rule
        var layout = ParameterLayout()
        let pooling = Pooling("pooling", configuration, in: &layout)
        return (pooling, layout)
    }

    /// What comes of the states of one sentence.
    private func pooled(_ rule: TokenPooling, _ states: [[Float]], query: [Float] = []) -> [Float] {
        let dimension = states[0].count
        let (pooling, layout) = pooling(rule, dimension: dimension)
        let parameters = Parameters(layout)
        for (index, value) in query.enumerated() where layout.count > 0 {
            parameters.all.elements[index] = value
        }
        let workspace = Workspace(threadCount: 1)
        let pass = Pass(parameters, workspace: workspace)
        let matrix = workspace.arena.matrix(states.count, dimension)
        for (index, value) in states.joined().enumerated() { matrix.data[index] = value }
        let segments = Segments(lengths: [states.count])
        return withExtendedLifetime(workspace) {
            Array(pooling.forward(matrix, segments, pass).pooled.elements)
        }
    }

    private func assertEqual(
        _ actual: [Float], _ expected: [Float], accuracy: Float = 1e-6, line: UInt = #line
    ) {
        XCTAssertEqual(actual.count, expected.count, line: line)
        for (a, b) in zip(actual, expected) {
            XCTAssertEqual(a, b, accuracy: accuracy, line: line)
        }
    }

    private let states: [[Float]] = [[1, 4], [3, 0], [2, 2]]

    func testMeanAndMaximum() {
        assertEqual(pooled(TokenPooling(.mean), states), [2, 2])
        assertEqual(pooled(TokenPooling(.max), states), [3, 4])
        assertEqual(pooled(TokenPooling(.meanMax), states), [2, 2, 3, 4])
        // What is no number is seen, wherever it stands.
        for states: [[Float]] in [[[1, 2], [.nan, 4]], [[.nan, 2], [1, 4]]] {
            let maximum = pooled(TokenPooling(.max), states)
            XCTAssertTrue(maximum[0].isNaN)
            XCTAssertEqual(maximum[1], 4)
        }
    }

    /// The scores are ln 1, ln 3 and ln 2, so that the weights are 1/6, 3/6 and 2/6.
    func testAttention() {
        let states: [[Float]] = [[0, 6], [logf(3), 12], [logf(2), 18]]
        func y(_ rule: TokenPooling) -> Float { pooled(rule, states, query: [1, 0])[1] }
        XCTAssertEqual(y(TokenPooling(.attention)), 13, accuracy: 1e-5)
        XCTAssertEqual(y(TokenPooling(.hardAttention, topK: 1)), 12, accuracy: 1e-5)
        XCTAssertEqual(y(TokenPooling(.hardAttention, topK: 2)), 14.4, accuracy: 1e-5)
        XCTAssertEqual(y(TokenPooling(.hardAttention, topK: 3)), 13, accuracy: 1e-5)
        XCTAssertEqual(y(TokenPooling(.hardAttention, threshold: 0.3)), 13, accuracy: 1e-5)
        XCTAssertEqual(y(TokenPooling(.hardAttention, threshold: 0.5)), 14.4, accuracy: 1e-5)
        XCTAssertEqual(y(TokenPooling(.hardAttention, threshold: 0.9)), 12, accuracy: 1e-5)
    }

    /// Of equal scores the first tokens stay, and all of them reach a threshold.
    func testTies() {
        let states: [[Float]] = [[0, 1], [5, 2], [5, 4], [5, 8]]
        func y(_ rule: TokenPooling) -> Float { pooled(rule, states, query: [1, 0])[1] }
        XCTAssertEqual(y(TokenPooling(.hardAttention, topK: 1)), 2)
        XCTAssertEqual(y(TokenPooling(.hardAttention, topK: 2)), 3)
        XCTAssertEqual(y(TokenPooling(.hardAttention, threshold: 1)), 14 / 3, accuracy: 1e-6)
    }

    /// The state of the only token is the result.
    func testOneToken() {
        for rule in Self.rules {
            let expected: [Float] = rule.method == .meanMax ? [-3, 7, -3, 7] : [-3, 7]
            assertEqual(pooled(rule, [[-3, 7]], query: [2, -1]), expected)
        }
    }

    /// Scores that would overflow without the greatest being taken off.
    func testLargeScores() {
        let states: [[Float]] = [[900, 1], [902, 2], [-900, 4]]
        for rule in Self.rules.dropFirst(3) {
            XCTAssertTrue(pooled(rule, states, query: [1, 0]).allSatisfy(\.isFinite), "\(rule)")
        }
    }

    /// With this seed the two greatest numbers of each column, and the scores at the borders of each choice, lie 0.05
    /// apart.
    func testGradients() {
        let segments = Segments(lengths: [5, 1, 2, 3])
        for rule in Self.rules {
            for dimension in [8, 10, 2] {
                let (pooling, layout) = pooling(rule, dimension: dimension)
                assertGradients(
                    layout, inputs: [(segments.total, dimension)], step: 0x1p-7, seed: 11881
                ) { it in
                    let (y, activations) = pooling.forward(it.inputs[0], segments, it.pass)
                    let (loss, dy) = it.weightedSum(y)
                    pooling.backward(
                        dy, activations, segments, into: it.dinputs[0], it.pass,
                        gradients: it.gradients)
                    return loss
                }
            }
        }
    }

    /// Through a whole model, with heads on several layers and dropout.
    func testGradientsOfAModel() {
        let source = Batch([[3, 17, 3, 9, 2], [5, 2], [11]])
        for rule in Self.rules {
            var configuration = tinyConfiguration
            configuration.sentimentLayers = [1, 2]
            configuration.pooling = rule
            let model = Model(configuration)
            assertGradients(model.layout, dropoutRate: 0.2, step: 0x1p-8) { it in
                let encoder = model.encoder(for: .sentiment)
                let (states, encoded) = encoder.forward(source, it.pass)
                let dstates = EncoderStateGradients(of: states, it.pass)
                var sum = 0.0
                for head in model.sentimentHeads {
                    let (logits, activations) = head.forward(states, it.pass)
                    let (loss, dlogits) = it.weightedSum(logits)
                    head.backward(
                        dlogits, activations, into: dstates, it.pass, gradients: it.gradients)
                    sum += loss
                }
                encoder.backward(dstates, encoded, it.pass, gradients: it.gradients)
                return sum
            }
        }
    }

    /// A sentence's row has the bits that it has alone, whatever its neighbours and the number of threads.
    func testNeighboursAndThreadsDoNotMatter() {
        let lengths = [7, 1, 30, 2, 8]
        let dimension = 34
        for rule in Self.rules {
            let (pooling, layout) = pooling(rule, dimension: dimension)
            let parameters = drawnParameters(layout, reluBias: 0, seed: 2)
            let segments = Segments(lengths: lengths)
            let arena = Arena()
            let states = arena.matrix(segments.total, dimension)
            var generator = SeededGenerator(seed: 8)
            for index in 0..<states.count {
                states.data[index] = Float(generator.nextUnit() - 0.5)
            }
            func bits(_ states: Matrix, _ segments: Segments, threadCount: Int) -> [UInt32] {
                let workspace = Workspace(threadCount: threadCount)
                let pass = Pass(parameters, workspace: workspace)
                return withExtendedLifetime(workspace) {
                    pooling.forward(states, segments, pass).pooled.elements.map(\.bitPattern)
                }
            }
            let together = bits(states, segments, threadCount: 3)
            XCTAssertEqual(bits(states, segments, threadCount: 1), together, "\(rule)")
            let alone = lengths.indices.flatMap { sentence in
                bits(
                    states.rows(segments.rows(of: sentence)),
                    Segments(lengths: [lengths[sentence]]), threadCount: 1)
            }
            XCTAssertEqual(alone, together, "\(rule)")
        }
    }

    func testAttentionHasAQuery() {
        var configuration = tinyConfiguration
        let before = Model(configuration).layout
        configuration.pooling = .meanMax
        XCTAssertEqual(Model(configuration).layout.slots, before.slots)
        configuration.pooling = TokenPooling(.attention)
        let added = Model(configuration).layout.slots.filter { slot in
            !before.slots.contains { $0.name == slot.name }
        }
        XCTAssertEqual(added.map(\.name), ["sentiment_head.pooling.query.weight"])
    }

    func testImpossiblePoolings() {
        func problem(_ pooling: TokenPooling) -> String? {
            var configuration = tinyConfiguration
            configuration.pooling = pooling
            return configuration.problem
        }
        for rule in Self.rules { XCTAssertNil(problem(rule)) }
        XCTAssertEqual(
            problem(TokenPooling(.mean, topK: 2)),
            "pooling.top_k belongs to hard_attention, not to mean")
        XCTAssertEqual(
            problem(TokenPooling(.hardAttention)), "pooling needs one of top_k and threshold")
        XCTAssertEqual(
            problem(TokenPooling(.hardAttention, topK: 2, threshold: 0.5)),
            "pooling needs one of top_k and threshold")
        XCTAssertEqual(
            problem(TokenPooling(.hardAttention, topK: 0)), "pooling.top_k is 0, not at least 1")
        XCTAssertEqual(
            problem(TokenPooling(.hardAttention, threshold: .nan)),
            "pooling.threshold is nan, not above 0 and at most 1")
    }
}
