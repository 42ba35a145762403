import XCTest

@testable import Kernels

/// Layer normalisation of every instruction set against the reference.
///
/// Error bounds, for N columns and u the unit roundoff: the mean is off by `(N + 1) u mean |x|`, the reciprocal deviation r
/// by the relative error `(N / 2 + 6) u`, so a normalised element n by `e = u (r (N + 2) mean |x| + (N / 2 + 8) |n|)`.
final class LayerNormTests: XCTestCase {
    private struct Row {
        let x: [Float]
        let dy: [Float]
        let normalized: [Double]
        let reciprocal: Double
        /// The error of each normalised element.
        let errors: [Double]

        init(_ x: [Float], _ dy: [Float]) {
            self.x = x
            self.dy = dy
            let (normalized, _, reciprocal) = Reference.normalize(x.doubles)
            self.normalized = normalized
            self.reciprocal = reciprocal
            let count = Double(x.count)
            let mean = x.magnitudes.reduce(0, +) / count
            errors = normalized.map {
                unitRoundoff * (reciprocal * (count + 2) * mean + (count / 2 + 8) * abs($0))
            }
        }
    }

    private struct Case {
        let columns: Int
        let gamma: [Float]
        let beta: [Float]
        let rows: [Row]

        /// - Parameter shift: the mean of `x`, whose elements are within 1 of it.
        init(columns: Int, rowCount: Int = 7, shift: Float = 0, seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            self.columns = columns
            gamma = generator.floats(columns, in: 0.5...1.5)
            beta = generator.floats(columns)
            rows = (0..<rowCount).map { _ in
                Row(
                    generator.floats(columns, in: shift - 1...shift + 1),
                    generator.floats(columns))
            }
        }

        var x: [Float] { rows.flatMap(\.x) }
        var dy: [Float] { rows.flatMap(\.dy) }
    }

    private var cases: [Case] {
        oddSizes.enumerated().flatMap { index, columns in
            [Float(0), 3, -1000].map {
                Case(columns: columns, shift: $0, seed: UInt64(index))
            }
        }
    }

    func testForwardAgreesWithReference() {
        for it in cases {
            let expected = it.rows.flatMap {
                Reference.layerNorm($0.x.doubles, gamma: it.gamma.doubles, beta: it.beta.doubles)
            }
            let errors = it.rows.flatMap(\.errors)
            let bounds = expected.indices.map { index in
                let column = index % it.columns
                return Double(it.gamma[column]) * errors[index]
                    + unitRoundoff * (2 * abs(expected[index]) + 2 * Double(abs(it.beta[column])))
            }
            for set in instructionSets {
                var y = [Float](repeating: .nan, count: it.x.count)
                var statistics = [Float](repeating: .nan, count: 2 * it.rows.count)
                set.kernels.layerNormForward(
                    it.rows.count, it.columns, it.x, it.gamma, it.beta, &y, &statistics)
                assertClose(y, expected, within: bounds, "\(set.rawValue) \(it.columns) columns")
            }
        }
    }

    func testBackwardAgreesWithReference() {
        for it in cases {
            for set in instructionSets {
                let kernels = set.kernels
                var y = it.x
                var statistics = [Float](repeating: .nan, count: 2 * it.rows.count)
                kernels.layerNormForward(
                    it.rows.count, it.columns, it.x, it.gamma, it.beta, &y, &statistics)
                var generator = SeededGenerator(seed: 5)
                let before = generator.floats(it.x.count)
                let parametersBefore = generator.floats(it.columns)
                var dx = before
                var (dgamma, dbeta) = (parametersBefore, parametersBefore)
                kernels.layerNormBackward(
                    it.rows.count, it.columns, it.dy, it.x, statistics, it.gamma, &dx, &dgamma,
                    &dbeta)
                let name = "\(set.rawValue) \(it.columns) columns"
                assertInput(dx, before, it, name)
                assertParameters(dgamma, dbeta, parametersBefore, it, name)
            }
        }
    }

    /// With g = dy gamma, `dx = r (g - mean g - n mean(g n))` is off by the error of each n and of r and by N + 16
    /// roundings of the terms' magnitudes.
    private func assertInput(_ dx: [Float], _ before: [Float], _ it: Case, _ name: String) {
        var expected: [Double] = []
        var bounds: [Double] = []
        let count = Double(it.columns)
        for row in it.rows {
            expected +=
                Reference.layerNormBackward(
                    row.dy.doubles, x: row.x.doubles, gamma: it.gamma.doubles
                ).dx
            let g = zip(row.dy, it.gamma).map { Double(abs($0 * $1)) }
            let meanG = g.reduce(0, +) / count
            let meanGN = zip(g, row.normalized).reduce(0) { $0 + $1.0 * abs($1.1) } / count
            let meanGE = zip(g, row.errors).reduce(0) { $0 + $1.0 * $1.1 } / count
            bounds += g.indices.map {
                let n = abs(row.normalized[$0])
                let rounding = (1.5 * count + 24) * unitRoundoff * (g[$0] + meanG + n * meanGN)
                return row.reciprocal * (rounding + row.errors[$0] * meanGN + n * meanGE)
            }
        }
        assertClose(
            dx, zip(before, expected).map { Double($0) + $1 },
            within: zip(zip(before, expected), bounds).map {
                2 * unitRoundoff * (Double(abs($0.0)) + abs($0.1)) + $1
            }, "dx, \(name)")
    }

    private func assertParameters(
        _ dgamma: [Float], _ dbeta: [Float], _ before: [Float], _ it: Case, _ name: String
    ) {
        let unit = Double(it.rows.count + 4) * unitRoundoff
        var (gamma, gammaBounds) = (before.doubles, before.magnitudes.map { $0 * unit })
        var (beta, betaBounds) = (gamma, gammaBounds)
        for row in it.rows {
            for column in 0..<it.columns {
                let dy = Double(row.dy[column])
                gamma[column] += dy * row.normalized[column]
                gammaBounds[column] +=
                    abs(dy) * (unit * abs(row.normalized[column]) + row.errors[column])
                beta[column] += dy
                betaBounds[column] += unit * abs(dy)
            }
        }
        assertClose(dgamma, gamma, within: gammaBounds, "dgamma, \(name)")
        assertClose(dbeta, beta, within: betaBounds, "dbeta, \(name)")
    }

    func testThreadsDoNotChangeBits() {
        let it = Case(columns: 65, rowCount: 200, seed: 9)
        assertSameBitsForAllThreadCounts("layer normalisation") { workspace in
            let arena = workspace.arena
            let x = arena.matrix(it.x, columns: it.columns)
            let gamma = arena.matrix(it.gamma, columns: it.columns)
            let beta = arena.matrix(it.beta, columns: it.columns)
            let y = arena.matrix(x.rows, x.columns)
            let statistics = arena.matrix(x.rows, 2)
            layerNorm(
                x, gamma: gamma.data, beta: beta.data, into: y, statistics: statistics,
                workspace: workspace)
            let dx = arena.zeros(x.rows, x.columns)
            let dgamma = arena.zeros(1, x.columns)
            let dbeta = arena.zeros(1, x.columns)
            layerNormBackward(
                arena.matrix(it.dy, columns: it.columns), x: x, statistics: statistics,
                gamma: gamma.data, into: dx, dgamma: dgamma.data, dbeta: dbeta.data,
                workspace: workspace)
            return [y.array, statistics.array, dx.array, dgamma.array, dbeta.array]
        }
    }

    /// The gradients of the parameters are sums over all blocks of rows.
    func testRowsOfManyBlocks() {
        let it = Case(columns: 65, rowCount: 200, seed: 9)
        let workspace = Workspace(threadCount: 2)
        let arena = workspace.arena
        let x = arena.matrix(it.x, columns: it.columns)
        let gamma = arena.matrix(it.gamma, columns: it.columns)
        let statistics = arena.matrix(x.rows, 2)
        layerNorm(
            x, gamma: gamma.data, beta: arena.matrix(it.beta, columns: it.columns).data,
            into: arena.matrix(x.rows, x.columns), statistics: statistics, workspace: workspace)
        let dx = arena.zeros(x.rows, x.columns)
        let (dgamma, dbeta) = (arena.zeros(1, x.columns), arena.zeros(1, x.columns))
        layerNormBackward(
            arena.matrix(it.dy, columns: it.columns), x: x, statistics: statistics,
            gamma: gamma.data, into: dx, dgamma: dgamma.data, dbeta: dbeta.data,
            workspace: workspace)
        let zeros = [Float](repeating: 0, count: it.dy.count)
        assertInput(dx.array, zeros, it, "200 rows")
        assertParameters(
            dgamma.array, dbeta.array, Array(zeros.prefix(it.columns)), it, "200 rows")
    }

    func testRowDoesNotDependOnItsNeighbours() {
        let it = Case(columns: 33, rowCount: 130, seed: 10)
        func normalized(_ x: [Float]) -> [Float] {
            let workspace = Workspace(threadCount: 2)
            let x = workspace.arena.matrix(x, columns: it.columns)
            let y = workspace.arena.matrix(x.rows, x.columns)
            layerNorm(
                x, gamma: workspace.arena.matrix(it.gamma, columns: it.columns).data,
                beta: workspace.arena.matrix(it.beta, columns: it.columns).data, into: y,
                statistics: workspace.arena.matrix(x.rows, 2), workspace: workspace)
            return y.array
        }
        let all = normalized(it.x)
        for row in [0, 63, 64, 129] {
            XCTAssertTrue(
                normalized(it.rows[row].x).bits
                    == Array(all[row * it.columns..<(row + 1) * it.columns]).bits, "row \(row)")
        }
    }
}
