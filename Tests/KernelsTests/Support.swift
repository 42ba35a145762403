import XCTest

@testable import Kernels

/// The sizes at which kernels are compared: around every vector width, tile and panel, and 1.
let oddSizes = [1, 7, 15, 17, 31, 33, 63, 64, 65]

/// The unit roundoff of `Float`, 2^-24: the most relative error of one operation.
let unitRoundoff = 0x1p-24

/// What this processor can run.
let instructionSets = InstructionSet.allCases.filter(\.isAvailable)

extension SeededGenerator {
    mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in
            range.lowerBound + Float(nextUnit()) * (range.upperBound - range.lowerBound)
        }
    }
}

extension Array where Element == Float {
    var doubles: [Double] { map(Double.init) }
    var magnitudes: [Double] { map { Double(abs($0)) } }
    var bits: [UInt32] { map(\.bitPattern) }
}

extension Matrix {
    var array: [Float] { Array(elements) }
}

extension Arena {
    /// A matrix with the given elements, which are not none.
    func matrix(_ values: [Float], columns: Int) -> Matrix {
        let matrix = matrix(values.count / columns, columns)
        for (index, value) in values.enumerated() { matrix.data[index] = value }
        return matrix
    }
}

/// Asserts that every element is within its bound, naming the worst one if not.
func assertClose(
    _ actual: [Float], _ expected: [Double], within bounds: [Double],
    _ what: @autoclosure () -> String, file: StaticString = #filePath, line: UInt = #line
) {
    guard actual.count == expected.count, bounds.count == expected.count else {
        return XCTFail(
            "\(what()): \(actual.count) elements, \(expected.count) expected, \(bounds.count) bounds",
            file: file, line: line)
    }
    // A comparison that is not true, not one that is false: NaN must fail.
    let wrong = actual.indices.filter {
        !(abs(Double(actual[$0]) - expected[$0]) <= bounds[$0])
    }
    guard let first = wrong.first else { return }
    XCTFail(
        "\(what()): \(wrong.count) of \(actual.count) elements are wrong; the first, \(first), is "
            + "\(actual[first]), not \(expected[first]) within \(bounds[first])",
        file: file, line: line)
}

/// Asserts that 2, 3 and 4 threads give the bits that one gives.
func assertSameBitsForAllThreadCounts(
    _ what: String, file: StaticString = #filePath, line: UInt = #line,
    _ compute: (Workspace) -> [[Float]]
) {
    let single = compute(Workspace(threadCount: 1)).map(\.bits)
    for threadCount in 2...4 {
        let several = compute(Workspace(threadCount: threadCount)).map(\.bits)
        XCTAssertTrue(single == several, "\(what), \(threadCount) threads", file: file, line: line)
    }
}
