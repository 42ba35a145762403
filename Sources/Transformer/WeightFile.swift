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

        var byteCount: Int {
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
        private let file: MappedFile
        private let precision: Precision
        private let data: UnsafeRawPointer
        /// One for each row, of numbers in 8 bits.
        private let scales: UnsafeRawPointer?
        private let slot: ParameterSlot

        /// - Parameter find: gives an entry of the header.
        /// - Throws: `Problem` when the file has no such tensor, or a number in it is not finite.
        init(
            _ slot: ParameterSlot, in file: MappedFile, body: Int, _ url: URL,
            find: (String) throws -> Entry
        ) throws {
            let entry = try find(slot.name)
            guard let precision = Precision(rawValue: entry.dtype) else {
                throw Problem(
                    url,
                    "tensor \(slot.name) has numbers of type \(entry.dtype); "
                        + "convert it to F16, F32 or I8 with scales")
            }
            func place(_ entry: Entry, _ name: String, rows: Int, columns: Int, width: Int) throws
                -> UnsafeRawPointer
            {
                guard entry.shape == [rows, columns] else {
                    throw Problem(
                        url,
                        "tensor \(name) has the shape \(entry.shape), config.json asks for "
                            + "\([rows, columns]); the files are of different models")
                }
                let byteCount = rows * columns * width
                guard entry.data_offsets.count == 2, let begin = entry.data_offsets.first,
                    begin >= 0, begin <= file.bytes.count - body - byteCount,
                    entry.data_offsets[1] == begin + byteCount, let start = file.bytes.baseAddress
                else {
                    throw Problem(
                        url, "tensor \(name) ends after the file; copy or train the model again")
                }
                return start + body + begin
            }
            self.file = file
            self.precision = precision
            self.slot = slot
            data = try place(
                entry, slot.name, rows: slot.rows, columns: slot.columns,
                width: precision.byteCount)
            if precision == .int8 {
                let name = WeightFile.scaleName(slot)
                let entry = try find(name)
                guard entry.dtype == Precision.float32.rawValue else {
                    throw Problem(
                        url,
                        "tensor \(name) has numbers of type \(entry.dtype); convert it to F32")
                }
                scales = try place(entry, name, rows: slot.rows, columns: 1, width: 4)
            } else {
                scales = nil
            }
            guard isFinite else {
                throw Problem(
                    url, "tensor \(slot.name) holds a number that is not finite; train again")
            }
        }

        private var isFinite: Bool {
            switch precision {
            case .int8: (0..<slot.rows).allSatisfy { (127 * scale($0)).isFinite }
            case .float16: HalfPrecision.areFinite(data, count: slot.count)
            case .float32: (0..<slot.count).allSatisfy { float($0).isFinite }
            }
        }

        func read(_ range: Range<Int>, into values: UnsafeMutablePointer<Float>) {
            switch precision {
            case .int8:
                var index = range.lowerBound
                while index < range.upperBound {
                    let row = index / slot.columns
                    let end = min(range.upperBound, (row + 1) * slot.columns)
                    Self.expand(
                        data + index, scale: scale(row), count: end - index,
                        into: values + (index - range.lowerBound))
                    index = end
                }
            case .float16:
                HalfPrecision.convert(
                    data + 2 * range.lowerBound, count: range.count, into: values)
            case .float32:
                for (place, index) in range.enumerated() { values[place] = float(index) }
            }
        }

        private static func expand(
            _ bytes: UnsafeRawPointer, scale: Float, count: Int,
            into values: UnsafeMutablePointer<Float>
        ) {
            let bytes = bytes.assumingMemoryBound(to: Int8.self)
            for index in 0..<count { values[index] = scale * Float(bytes[index]) }
        }

        private func float(_ index: Int) -> Float {
            data.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        }

        private func scale(_ row: Int) -> Float {
            scales?.loadUnaligned(fromByteOffset: 4 * row, as: Float.self) ?? 1
        }
    }

    /// Writes all parameters.
    ///
    /// - Parameters:
    ///   - precision: numbers are rounded to nearest, ties to even.
    ///   - metadata: texts kept in the header.
    /// - Throws: `Problem` when a number is not finite in that precision; the file system's errors.
    public static func write(
        _ parameters: Parameters, to url: URL, as precision: Precision,
        metadata: [String: String] = [:]
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var fields: [String] = []
        if !metadata.isEmpty {
            fields.append(try "\"\(metadataKey)\":" + text(encoder.encode(metadata)))
        }
        var body = Data(capacity: parameters.layout.count * precision.byteCount)
        func append(
            _ name: String, _ type: Precision, _ shape: [Int], _ bytes: UnsafeRawBufferPointer
        ) throws {
            let entry = Entry(
                dtype: type.rawValue, shape: shape,
                data_offsets: [body.count, body.count + bytes.count])
            fields.append(try "\"\(name)\":" + text(encoder.encode(entry)))
            body.append(contentsOf: bytes)
        }
        for slot in parameters.layout.slots {
            let matrix = parameters[slot]
            let values = matrix.elements
            let shape = [slot.rows, slot.columns]
            let type = precision.precision(of: slot)
            var isFinite = values.allSatisfy(\.isFinite)
            switch type {
            case .int8:
                guard isFinite else { break }
                let (integers, scales) = quantized(matrix)
                try integers.withUnsafeBytes { try append(slot.name, type, shape, $0) }
                try scales.withUnsafeBytes {
                    try append(scaleName(slot), .float32, [slot.rows, 1], $0)
                }
            case .float16:
                let halves = values.map(Float16.init)
                isFinite = halves.allSatisfy(\.isFinite)
                try halves.withUnsafeBytes { try append(slot.name, type, shape, $0) }
            case .float32:
                try append(slot.name, type, shape, UnsafeRawBufferPointer(values))
            }
            guard isFinite else {
                throw Problem(
                    url,
                    "not written: \(slot.name) holds a number that is not finite as "
                        + "\(type.rawValue); the training has diverged")
            }
        }
        var header = Data("{\(fields.joined(separator: ","))}".utf8)
        // The numbers begin at a multiple of 8 bytes.
        header.append(Data(repeating: 0x20, count: (8 - header.count % 8) % 8))
        var data = Data(capacity: 8 + header.count + body.count)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(header)
        data.append(body)
        try data.write(to: url)
    }

    /// Rounds each row to 8 bits, the largest magnitude to 127.
    private static func quantized(_ matrix: Matrix) -> (integers: [Int8], scales: [Float]) {
        var integers: [Int8] = []
        var scales: [Float] = []
        integers.reserveCapacity(matrix.rows * matrix.columns)
        for index in 0..<matrix.rows {
            let row = UnsafeBufferPointer(start: matrix.row(index), count: matrix.columns)
            let largest = row.reduce(0) { max($0, abs($1)) }
            let scale = largest / 127
            let factor = largest > 0 ? 127 / largest : 0
            // Numbers too small for such a factor become 0.
            integers += row.map {
                Int8((factor.isFinite ? $0 * factor : 0).rounded(.toNearestOrEven))
            }
            scales.append(scale)
        }
        return (integers, scales)
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
        let tensors = try layout.slots.map { slot in
            try Tensor(slot, in: file, body: body, url) { name in
                guard let entry = entries[name] else {
                    throw Problem(url, "tensor \(name) is missing; the file is of another model")
                }
                return entry
            }
        }
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
