import XCTest

@testable import Kernels

/// Attention of every instruction set against the reference, and over batches.
///
/// Error bounds, with u the unit roundoff and d the dimension: a score is off by at most `s = (d + 3) u scale sum |q| |k|`,
/// so a weight is off by the relative error `2 max s + (d' + 16) u` (d' the number of keys: the sum of exponentials; 16 u:
/// the exponential and the roundings around it). Context and gradients are sums of products; their errors are bounded by
/// the number of terms times u times the sum of the terms' magnitudes, besides that of the weights.
final class AttentionTests: XCTestCase {
    private struct Case {
        let queryCount: Int
        let keyCount: Int
        let dimension: Int
        let isCausal: Bool
        let queries: [Float]
        let keys: [Float]
        let values: [Float]
        let dcontext: [Float]

        init(
            queryCount: Int, keyCount: Int, dimension: Int, isCausal: Bool, spread: Float = 1,
            seed: UInt64
        ) {
            var generator = SeededGenerator(seed: seed)
            self.queryCount = queryCount
            self.keyCount = keyCount
            self.dimension = dimension
            self.isCausal = isCausal
            queries = generator.floats(queryCount * dimension, in: -spread...spread)
            keys = generator.floats(keyCount * dimension, in: -spread...spread)
            values = generator.floats(keyCount * dimension)
            dcontext = generator.floats(queryCount * dimension)
        }

        var scale: Float { 1 / Float(dimension).squareRoot() }

        func operands(_ convert: ([Float]) -> [Double]) -> Reference.AttentionOperands {
            Reference.AttentionOperands(
                queries: convert(queries), keys: convert(keys), values: convert(values),
                dimension: dimension, isCausal: isCausal)
        }

        /// The relative error of a weight.
        var weightError: Double {
            let products = Reference.product(
                queries.magnitudes,
                Reference.transpose(keys.magnitudes, rows: keyCount, columns: dimension),
                rows: queryCount, depth: dimension, columns: keyCount)
            let score = Double(dimension + 3) * unitRoundoff * Double(scale) * products.max()!
            return 2 * score + Double(keyCount + 16) * unitRoundoff
        }
    }

    private var cases: [(String, Case)] {
        var cases: [(String, Case)] = []
        for (index, length) in oddSizes.enumerated() {
            let dimension = oddSizes[(index * 2 + 1) % oddSizes.count]
            for isCausal in [false, true] {
                cases.append(
                    (
                        "length \(length), dimension \(dimension), causal \(isCausal)",
                        Case(
                            queryCount: length, keyCount: length, dimension: dimension,
                            isCausal: isCausal, seed: UInt64(index))
                    ))
            }
            cases.append(
                (
                    "7 queries, \(length) keys",
                    Case(
                        queryCount: 7, keyCount: length, dimension: 64, isCausal: false,
                        seed: UInt64(index))
                ))
        }
        // Scores in the thousands: the softmax must not overflow.
        cases.append(
            (
                "large scores",
                Case(
                    queryCount: 17, keyCount: 17, dimension: 33, isCausal: false, spread: 20,
                    seed: 99)
            ))
        return cases
    }

    private func forward(_ kernels: KernelTable, _ it: Case) -> (weights: [Float], context: [Float])
    {
        var weights = [Float](repeating: .nan, count: it.queryCount * it.keyCount)
        var context = [Float](repeating: .nan, count: it.queryCount * it.dimension)
        kernels.attentionForward(
            it.queryCount, it.keyCount, it.dimension, it.scale, it.isCausal, it.queries,
            it.dimension, it.keys, it.values, it.dimension, &weights, &context, it.dimension)
        return (weights, context)
    }

    func testForwardAgreesWithReference() {
        for (name, it) in cases {
            let expected = Reference.attention(it.operands(\.doubles))
            let error = it.weightError
            let magnitudes = Reference.product(
                expected.weights, it.values.magnitudes, rows: it.queryCount, depth: it.keyCount,
                columns: it.dimension)
            for set in instructionSets {
                let (weights, context) = forward(set.kernels, it)
                assertClose(
                    weights, expected.weights,
                    // exp(-87) stands for all that is smaller.
                    within: expected.weights.map { $0 * error + 2e-38 },
                    "\(set.rawValue) weights, \(name)")
                let bound = error + Double(it.keyCount + 1) * unitRoundoff
                assertClose(
                    context, expected.context, within: magnitudes.map { $0 * bound + 1e-35 },
                    "\(set.rawValue) context, \(name)")
            }
        }
    }

    func testBackwardAgreesWithReference() {
        for (name, it) in cases {
            for set in instructionSets {
                let (weights, _) = forward(set.kernels, it)
                var dqueries = [Float](repeating: .nan, count: it.queries.count)
                var dkeys = [Float](repeating: .nan, count: it.keys.count)
                var dvalues = dkeys
                var scratch = [Float](repeating: .nan, count: it.queryCount * it.keyCount)
                set.kernels.attentionBackward(
                    it.queryCount, it.keyCount, it.dimension, it.scale, it.isCausal, it.queries,
                    it.dimension, it.keys, it.values, it.dimension, weights, it.dcontext,
                    it.dimension, &dqueries, &dkeys, &dvalues, &scratch)
                let expected = Reference.attentionBackward(
                    it.dcontext.doubles, it.operands(\.doubles), weights: weights.doubles)
                let bounds = backwardBounds(it, weights: weights)
                let label = "\(set.rawValue), \(name)"
                assertClose(dqueries, expected.dqueries, within: bounds.dqueries, "dQ \(label)")
                assertClose(dkeys, expected.dkeys, within: bounds.dkeys, "dK \(label)")
                assertClose(dvalues, expected.dvalues, within: bounds.dvalues, "dV \(label)")
            }
        }
    }

    /// Bounds of the gradients: the number of terms of all sums involved times u times the sum of magnitudes, where
    /// `|dS| <= P (|dP| + sum P |dP|) scale` and `|dP| = |dO| |V|^T`.
    private func backwardBounds(
        _ it: Case, weights: [Float]
    ) -> (dqueries: [Double], dkeys: [Double], dvalues: [Double]) {
        let (q, k, d) = (it.queryCount, it.keyCount, it.dimension)
        let dweights = Reference.product(
            it.dcontext.magnitudes, Reference.transpose(it.values.magnitudes, rows: k, columns: d),
            rows: q, depth: d, columns: k)
        var dscores = [Double](repeating: 0, count: q * k)
        for i in 0..<q {
            let row = i * k..<(i + 1) * k
            let sum = row.reduce(0) { $0 + dweights[$1] * Double(weights[$1]) }
            for index in row {
                dscores[index] = Double(weights[index] * it.scale) * (dweights[index] + sum)
            }
        }
        let unit = Double(q + k + d + 8) * unitRoundoff
        return (
            Reference.product(dscores, it.keys.magnitudes, rows: q, depth: k, columns: d)
                .map { $0 * unit },
            Reference.product(
                Reference.transpose(dscores, rows: q, columns: k), it.queries.magnitudes, rows: k,
                depth: q, columns: d
            ).map { $0 * unit },
            Reference.product(
                Reference.transpose(weights.magnitudes, rows: q, columns: k),
                it.dcontext.magnitudes, rows: k, depth: q, columns: d
            ).map { $0 * unit }
        )
    }

    /// A step of decoding computes what the last row of causal attention does, bit for bit, wherever its rows stand: with few
    /// dimensions, and with as many as its main loop needs.
    func testStepEqualsForward() {
        for dimension in [20, 32, 64, 67, 130] { checkStep(headDimension: dimension) }
    }

    private func checkStep(headDimension dimension: Int) {
        var generator = SeededGenerator(seed: 11)
        let (length, headCount) = (33, 3)
        let width = headCount * dimension
        let queries = generator.floats(length * width)
        let keysAndValues = generator.floats(length * 2 * width)
        let attention = Attention(headCount: headCount, headDimension: dimension, isCausal: true)
        let workspace = Workspace(threadCount: 1)
        let segments = Segments(lengths: [length])
        let q = workspace.arena.matrix(queries, columns: width)
        let kv = workspace.arena.matrix(keysAndValues, columns: 2 * width)
        let context = workspace.arena.matrix(length, width)
        attention.forward(
            .init(queries: q, queryColumn: 0, keysAndValues: kv, keyColumn: 0, valueColumn: width),
            segments, segments,
            weights: workspace.arena.matrix(1, attention.weightCount(segments, segments)),
            into: context, workspace: workspace)
        let step = workspace.arena.matrix(1, width)
        let weights = workspace.arena.matrix(1, Attention.stepWeightCount(length))
        for position in 0..<length {
            let rows = (0...position).map { UnsafePointer(kv.row($0)) }
            rows.withUnsafeBufferPointer {
                attention.step(
                    query: q.row(position), rows: $0, keyColumn: 0, weights: weights.data,
                    into: step.data)
            }
            XCTAssertTrue(
                step.array.bits == context.rows(position..<position + 1).array.bits,
                "\(dimension) dimensions, position \(position)")
        }
    }

    private let lengths = [5, 1, 33, 17, 8]

    /// Self-attention over a batch: context, weights and the gradient of the operands.
    private func run(
        _ lengths: [Int], _ operands: [Float], _ dcontext: [Float], _ workspace: Workspace
    ) -> [[Float]] {
        let attention = Attention(headCount: 3, headDimension: 20, isCausal: true)
        let segments = Segments(lengths: lengths)
        func layout(_ matrix: Matrix) -> Attention.Operands {
            .init(
                queries: matrix, queryColumn: 0, keysAndValues: matrix, keyColumn: 60,
                valueColumn: 120)
        }
        let x = workspace.arena.matrix(operands, columns: 180)
        let dx = workspace.arena.zeros(x.rows, 180)
        let weights = workspace.arena.matrix(1, attention.weightCount(segments, segments))
        let context = workspace.arena.matrix(x.rows, 60)
        attention.forward(
            layout(x), segments, segments, weights: weights, into: context, workspace: workspace)
        attention.backward(
            workspace.arena.matrix(dcontext, columns: 60), layout(x), segments, segments,
            weights: weights, into: layout(dx), workspace: workspace)
        return [context.array, weights.array, dx.array]
    }

    func testThreadsDoNotChangeBits() {
        var generator = SeededGenerator(seed: 12)
        let rows = lengths.reduce(0, +)
        let operands = generator.floats(rows * 180)
        let dcontext = generator.floats(rows * 60)
        assertSameBitsForAllThreadCounts("attention") {
            run(lengths, operands, dcontext, $0)
        }
    }

    func testSentenceDoesNotDependOnItsBatch() {
        var generator = SeededGenerator(seed: 13)
        let segments = Segments(lengths: lengths)
        let operands = generator.floats(segments.total * 180)
        let dcontext = generator.floats(segments.total * 60)
        let batch = run(lengths, operands, dcontext, Workspace(threadCount: 2))
        for sentence in lengths.indices {
            let rows = segments.rows(of: sentence)
            func part(_ x: [Float], _ columns: Int) -> [Float] {
                Array(x[rows.lowerBound * columns..<rows.upperBound * columns])
            }
            let alone = run(
                [lengths[sentence]], part(operands, 180), part(dcontext, 60),
                Workspace(threadCount: 1))
            XCTAssertTrue(alone[0].bits == part(batch[0], 60).bits, "context of \(sentence)")
            XCTAssertTrue(alone[2].bits == part(batch[2], 180).bits, "gradient of \(sentence)")
        }
    }
}
