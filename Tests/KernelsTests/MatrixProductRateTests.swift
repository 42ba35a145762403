import Foundation
import XCTest

@testable import Kernels

/// Measures, does not judge: `MTL_NLP_MEASURE=1 swift test ... --filter MatrixProductRateTests` prints the rates of the
/// matrix product on the shapes of the reference model beside that of the kernel on a block that stays in cache.
final class MatrixProductRateTests: XCTestCase {
    private static let shapes = [(1024, 256, 256), (1024, 256, 1024), (1024, 1024, 256)]

    func testRates() throws {
        try XCTSkipUnless(
            ProcessInfo.processInfo.environment["MTL_NLP_MEASURE"] != nil,
            "measures only with MTL_NLP_MEASURE=1")
        let kernel = kernelRate()
        print("\(InstructionSet.current.rawValue), kernel alone: \(text(kernel)) GFLOP/s")
        for threadCount in [1, 2] {
            let workspace = Workspace(threadCount: threadCount)
            for (rows, depth, columns) in Self.shapes {
                let rates = rates(rows, depth, columns, workspace)
                let parts = zip(["y = x W^T", "dx = dy W", "dW = dy^T x"], rates).map {
                    "\($0) \(text($1)) (\(Int(100 * $1 / kernel / Double(threadCount))) %)"
                }
                print(
                    "\(threadCount) thread(s), [\(rows), \(depth)] to \(columns): "
                        + parts.joined(separator: ", "))
            }
        }
    }

    private func text(_ rate: Double) -> String { String(format: "%.1f", rate) }

    /// GFLOP/s of a whole tile over a depth whose operands stay in the first-level cache.
    private func kernelRate() -> Double {
        let kernels = KernelTable.current
        let (rows, columns, depth) = (kernels.tileRows, kernels.panelColumns, 256)
        let arena = Arena()
        let a = arena.zeros(rows, depth), b = arena.zeros(depth, columns)
        let c = arena.zeros(rows, columns)
        return rate(2 * rows * columns * depth * 1000) {
            for _ in 0..<1000 {
                kernels.matrixBlock(
                    rows, columns, depth, a.data, 0, depth, 1, b.data, depth * columns, c.data,
                    columns, true)
            }
        }
    }

    /// GFLOP/s of the forward product and of both of the backward pass, packing included where training packs.
    private func rates(
        _ rows: Int, _ inner: Int, _ outer: Int, _ workspace: Workspace
    ) -> [Double] {
        let arena = workspace.arena
        let start = arena.mark
        defer { arena.release(to: start) }
        let x = arena.zeros(rows, inner), w = arena.zeros(outer, inner)
        let y = arena.zeros(rows, outer), dx = arena.zeros(rows, inner)
        let packed = PackedMatrix(w, .transposed, workspace: workspace)
        let operations = 2 * rows * inner * outer
        return [
            rate(operations) {
                multiply(x, .natural, packed, into: y, workspace: workspace)
            },
            rate(operations) {
                let mark = arena.mark
                let packed = PackedMatrix(w, .natural, workspace: workspace)
                multiply(y, .natural, packed, into: dx, workspace: workspace)
                arena.release(to: mark)
            },
            rate(operations) {
                let mark = arena.mark
                let packed = PackedMatrix(x, .natural, workspace: workspace)
                multiply(y, .transposed, packed, into: w, accumulate: true, workspace: workspace)
                arena.release(to: mark)
            },
        ]
    }

    /// The median of 15 measurements.
    private func rate(_ operations: Int, _ body: () -> Void) -> Double {
        body()
        let seconds = (0..<15).map { _ in
            let start = DispatchTime.now().uptimeNanoseconds
            body()
            return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        }
        return Double(operations) / seconds.sorted()[7] / 1e9
    }
}
