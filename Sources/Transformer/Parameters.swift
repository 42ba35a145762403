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

/// The weights of linear layers packed for the matrix product, made once for a model that does not change.
public final class PackedWeights: @unchecked Sendable {
    private let packed: [PackedMatrix?]
    private let memory: UnsafeMutablePointer<Float>

    /// Packs the transposes of the given weights.
    public init(_ slots: [ParameterSlot], of parameters: Parameters) {
        let workspace = Workspace(threadCount: 1)
        let sizes = slots.map {
            PackedMatrix.elementCount(depth: $0.columns, columns: $0.rows)
        }
        let bytes = max(16, sizes.reduce(0, +)) * MemoryLayout<Float>.stride
        memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .assumingMemoryBound(to: Float.self)
        var packed = [PackedMatrix?](repeating: nil, count: parameters.layout.slots.count)
        var offset = 0
        for (slot, size) in zip(slots, sizes) {
            packed[slot.index] = PackedMatrix(
                parameters[slot], .transposed, into: memory + offset, workspace: workspace)
            offset += size
        }
        self.packed = packed
    }

    deinit { memory.deallocate() }

    subscript(slot: ParameterSlot) -> PackedMatrix? { packed[slot.index] }
}
