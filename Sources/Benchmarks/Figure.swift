import Kernels

/// One measured number, and what it was measured on.
public struct Figure: Hashable, Sendable {
    /// What the number says.
    public enum Quantity: String, Sendable {
        case gflops, milliseconds
        case targetTokensPerSecond = "target_tokens_per_second"
        case sentencesPerSecond = "sentences_per_second"
        case megabytesPerSecond = "megabytes_per_second"
        /// The most memory in use, in 10^6 bytes.
        case peakMegabytes = "peak_mb"
    }

    /// Of a matrix product `[m, k] · [k, n]`.
    public struct Shape: Hashable, Sendable {
        public let m: Int
        public let k: Int
        public let n: Int
    }

    public let name: String
    public let quantity: Quantity
    public let value: Double
    /// In which numbers are multiplied: `fp32`, `bf16` or `int8`; nil where none are.
    public var precision: String?
    public var threads: Int
    /// Sentences, or the tokens of a training batch.
    public var batch: Int?
    public var beam: Int?
    public var shape: Shape?
    /// What the processor could do at most, in the unit of `value`; nil where that was not measured.
    public var limit: Double?
    public let instructionSet = InstructionSet.current

    init(
        _ name: String, _ quantity: Quantity, _ value: Double, precision: String? = nil,
        threads: Int, batch: Int? = nil, beam: Int? = nil, shape: Shape? = nil
    ) {
        self.name = name
        self.quantity = quantity
        self.value = value
        self.precision = precision
        self.threads = threads
        self.batch = batch
        self.beam = beam
        self.shape = shape
    }
}

extension Figure: Encodable {
    private enum Key: String, CodingKey {
        case name, precision, isa, threads, batch, beam, m, k, n
        case gflops, milliseconds, target_tokens_per_second, sentences_per_second
        case megabytes_per_second, peak_mb, limit
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(precision, forKey: .precision)
        try container.encode(instructionSet.rawValue, forKey: .isa)
        try container.encode(threads, forKey: .threads)
        try container.encodeIfPresent(batch, forKey: .batch)
        try container.encodeIfPresent(beam, forKey: .beam)
        try container.encodeIfPresent(shape?.m, forKey: .m)
        try container.encodeIfPresent(shape?.k, forKey: .k)
        try container.encodeIfPresent(shape?.n, forKey: .n)
        if let key = Key(rawValue: quantity.rawValue) { try container.encode(value, forKey: key) }
        try container.encodeIfPresent(limit, forKey: .limit)
    }
}
