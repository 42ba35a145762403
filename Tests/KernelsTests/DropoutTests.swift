import XCTest

@testable import Kernels

final class DropoutTests: XCTestCase {
    private func applied(
        _ dropout: Dropout, _ x: [Float], addingTo y: [Float]? = nil, threadCount: Int = 1
    ) -> [Float] {
        let workspace = Workspace(threadCount: threadCount)
        let target = workspace.arena.matrix(1, x.count)
        dropout.apply(
            workspace.arena.matrix(x, columns: x.count),
            addingTo: y.map { workspace.arena.matrix($0, columns: x.count) }, into: target,
            workspace: workspace)
        return target.array
    }

    /// The mask of the reference exactly; what is kept within three roundings: of the scale, the product, the sum.
    func testKernelsAgreeWithReference() {
        var generator = SeededGenerator(seed: 1)
        for count in oddSizes {
            let x = generator.floats(count, in: 1...2)
            let y = generator.floats(count)
            for (rate, key, first) in [
                (Float(0.1), UInt32(7), UInt32(0)), (0.5, 0xFFFF_FFFF, 16_384),
                (0.9, 123_456_789, UInt32.max - 5),
            ] {
                let factor = 1 / (1 - Double(rate))
                let kept = x.indices.map { index in
                    Reference.keeps(
                        first &+ UInt32(index), key: key, rate: Double(rate))
                        ? Double(x[index]) * factor : 0
                }
                let threshold = UInt32(Double(rate) * 0x1p32)
                for set in instructionSets {
                    let name = "\(set.rawValue) \(count) elements, rate \(rate)"
                    var result = [Float](repeating: .nan, count: count)
                    set.kernels.dropout(
                        count, first, key, threshold, 1 / (1 - rate), x, nil, &result)
                    assertClose(
                        result, kept, within: kept.map { 3 * unitRoundoff * $0 }, name)
                    XCTAssertEqual(result.map { $0 != 0 }, kept.map { $0 != 0 }, name)
                    set.kernels.dropout(
                        count, first, key, threshold, 1 / (1 - rate), x, y, &result)
                    assertClose(
                        result, zip(y, kept).map { Double($0) + $1 },
                        within: zip(y, kept).map {
                            3 * unitRoundoff * (Double(abs($0)) + $1)
                        }, name + ", added")
                }
            }
        }
    }

    /// The end of a product with a residual connection, of a block inside a matrix: within four roundings of the reference,
    /// with the bits of bias, dropout and sum one after the other, and nothing beside the block is touched.
    func testEndOfAProductAgreesWithReference() {
        var generator = SeededGenerator(seed: 5)
        for (rows, columns) in oddSizes.flatMap({ rows in oddSizes.map { (rows, $0) } }) {
            let width = columns + 2
            let count = (rows + 1) * width
            let x = generator.floats(count), base = generator.floats(count)
            let bias = generator.floats(width)
            let isInside = x.indices.map { index in
                let (row, column) = index.quotientAndRemainder(dividingBy: width)
                return row >= 1 && 1...columns ~= column
            }
            for (rate, key) in [(Float(0), UInt32(0)), (0.1, 7), (0.5, 0xFFFF_FFFF)] {
                let dropout = Dropout(rate: rate, key: key)
                let ended = Reference.residual(
                    x.doubles, bias: bias.doubles, key: key, rate: Double(rate),
                    base: base.doubles)
                let expected = x.indices.map { isInside[$0] ? ended[$0] : Double(x[$0]) }
                let bounds = x.indices.map { index in
                    let sum = Double(abs(x[index]) + abs(bias[index % width]))
                    return 4 * unitRoundoff * (Double(abs(base[index])) + sum / (1 - Double(rate)))
                }
                for set in instructionSets {
                    let name = "\(set.rawValue) [\(rows), \(columns)], rate \(rate)"
                    var passes = x
                    set.kernels.addBias(rows + 1, width, &passes, width, bias, false)
                    set.kernels.dropout(
                        count, 0, key, dropout.threshold, dropout.scale, passes, base, &passes)
                    var result = x
                    result.withUnsafeMutableBufferPointer { c in
                        base.withUnsafeBufferPointer { base in
                            bias.withUnsafeBufferPointer { bias in
                                set.kernels.addBiasAndBase(
                                    rows, columns, c.baseAddress! + width + 1, width,
                                    bias.baseAddress! + 1, base.baseAddress! + width + 1,
                                    UInt32(width + 1), key, dropout.threshold, dropout.scale)
                            }
                        }
                    }
                    assertClose(result, expected, within: bounds, name)
                    XCTAssertTrue(
                        result.bits == x.indices.map { isInside[$0] ? passes[$0] : x[$0] }.bits,
                        name)
                }
            }
        }
    }

    /// The share of elements that are kept, its mean and the independence of neighbours and keys, within five standard
    /// deviations.
    func testMaskIsRandom() {
        let count = 1_000_000
        let ones = [Float](repeating: 1, count: count)
        for rate in [Float(0.1), 0.3, 0.5] {
            let masks = [UInt32(1), 2, 0x8000_0001].map { key in
                applied(Dropout(rate: rate, key: key), ones, threadCount: 2).map { $0 != 0 }
            }
            let keep = 1 - Double(rate)
            func assertShare(
                _ isCounted: (Int) -> Bool, _ probability: Double, _ what: String
            ) {
                let share = Double((0..<count - 1).count(where: isCounted)) / Double(count - 1)
                let deviation = (probability * (1 - probability) / Double(count)).squareRoot()
                XCTAssertEqual(share, probability, accuracy: 5 * deviation, "\(what), rate \(rate)")
            }
            for mask in masks {
                assertShare({ mask[$0] }, keep, "kept")
                assertShare({ mask[$0] && mask[$0 + 1] }, keep * keep, "kept with its neighbour")
            }
            for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                assertShare({ masks[a][$0] && masks[b][$0] }, keep * keep, "kept under two keys")
            }
            let mean =
                applied(Dropout(rate: rate, key: 1), ones).doubles.reduce(0, +)
                / Double(count)
            XCTAssertEqual(mean, 1, accuracy: 0.005)
        }
    }

    func testBackwardUsesTheMaskOfForward() {
        var generator = SeededGenerator(seed: 2)
        let dropout = Dropout(rate: 0.3, key: 42)
        let x = generator.floats(50_001, in: 1...2)
        let dy = generator.floats(50_001, in: 1...2)
        let y = applied(dropout, x, threadCount: 2)
        let dx = applied(
            dropout, dy, addingTo: [Float](repeating: 0, count: dy.count), threadCount: 1)
        XCTAssertEqual(y.map { $0 == 0 }, dx.map { $0 == 0 })
    }

    func testInPlace() {
        var generator = SeededGenerator(seed: 3)
        let x = generator.floats(1001)
        let dropout = Dropout(rate: 0.5, key: 9)
        let workspace = Workspace(threadCount: 1)
        let matrix = workspace.arena.matrix(x, columns: x.count)
        dropout.apply(matrix, into: matrix, workspace: workspace)
        XCTAssertEqual(matrix.array, applied(dropout, x))
    }

    func testThreadsDoNotChangeBits() {
        var generator = SeededGenerator(seed: 4)
        let x = generator.floats(100_003)
        let y = generator.floats(100_003)
        assertSameBitsForAllThreadCounts("dropout") { workspace in
            let dropout = Dropout(rate: 0.1, key: 77)
            return [
                applied(dropout, x, threadCount: workspace.threadCount),
                applied(dropout, x, addingTo: y, threadCount: workspace.threadCount),
            ]
        }
    }
}
