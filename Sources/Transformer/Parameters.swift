import Kernels

/// What a parameter holds before training.
public enum Initialization: Hashable, Sendable {
    case zeros
    case ones
    /// Uniform with variance 1 / columns, the number of inputs (LeCun et al. 1998, section 4.6).
    case uniformByInputs
    /// Normal with this standard deviation.
    case normal(Double)
}

/// The place of one weight matrix in a flat buffer.
public struct ParameterSlot: Hashable, Sendable {
    /// The name in the model file, for instance `encoder.layers.0.self_attention.output.weight`.
    public let name: String
    /// The index in the layout.
    public let index: Int
    /// The first element in the buffer.
    public let offset: Int
    public let rows: Int
    public let columns: Int
    public let initialization: Initialization

    public var count: Int { rows * columns }
}

/// The list of all parameters of a model. Weights, gradients and the optimiser's moments are flat buffers of the same
/// layout.
public struct ParameterLayout: Sendable {
    public private(set) var slots: [ParameterSlot] = []
    /// The number of parameters.
    public private(set) var count = 0

    /// Appends a parameter.
    mutating func add(
        _ name: String, _ rows: Int, _ columns: Int, _ initialization: Initialization
    ) -> ParameterSlot {
        let slot = ParameterSlot(
            name: name, index: slots.count, offset: count, rows: rows, columns: columns,
            initialization: initialization)
        slots.append(slot)
        count += slot.count
        return slot
    }
}

/// A flat buffer of a layout: weights, gradients or moments.
public final class Parameters: @unchecked Sendable {
    public let layout: ParameterLayout
    private let storage: UnsafeMutablePointer<Float>

    /// All zero.
    public init(_ layout: ParameterLayout) {
        self.layout = layout
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(layout.count, 1) * MemoryLayout<Float>.stride, alignment: 64)
        storage = memory.bindMemory(to: Float.self, capacity: layout.count)
        storage.update(repeating: 0, count: layout.count)
    }

    deinit { storage.deallocate() }

    /// Draws every parameter anew from a generator of its own.
    func initialize(seed: UInt64) {
        for slot in layout.slots {
            var generator = SeededGenerator(seed: SeededGenerator.seed(seed, UInt64(slot.index)))
            let values = self[slot].elements
            switch slot.initialization {
            case .zeros: values.update(repeating: 0)
            case .ones: values.update(repeating: 1)
            case .uniformByInputs:
                let bound = (3 / Double(slot.columns)).squareRoot()
                for i in values.indices {
                    values[i] = Float((2 * generator.nextUnit() - 1) * bound)
                }
            case .normal(let deviation):
                for i in values.indices { values[i] = Float(generator.nextNormal() * deviation) }
            }
        }
    }

    /// One parameter, as a view.
    public subscript(slot: ParameterSlot) -> Matrix {
        Matrix(storage + slot.offset, rows: slot.rows, columns: slot.columns)
    }

    /// All parameters as one row.
    public var all: Matrix { Matrix(storage, rows: 1, columns: layout.count) }

    /// Copies the values of a buffer of the same layout.
    public func copy(from other: Parameters) { all.copy(from: other.all) }
}

/// In which precision a model that does not change multiplies matrices. Everything else is computed in 32-bit floats.
public enum InferencePrecision: String, CaseIterable, Sendable {
    /// 32-bit floats.
    case fp32
    /// 8-bit integers: weights with a scale for each output, activations with a scale for each row.
    case int8
}

/// The weights of linear layers packed for the matrix product, made once for a model that does not change.
public final class PackedWeights: @unchecked Sendable {
    private let packed: [PackedWeight?]
    private let memory: UnsafeMutableRawPointer

    /// Packs the transposes of the given weights.
    public init(
        _ slots: [ParameterSlot], of parameters: Parameters, precision: InferencePrecision
    ) {
        let workspace = Workspace(threadCount: 1)
        // Every matrix begins at a multiple of 64 bytes.
        let sizes = slots.map {
            (precision.elementCount(depth: $0.columns, columns: $0.rows) + 15) / 16 * 16
        }
        memory = .allocate(
            byteCount: max(16, sizes.reduce(0, +)) * MemoryLayout<Float>.stride, alignment: 64)
        var packed = [PackedWeight?](repeating: nil, count: parameters.layout.slots.count)
        var place = memory
        for (slot, size) in zip(slots, sizes) {
            packed[slot.index] = PackedWeight(
                parameters[slot], precision, into: place, workspace: workspace)
            place += size * MemoryLayout<Float>.stride
        }
        self.packed = packed
    }

    deinit { memory.deallocate() }

    subscript(slot: ParameterSlot) -> PackedWeight? { packed[slot.index] }
}

/// The transpose of one weight, packed.
enum PackedWeight {
    case fp32(PackedMatrix)
    case int8(Int8Matrix)

    init(
        _ weight: Matrix, _ precision: InferencePrecision, into memory: UnsafeMutableRawPointer,
        workspace: Workspace
    ) {
        switch precision {
        case .fp32:
            let count = precision.elementCount(depth: weight.columns, columns: weight.rows)
            let floats = memory.bindMemory(to: Float.self, capacity: count)
            self = .fp32(
                PackedMatrix(weight, .transposed, into: floats, workspace: workspace))
        case .int8:
            self = .int8(Int8Matrix(transposeOf: weight, into: memory, workspace: workspace))
        }
    }
}

extension InferencePrecision {
    /// The 32-bit words of a packed matrix.
    fileprivate func elementCount(depth: Int, columns: Int) -> Int {
        switch self {
        case .fp32: PackedMatrix.elementCount(depth: depth, columns: columns)
        case .int8: Int8Matrix.elementCount(depth: depth, columns: columns)
        }
    }
}
