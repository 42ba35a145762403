import Kernels

/// The matrix product at the shapes of the reference model, and what the processor can do at most.
public struct MatrixBenchmark {
    private let effort: Effort
    private let threadCount: Int

    /// `[m, k] · [k, n]`.
    private static let shapes = [
        Figure.Shape(m: 1024, k: 256, n: 256), Figure.Shape(m: 1024, k: 256, n: 1024),
        Figure.Shape(m: 1024, k: 1024, n: 256),
    ]

    public init(_ effort: Effort, threadCount: Int) {
        self.effort = effort
        self.threadCount = threadCount
    }

    public func figures(_ report: (Figure) throws -> Void) throws {
        let limit = limit()
        for precision in Precision.allCases {
            for shape in Self.shapes {
                var figure = product(shape, precision)
                if precision == .fp32 { figure.limit = limit }
                try report(figure)
            }
        }
    }

    /// Multiply-adds on registers alone, in GFLOP/s: the floor under the time of every product in fp32.
    private func limit() -> Double {
        let workspace = Workspace(threadCount: threadCount)
        let iterations = 1_000_000 / effort.divisor
        var operations = 0
        let rate = effort.median {
            let seconds = elapsedSeconds {
                operations = multiplyAddLoop(iterations: iterations, workspace: workspace)
            }
            return Double(operations) / seconds
        }
        return rate / 1e9
    }

    /// A product with a right operand that is packed beforehand, as the weights of a model are.
    private func product(_ shape: Figure.Shape, _ precision: Precision) -> Figure {
        let workspace = Workspace(threadCount: threadCount)
        var generator = SeededGenerator(seed: 1)
        let a = random(shape.m, shape.k, workspace, &generator)
        let b = random(shape.k, shape.n, workspace, &generator)
        let c = workspace.arena.matrix(shape.m, shape.n)
        let packed = PackedMatrix(b, .natural, precision: precision, workspace: workspace)
        let repetitions = max(1, 16 / effort.divisor)
        let seconds = effort.medianSeconds {
            for _ in 0..<repetitions {
                multiply(a, .natural, packed, into: c, workspace: workspace)
            }
        }
        let operations = 2 * shape.m * shape.k * shape.n * repetitions
        return Figure(
            "matmul", .gflops, Double(operations) / seconds / 1e9, precision: precision.rawValue,
            threads: Workspace.runningThreadCount(of: threadCount), shape: shape)
    }

    private func random(
        _ rows: Int, _ columns: Int, _ workspace: Workspace, _ generator: inout SeededGenerator
    ) -> Matrix {
        let matrix = workspace.arena.matrix(rows, columns)
        for index in 0..<matrix.count {
            matrix.data[index] = Float(generator.nextUnit() - 0.5)
        }
        return matrix
    }
}
