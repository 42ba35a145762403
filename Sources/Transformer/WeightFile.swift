import Foundation
import Kernels

/// Parameters on disk, in the safetensors format: the length of a JSON header in 8 bytes, the header, the numbers in
/// little-endian order.
public enum WeightFile {
    /// How numbers are stored.
    public enum Precision: String, Sendable {
        /// Matrices as integers from -127 to 127 with a scale in 32 bits for each row, `NAME_scale`; the rest in 16 bits.
        /// A product in 8 bits rounds weights in the same way, and rounding them again changes nothing.
        case int8 = "I8"
        case float16 = "F16"
        case float32 = "F32"

        /// Of a number.
        public var byteCount: Int {
            switch self {
            case .int8: 1
            case .float16: 2
            case .float32: 4
            }
        }

        /// How a parameter is stored in a file of this precision.
        func precision(of slot: ParameterSlot) -> Precision {
            self == .int8 && slot.rows == 1 ? .float16 : self
        }
    }

    /// A file that cannot be used, or parameters that cannot be written.
    public struct Problem: Error, CustomStringConvertible {
        public let file: String
        /// Whether the file could be read at all.
        public let isReadable: Bool
        public let description: String

        init(_ url: URL, isReadable: Bool = true, _ what: String) {
            file = url.path
            self.isReadable = isReadable
            description = "\(url.path): \(what)"
        }
    }

    private struct Entry: Codable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    /// The name of the scales of a parameter in 8 bits.
    private static func scaleName(_ slot: ParameterSlot) -> String { slot.name + "_scale" }

    /// The header's key for what is not a tensor.
    private static let metadataKey = "__metadata__"

    private struct Header: Decodable {
        let entries: [String: Entry]

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Swift.Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            var entries: [String: Entry] = [:]
            for key in container.allKeys where key.stringValue != metadataKey {
                entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
            }
            self.entries = entries
        }
    }

    /// The numbers of a parameter in a file.
    private struct Tensor: @unchecked Sendable {
        private enum Numbers {
            /// With a scale for each row.
            case int8(UnsafeRawPointer, scales: UnsafeRawPointer)
            case float16(UnsafeRawPointer)
            case float32(UnsafeRawPointer)
        }

        private let file: MappedFile
        private let numbers: Numbers
        private let slot: ParameterSlot

        /// - Throws: `Problem` when the file has no such tensor, or a number in it is not finite.
        init(_ slot: ParameterSlot, in contents: Contents) throws {
            file = contents.file
            self.slot = slot
            let type = try contents.entry(slot.name).dtype
            guard let precision = Precision(rawValue: type) else {
                throw contents.wrongType(slot.name, "F16, F32 or I8 with scales")
            }
            let data = try contents.place(
                slot.name, [slot.rows, slot.columns], width: precision.byteCount)
            switch precision {
            case .int8:
                let name = WeightFile.scaleName(slot)
                guard try contents.entry(name).dtype == Precision.float32.rawValue else {
                    throw contents.wrongType(name, Precision.float32.rawValue)
                }
                let scales = try contents.place(
                    name, [slot.rows, 1], width: Precision.float32.byteCount)
                numbers = .int8(data, scales: scales)
            case .float16: numbers = .float16(data)
            case .float32: numbers = .float32(data)
            }
            guard isFinite else {
                throw Problem(
                    contents.url,
                    "tensor \(slot.name) holds a number that is not finite; train again")
            }
        }

        private var isFinite: Bool {
            switch numbers {
            case .int8(_, let scales):
                // The least integer has the largest magnitude.
                (0..<slot.rows).allSatisfy {
                    (Float(Int8.min) * Self.float(scales, at: $0)).isFinite
                }
            case .float16(let data): HalfPrecision.areFinite(data, count: slot.count)
            case .float32(let data):
                (0..<slot.count).allSatisfy { Self.float(data, at: $0).isFinite }
            }
        }

        func read(_ range: Range<Int>, into values: UnsafeMutablePointer<Float>) {
            switch numbers {
            case .int8(let data, let scales):
                var index = range.lowerBound
                while index < range.upperBound {
                    let row = index / slot.columns
                    let end = min(range.upperBound, (row + 1) * slot.columns)
                    Self.expand(
                        data + index, scale: Self.float(scales, at: row), count: end - index,
                        into: values + (index - range.lowerBound))
                    index = end
                }
            case .float16(let data):
                HalfPrecision.convert(
                    data + 2 * range.lowerBound, count: range.count, into: values)
            case .float32(let data):
                for (place, index) in range.enumerated() {
                    values[place] = Self.float(data, at: index)
                }
            }
        }

        private static func expand(
            _ bytes: UnsafeRawPointer, scale: Float, count: Int,
            into values: UnsafeMutablePointer<Float>
        ) {
            let bytes = bytes.assumingMemoryBound(to: Int8.self)
            for index in 0..<count { values[index] = scale * Float(bytes[index]) }
        }

        private static func float(_ data: UnsafeRawPointer, at index: Int) -> Float {
            data.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        }
    }

    /// A file in memory, and what its header says.
    private struct Contents {
        let url: URL
        let file: MappedFile
        let entries: [String: Entry]
        /// Where the numbers begin.
        let body: Int

        func entry(_ name: String) throws -> Entry {
            guard let entry = entries[name] else {
                throw Problem(url, "tensor \(name) is missing; the file is of another model")
            }
            return entry
        }

        /// Where a tensor begins.
        ///
        /// - Parameter width: of a number, in bytes.
        func place(_ name: String, _ shape: [Int], width: Int) throws -> UnsafeRawPointer {
            let entry = try entry(name)
            guard entry.shape == shape else {
                throw Problem(
                    url,
                    "tensor \(name) has the shape \(entry.shape), config.json asks for "
                        + "\(shape); the files are of different models")
            }
            let byteCount = shape.reduce(width, *)
            guard entry.data_offsets.count == 2, let begin = entry.data_offsets.first,
                begin >= 0, begin <= file.bytes.count - body - byteCount,
                entry.data_offsets[1] == begin + byteCount, let start = file.bytes.baseAddress
            else {
                throw Problem(
                    url, "tensor \(name) ends after the file; copy or train the model again")
            }
            return start + body + begin
        }

        func wrongType(_ name: String, _ types: String) -> Problem {
            Problem(
                url,
                "tensor \(name) has numbers of type \(entries[name]?.dtype ?? "none"); "
                    + "convert it to \(types)")
        }
    }

    /// A tensor to be written.
    private enum Part {
        case numbers(ParameterSlot, Precision)
        /// Of a matrix in 8 bits.
        case scales(ParameterSlot)

        static func parts(of slot: ParameterSlot, _ precision: Precision) -> [Part] {
            let precision = precision.precision(of: slot)
            let numbers = Part.numbers(slot, precision)
            return precision == .int8 ? [.scales(slot), numbers] : [numbers]
        }

        var precision: Precision {
            switch self {
            case .numbers(_, let precision): precision
            case .scales: .float32
            }
        }

        var name: String {
            switch self {
            case .numbers(let slot, _): slot.name
            case .scales(let slot): scaleName(slot)
            }
        }

        var shape: [Int] {
            switch self {
            case .numbers(let slot, _): [slot.rows, slot.columns]
            case .scales(let slot): [slot.rows, 1]
            }
        }

        /// Adds the bytes of the tensor.
        ///
        /// - Returns: whether all numbers are finite in the precision.
        func append(_ parameters: Parameters, to data: inout Data) -> Bool {
            switch self {
            case .numbers(let slot, .int8):
                let rows = QuantizedRows(parameters[slot])
                rows.integers.withUnsafeBytes { data.append(contentsOf: $0) }
                return rows.scales.allSatisfy(\.isFinite)
            case .numbers(let slot, .float16):
                let halves = parameters[slot].elements.map(Float16.init)
                halves.withUnsafeBytes { data.append(contentsOf: $0) }
                return halves.allSatisfy(\.isFinite)
            case .numbers(let slot, .float32):
                let values = parameters[slot].elements
                data.append(contentsOf: UnsafeRawBufferPointer(values))
                return values.allSatisfy(\.isFinite)
            case .scales(let slot):
                let scales = QuantizedRows(parameters[slot]).scales
                scales.withUnsafeBytes { data.append(contentsOf: $0) }
                return scales.allSatisfy(\.isFinite)
            }
        }
    }

    /// Writes all parameters, the widest numbers first, so that all lie at multiples of their width.
    ///
    /// - Parameters:
    ///   - precision: numbers are rounded to nearest, ties to even.
    ///   - metadata: texts kept in the header.
    /// - Throws: `Problem` when a number is not finite in that precision; the file system's errors.
    public static func write(
        _ parameters: Parameters, to url: URL, as precision: Precision,
        metadata: [String: String] = [:]
    ) throws {
        let all = parameters.layout.slots.flatMap { Part.parts(of: $0, precision) }
        let parts = [Precision.float32, .float16, .int8].flatMap { width in
            all.filter { $0.precision == width }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var fields: [String] = []
        if !metadata.isEmpty {
            fields.append(try "\"\(metadataKey)\":" + text(encoder.encode(metadata)))
        }
        var end = 0
        for part in parts {
            let begin = end
            end += part.shape.reduce(part.precision.byteCount, *)
            let entry = Entry(
                dtype: part.precision.rawValue, shape: part.shape, data_offsets: [begin, end])
            fields.append(try "\"\(part.name)\":" + text(encoder.encode(entry)))
        }
        var header = Data("{\(fields.joined(separator: ","))}".utf8)
        // The numbers begin at a multiple of 8 bytes.
        header.append(Data(repeating: 0x20, count: (8 - header.count % 8) % 8))
        var data = Data(capacity: 8 + header.count + end)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(header)
        for part in parts where !part.append(parameters, to: &data) {
            throw Problem(
                url,
                "not written: \(part.name) holds a number that is not finite as "
                    + "\(part.precision.rawValue); the training has diverged")
        }
        try data.write(to: url)
    }

    /// Reads parameters of a layout, each tensor in the precision that it has in the file. All numbers are checked now;
    /// each parameter is brought into memory when it is first used.
    ///
    /// - Throws: `Problem` when the file is not whole, or does not hold the layout's tensors in their shapes and no others.
    public static func read(_ url: URL, layout: ParameterLayout) throws -> Parameters {
        guard let file = MappedFile(url) else {
            throw Problem(
                url, isReadable: false, "cannot be read; is the model folder complete?")
        }
        let (entries, body) = try header(of: file.bytes, url)
        let expected = Set(
            layout.slots.flatMap { slot in
                entries[slot.name]?.dtype == Precision.int8.rawValue
                    ? [slot.name, scaleName(slot)] : [slot.name]
            })
        if let extra = entries.keys.filter({ !expected.contains($0) }).min() {
            throw Problem(
                url,
                "tensor \(extra) does not belong to the model of config.json; "
                    + "the files are of different models")
        }
        let contents = Contents(url: url, file: file, entries: entries, body: body)
        let tensors = try layout.slots.map { try Tensor($0, in: contents) }
        return Parameters(layout) { slot, range, values in
            tensors[slot.index].read(range, into: values)
        }
    }

    private static func header(of bytes: UnsafeRawBufferPointer, _ url: URL) throws -> (
        [String: Entry], body: Int
    ) {
        let damaged = Problem(url, "not a whole safetensors file; copy or train the model again")
        guard bytes.count >= 8 else { throw damaged }
        let size = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard size <= UInt64(bytes.count - 8) else { throw damaged }
        let body = 8 + Int(size)
        guard let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[8..<body]))
        else { throw damaged }
        return (header.entries, body)
    }

    private static func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }
}
