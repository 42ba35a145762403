import Kernels

/// A few numbers that a method learns beside the model, by Adam with its usual constants.
struct LearnedNumbers {
    private static let beta1: Float = 0.9
    private static let beta2: Float = 0.999
    private static let epsilon: Float = 1e-8

    private let learningRate: Double
    /// `[4, count]`: the numbers, their gradients' mean and variance, the last gradient.
    private var rows: [Float]
    private let count: Int
    private var step = 0
    private let workspace = Workspace(threadCount: 1)

    init(_ values: [Double], learningRate: Double) {
        self.learningRate = learningRate
        count = values.count
        rows = values.map { Float($0) } + [Float](repeating: 0, count: 3 * count)
    }

    var values: [Double] {
        get { self[row: 0] }
        set { self[row: 0] = newValue }
    }

    private subscript(row index: Int) -> [Double] {
        get { rows[index * count..<(index + 1) * count].map { Double($0) } }
        set {
            precondition(newValue.count == count, "\(newValue.count) numbers, not \(count)")
            rows.replaceSubrange(
                index * count..<(index + 1) * count, with: newValue.map { Float($0) })
        }
    }

    /// One step against a gradient. A number without one stays as it is, and so do its moments, which would move it else
    /// (the lazy form of Adam: the bias of all moments is corrected by the same count of steps).
    mutating func descend(_ gradient: [Double?]) {
        step += 1
        self[row: 3] = gradient.map { $0 ?? 0 }
        let update = AdamStep(
            learningRate: Float(learningRate), beta1: Self.beta1, beta2: Self.beta2,
            epsilon: Self.epsilon, decay: 0, step: step)
        rows.withUnsafeMutableBufferPointer { buffer in
            guard let first = buffer.baseAddress else { return }
            for index in gradient.indices where gradient[index] != nil {
                let row = { [count] (number: Int) in
                    Matrix(first + number * count + index, rows: 1, columns: 1)
                }
                update.apply(
                    gradient: row(3), gradientScale: 1, mean: row(1), variance: row(2),
                    weight: row(0), workspace: workspace)
            }
        }
    }

    /// The numbers that a checkpoint keeps.
    var memory: [String: [Double]] {
        get {
            [
                "values": values, "means": self[row: 1], "variances": self[row: 2],
                "step": [Double(step)],
            ]
        }
        set {
            values = newValue["values"] ?? values
            self[row: 1] = newValue["means"] ?? self[row: 1]
            self[row: 2] = newValue["variances"] ?? self[row: 2]
            step = newValue["step"]?.first.map { Int($0) } ?? step
        }
    }
}
