import XCTest

@testable import Kernels

/// Softmax and cross entropy of every instruction set against the reference.
///
/// Error bounds, for N columns, the largest logit m and u the unit roundoff: the exponential of `x - m` is off by the
/// relative error `(|x - m| + 5) u` (the subtraction's rounding grows with its result), the sum of exponentials by
/// `(N + 5 + sum p |x - m|) u`.
final class SoftmaxTests: XCTestCase {
    /// The relative error of the sum of exponentials.
    private func sumError(_ x: [Double], _ probabilities: [Double]) -> Double {
        let largest = x.max()!
        let spread = zip(x, probabilities).reduce(0) { $0 + $1.1 * (largest - $1.0) }
        return (Double(x.count) + 5 + spread) * unitRoundoff
    }

    private func probabilityBounds(_ x: [Double], _ probabilities: [Double]) -> [Double] {
        let largest = x.max()!
        let error = sumError(x, probabilities)
        return zip(x, probabilities).map {
            // exp(-87) stands for all that is smaller.
            $1 * ((largest - $0 + 9) * unitRoundoff + error) + 2e-38
        }
    }

    /// Logits of moderate and of large size, and with a large mean.
    private let ranges: [ClosedRange<Float>] = [-1...1, -30...30, -5000...5000, 995...1005]

    /// The exponential over all its arguments in softmax, of which it is given the logit less the largest: relative
    /// error at most 3e-7, and two roundings around it.
    func testExponential() {
        // Each row begins with 0, whose exponential is 1, and goes on with 32 neighbouring arguments.
        let (rows, columns) = (4096, 33)
        let last = Float(rows * (columns - 1) - 1)
        let x = (0..<rows).flatMap { row -> [Float] in
            [0] + (0..<columns - 1).map { -87 * Float(row * (columns - 1) + $0) / last }
        }
        for set in instructionSets {
            var y = x
            var logSums = [Float](repeating: .nan, count: rows)
            set.kernels.softmaxRows(rows, columns, &y, &logSums)
            let worst = x.indices.map { index in
                let one = Double(y[index / columns * columns])
                return abs(Double(y[index]) / one / exp(Double(x[index])) - 1)
            }.max()
            XCTAssertLessThan(worst ?? .infinity, 3e-7 + 2 * unitRoundoff, set.rawValue)
        }
    }

    func testSoftmaxAgreesWithReference() {
        var generator = SeededGenerator(seed: 1)
        for columns in oddSizes {
            for range in ranges {
                let rows = (0..<7).map { _ in generator.floats(columns, in: range) }
                let expected = rows.map { Reference.softmax($0.doubles) }
                for set in instructionSets {
                    var y = rows.flatMap { $0 }
                    var logSums = [Float](repeating: .nan, count: rows.count)
                    set.kernels.softmaxRows(rows.count, columns, &y, &logSums)
                    let name = "\(set.rawValue) \(columns) columns in \(range)"
                    assertClose(
                        y, expected.flatMap(\.probabilities),
                        within: zip(rows, expected).flatMap {
                            probabilityBounds($0.doubles, $1.probabilities)
                        }, name)
                    assertClose(
                        logSums, expected.map(\.logSum),
                        within: zip(rows, expected).map {
                            sumError($0.doubles, $1.probabilities)
                                + 3 * unitRoundoff * abs($1.logSum)
                        }, "\(name), logarithm")
                }
            }
        }
    }

    func testCrossEntropyAgreesWithReference() {
        var generator = SeededGenerator(seed: 2)
        for columns in oddSizes {
            for range in ranges {
                for smoothing in [Float(0), 0.1] {
                    let rows = (0..<7).map { _ in generator.floats(columns, in: range) }
                    let targets = rows.map { _ in Int32(generator.next(below: columns)) }
                    for set in instructionSets {
                        assertCrossEntropy(set, rows, targets, smoothing: smoothing)
                    }
                }
            }
        }
    }

    /// The loss is off by the errors of the logarithm, of the mean logit and of four roundings; the gradient by that of
    /// the probability and four roundings; both logit sizes and probabilities are at most the magnitudes used here.
    private func assertCrossEntropy(
        _ set: InstructionSet, _ rows: [[Float]], _ targets: [Int32], smoothing: Float
    ) {
        let scale: Float = 0.37
        let columns = rows[0].count
        var logits = rows.flatMap { $0 }
        var losses = [Float](repeating: .nan, count: 2 * rows.count)
        set.kernels.crossEntropyRows(
            rows.count, columns, &logits, targets, smoothing, scale, &losses)
        for (row, x) in rows.enumerated() {
            let name = "\(set.rawValue) \(columns) columns, smoothing \(smoothing), row \(row)"
            let target = Int(targets[row])
            let expected = Reference.crossEntropy(
                x.doubles, target: target, smoothing: Double(smoothing))
            let (probabilities, logSum) = Reference.softmax(x.doubles)
            let mean = x.magnitudes.reduce(0, +) / Double(columns)
            let sizes = abs(logSum) + mean + Double(abs(x[target]))
            let bound =
                sumError(x.doubles, probabilities)
                + unitRoundoff * (4 * sizes + Double(smoothing) * Double(columns) * mean)
            assertClose(
                [losses[2 * row], losses[2 * row + 1]], [expected.loss, expected.plain],
                within: [bound, bound], "\(name), loss")
            let errors = probabilityBounds(x.doubles, probabilities)
            assertClose(
                Array(logits[row * columns..<(row + 1) * columns]),
                expected.gradient.map { $0 * Double(scale) },
                within: x.indices.map {
                    let size = probabilities[$0] + Double(smoothing) + ($0 == target ? 1 : 0)
                    return Double(scale) * (errors[$0] + 4 * unitRoundoff * size)
                }, "\(name), gradient")
        }
    }

    func testDivergenceIsSeen() {
        for set in instructionSets {
            for columns in oddSizes {
                var logits = [Float](repeating: 1, count: columns)
                logits[columns / 2] = .nan
                var losses: [Float] = [0, 0]
                set.kernels.crossEntropyRows(1, columns, &logits, [0], 0.1, 1, &losses)
                XCTAssertTrue(losses[0].isNaN, "\(set.rawValue) \(columns) columns")
            }
        }
    }

    func testThreadsDoNotChangeBits() {
        var generator = SeededGenerator(seed: 3)
        let (rows, columns) = (130, 333)
        let logits = generator.floats(rows * columns, in: -10...10)
        let targets = (0..<rows).map { _ in Int32(generator.next(below: columns)) }
        assertSameBitsForAllThreadCounts("softmax and cross entropy") { workspace in
            let probabilities = workspace.arena.matrix(logits, columns: columns)
            let logSums = workspace.arena.matrix(rows, 1)
            softmax(probabilities, logSums: logSums.data, workspace: workspace)
            let gradient = workspace.arena.matrix(logits, columns: columns)
            let losses = workspace.arena.matrix(rows, 2)
            targets.withUnsafeBufferPointer {
                crossEntropy(
                    gradient, targets: $0.baseAddress!, smoothing: 0.1, scale: 0.01,
                    losses: losses, workspace: workspace)
            }
            return [probabilities.array, logSums.array, gradient.array, losses.array]
        }
    }
}
