import Foundation
import Kernels

/// Parameters on disk, in the safetensors format: the length of a JSON header in 8 bytes, the header, the numbers in
/// little-endian order.
public enum WeightFile {
    /// How numbers are stored.
    public enum Precision: String, Sendable {
        case float16 = "F16"
        case float32 = "F32"

        var byteCount: Int { self == .float16 ? 2 : 4 }
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
        private let count: Int

        /// - Throws: `Problem` when the file has no such tensor, or a number in it is not finite.
        init(
            _ entry: Entry, of slot: ParameterSlot, in file: MappedFile, body: Int, _ url: URL
        ) throws {
            guard let precision = Precision(rawValue: entry.dtype) else {
                throw Problem(
                    url,
                    "tensor \(slot.name) has numbers of type \(entry.dtype); "
                        + "convert it to F16 or F32")
            }
            guard entry.shape == [slot.rows, slot.columns] else {
                throw Problem(
                    url,
                    "tensor \(slot.name) has the shape \(entry.shape), config.json asks for "
                        + "\([slot.rows, slot.columns]); the files are of different models")
            }
            let byteCount = slot.count * precision.byteCount
            guard entry.data_offsets.count == 2, let begin = entry.data_offsets.first, begin >= 0,
                begin <= file.bytes.count - body - byteCount,
                entry.data_offsets[1] == begin + byteCount, let start = file.bytes.baseAddress
            else {
                throw Problem(
                    url, "tensor \(slot.name) ends after the file; copy or train the model again")
            }
            self.file = file
            self.precision = precision
            data = start + body + begin
            count = slot.count
            guard isFinite else {
                throw Problem(
                    url, "tensor \(slot.name) holds a number that is not finite; train again")
            }
        }

        private var isFinite: Bool {
            switch precision {
            case .float16: HalfPrecision.areFinite(data, count: count)
            case .float32: (0..<count).allSatisfy { float($0).isFinite }
            }
        }

        func read(_ range: Range<Int>, into values: UnsafeMutablePointer<Float>) {
            switch precision {
            case .float16:
                HalfPrecision.convert(
                    data + 2 * range.lowerBound, count: range.count, into: values)
            case .float32:
                for (place, index) in range.enumerated() { values[place] = float(index) }
            }
        }

        private func float(_ index: Int) -> Float {
            data.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        }
    }

    /// Writes all parameters.
    ///
    /// - Parameters:
    ///   - precision: 16-bit numbers are rounded to nearest, ties to even.
    ///   - metadata: texts kept in the header.
    /// - Throws: `Problem` when a number is not finite in that precision; the file system's errors.
    public static func write(
        _ parameters: Parameters, to url: URL, as precision: Precision,
        metadata: [String: String] = [:]
    ) throws {
        let layout = parameters.layout
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var fields: [String] = []
        if !metadata.isEmpty {
            fields.append(try "\"\(metadataKey)\":" + text(encoder.encode(metadata)))
        }
        for slot in layout.slots {
            let bytes = precision.byteCount
            let entry = Entry(
                dtype: precision.rawValue, shape: [slot.rows, slot.columns],
                data_offsets: [slot.offset * bytes, (slot.offset + slot.count) * bytes])
            fields.append(try "\"\(slot.name)\":" + text(encoder.encode(entry)))
        }
        var header = Data("{\(fields.joined(separator: ","))}".utf8)
        // The numbers begin at a multiple of 8 bytes.
        header.append(Data(repeating: 0x20, count: (8 - header.count % 8) % 8))
        var data = Data(capacity: 8 + header.count + layout.count * precision.byteCount)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(header)
        for slot in layout.slots {
            let values = parameters[slot].elements
            let isFinite: Bool
            switch precision {
            case .float16:
                let halves = values.map(Float16.init)
                isFinite = halves.allSatisfy(\.isFinite)
                halves.withUnsafeBytes { data.append(contentsOf: $0) }
            case .float32:
                isFinite = values.allSatisfy(\.isFinite)
                data.append(contentsOf: UnsafeRawBufferPointer(values))
            }
            guard isFinite else {
                throw Problem(
                    url,
                    "not written: \(slot.name) holds a number that is not finite as "
                        + "\(precision.rawValue); the training has diverged")
            }
        }
        try data.write(to: url)
    }

    /// Reads parameters of a layout, in either precision. All numbers are checked now; each parameter is brought into
    /// memory when it is first used.
    ///
    /// - Throws: `Problem` when the file is not whole, or does not hold the layout's tensors in their shapes and no others.
    public static func read(_ url: URL, layout: ParameterLayout) throws -> Parameters {
        guard let file = MappedFile(url) else {
            throw Problem(
                url, isReadable: false, "cannot be read; is the model folder complete?")
        }
        let (entries, body) = try header(of: file.bytes, url)
        let expected = Set(layout.slots.map(\.name))
        if let extra = entries.keys.filter({ !expected.contains($0) }).min() {
            throw Problem(
                url,
                "tensor \(extra) does not belong to the model of config.json; "
                    + "the files are of different models")
        }
        let tensors = try layout.slots.map { slot in
            guard let entry = entries[slot.name] else {
                throw Problem(url, "tensor \(slot.name) is missing; the file is of another model")
            }
            return try Tensor(entry, of: slot, in: file, body: body, url)
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
