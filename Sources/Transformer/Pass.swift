import Kernels

/// What a pass through the model uses besides its input.
public struct Pass {
    public let parameters: Parameters
    public let workspace: Workspace
    /// Weights packed beforehand, for a model that does not change.
    public let packed: PackedWeights?
    /// Of the matrix products.
    public let precision: Precision
    /// Where masks come from in training; nil for inference.
    public let dropout: DropoutSource?

    public init(
        _ parameters: Parameters, workspace: Workspace, packed: PackedWeights? = nil,
        precision: Precision = .fp32, dropout: DropoutSource? = nil
    ) {
        self.parameters = parameters
        self.workspace = workspace
        self.packed = packed
        self.precision = precision
        self.dropout = dropout
    }

    public var arena: Arena { workspace.arena }

    /// The next use of dropout.
    func nextDropout() -> Dropout { dropout?.next() ?? .none }

    /// Passes over uses of dropout.
    func skipDropout(count: Int) {
        for _ in 0..<count { _ = nextDropout() }
    }

    /// The transpose of a weight, packed anew.
    func packedTranspose(_ slot: ParameterSlot) -> PackedMatrix {
        pack(parameters[slot], .transposed)
    }

    /// `y [rows, outer] = x [rows, inner] · W^T` with a weight `W [outer, inner]`, in the precision it is packed in.
    func multiply(
        _ x: Matrix, byTransposeOf weight: ParameterSlot, into y: Matrix,
        epilogue: Epilogue = .none
    ) {
        switch packed?[weight] {
        case .fp32(let matrix):
            Kernels.multiply(
                x, .natural, matrix, into: y, epilogue: epilogue, workspace: workspace)
        case .int8(let matrix):
            Kernels.multiply(x, matrix, into: y, epilogue: epilogue, workspace: workspace)
        case nil:
            Kernels.multiply(
                x, .natural, packedTranspose(weight), into: y, epilogue: epilogue,
                workspace: workspace)
        }
    }

    /// A matrix that stands on the right of a product, packed in the precision of the pass.
    func pack(_ matrix: Matrix, _ storage: Storage) -> PackedMatrix {
        PackedMatrix(matrix, storage, precision: precision, workspace: workspace)
    }
}

/// Hands out the keys of dropout masks in the order of their use: the n-th of a step is a function of the seed and n.
public final class DropoutSource {
    public let rate: Float
    private var generator: SeededGenerator

    /// - Parameter seed: different for every step and task.
    public init(rate: Float, seed: UInt64) {
        self.rate = rate
        generator = SeededGenerator(seed: seed)
    }

    func next() -> Dropout {
        guard rate > 0 else { return .none }
        return Dropout(rate: rate, key: UInt32(truncatingIfNeeded: generator.next()))
    }
}
