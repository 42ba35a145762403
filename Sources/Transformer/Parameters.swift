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
    /// Where values come from that have not been used yet; nil if none do.
    private let source: Source?

    /// Writes the elements of a range, counted within the parameter.
    typealias Read = @Sendable (ParameterSlot, Range<Int>, UnsafeMutablePointer<Float>) -> Void

    private struct Source {
        let read: Read
        let isRead: LazyValues<Bool>
    }

    /// All zero.
    public init(_ layout: ParameterLayout) {
        self.layout = layout
        storage = allocateFloats(layout.count)
        storage.update(repeating: 0, count: layout.count)
        source = nil
    }

    /// Parameters that `read` writes, each when it is first used.
    init(_ layout: ParameterLayout, reading read: @escaping Read) {
        self.layout = layout
        storage = allocateFloats(layout.count, isTouchedWhole: false)
        source = Source(read: read, isRead: LazyValues(count: layout.slots.count))
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
        let values = storage + slot.offset
        if let source {
            _ = source.isRead.value(slot.index) {
                source.read(slot, 0..<slot.count, values)
                return true
            }
        }
        return Matrix(values, rows: slot.rows, columns: slot.columns)
    }

    /// Calls `body` with the values of one parameter; if they have not been used yet, they are not kept either.
    func withValues<Result>(of slot: ParameterSlot, _ body: (Matrix) -> Result) -> Result {
        guard let source, source.isRead[slot.index] == nil else { return body(self[slot]) }
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: slot.count) { values in
            guard let values = values.baseAddress else { return body(self[slot]) }
            source.read(slot, 0..<slot.count, values)
            return body(Matrix(values, rows: slot.rows, columns: slot.columns))
        }
    }

    /// Copies a row of one parameter; if the parameter has not been used yet, nothing but the row is read.
    func copyRow(
        _ row: Int, of slot: ParameterSlot, into target: UnsafeMutablePointer<Float>
    ) {
        if let source, source.isRead[slot.index] == nil {
            source.read(slot, row * slot.columns..<(row + 1) * slot.columns, target)
        } else {
            target.update(from: self[slot].row(row), count: slot.columns)
        }
    }

    /// All parameters as one row.
    public var all: Matrix {
        if source != nil {
            for slot in layout.slots { _ = self[slot] }
        }
        return Matrix(storage, rows: 1, columns: layout.count)
    }

    /// Copies the values of a buffer of the same layout.
    public func copy(from other: Parameters) { all.copy(from: other.all) }
}

/// In which precision a model that does not change multiplies matrices. Everything else is computed in 32-bit floats.
public enum InferencePrecision: String, Codable, CaseIterable, Sendable {
    /// 32-bit floats.
    case fp32
    /// 8-bit integers: weights with a scale for each output, activations with a scale for each row.
    case int8
}

/// The weights of linear layers packed for the matrix product, of a model that does not change: each once, when it is
/// first used.
public final class PackedWeights: Sendable {
    private let parameters: Parameters
    private let precision: InferencePrecision
    private let packed: LazyValues<PackedStorage>

    /// - Parameter parameters: must not change as long as the packed weights are used.
    public init(of parameters: Parameters, precision: InferencePrecision) {
        self.parameters = parameters
        self.precision = precision
        packed = LazyValues(count: parameters.layout.slots.count)
    }

    /// The transpose of a weight.
    subscript(slot: ParameterSlot) -> PackedWeight {
        packed.value(slot.index) {
            parameters.withValues(of: slot) { PackedStorage($0, precision) }
        }.weight
    }
}

/// The transpose of one weight, packed.
enum PackedWeight {
    case fp32(PackedMatrix)
    case int8(Int8Matrix)
}

/// A packed weight and its memory.
private final class PackedStorage: @unchecked Sendable {
    let weight: PackedWeight
    private let memory: UnsafeMutableRawPointer

    init(_ weight: Matrix, _ precision: InferencePrecision) {
        let count =
            switch precision {
            case .fp32: PackedMatrix.elementCount(depth: weight.columns, columns: weight.rows)
            case .int8: Int8Matrix.elementCount(depth: weight.columns, columns: weight.rows)
            }
        memory = UnsafeMutableRawPointer(allocateFloats(max(16, count), isTouchedWhole: false))
        let workspace = Workspace(threadCount: 1)
        switch precision {
        case .fp32:
            let floats = memory.bindMemory(to: Float.self, capacity: count)
            self.weight = .fp32(
                PackedMatrix(weight, .transposed, into: floats, workspace: workspace))
        case .int8:
            self.weight = .int8(
                Int8Matrix(transposeOf: weight, into: memory, workspace: workspace))
        }
    }

    deinit { memory.deallocate() }
}
