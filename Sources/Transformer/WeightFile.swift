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
        public let description: String

        init(_ url: URL, _ what: String) {
            file = url.path
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

    /// Reads parameters of a layout, in either precision.
    ///
    /// - Throws: `Problem` when the file is not whole, or does not hold the layout's tensors in their shapes and no others.
    public static func read(_ url: URL, layout: ParameterLayout) throws -> Parameters {
        let data: Data
        do {
            data = try Data(contentsOf: url, options: .mappedIfSafe)
        } catch {
            throw Problem(url, "cannot be read; is the model folder complete?")
        }
        let (entries, body) = try header(of: data, url)
        let expected = Set(layout.slots.map(\.name))
        if let extra = entries.keys.filter({ !expected.contains($0) }).min() {
            throw Problem(
                url,
                "tensor \(extra) does not belong to the model of config.json; "
                    + "the files are of different models")
        }
        let parameters = Parameters(layout)
        for slot in layout.slots {
            guard let entry = entries[slot.name] else {
                throw Problem(url, "tensor \(slot.name) is missing; the file is of another model")
            }
            try read(entry, of: slot, from: data, body: body, into: parameters, url)
        }
        return parameters
    }

    private static func header(of data: Data, _ url: URL) throws -> ([String: Entry], body: Int) {
        let damaged = "not a whole safetensors file; copy or train the model again"
        guard data.count >= 8 else { throw Problem(url, damaged) }
        let size = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard size <= UInt64(data.count - 8) else { throw Problem(url, damaged) }
        let body = 8 + Int(size)
        let object = try? JSONSerialization.jsonObject(with: data[8..<body]) as? [String: Any]
        guard var object else { throw Problem(url, damaged) }
        object[metadataKey] = nil
        guard let tensors = try? JSONSerialization.data(withJSONObject: object),
            let entries = try? JSONDecoder().decode([String: Entry].self, from: tensors)
        else { throw Problem(url, damaged) }
        return (entries, body)
    }

    private static func read(
        _ entry: Entry, of slot: ParameterSlot, from data: Data, body: Int,
        into parameters: Parameters, _ url: URL
    ) throws {
        guard let precision = Precision(rawValue: entry.dtype) else {
            throw Problem(
                url,
                "tensor \(slot.name) has numbers of type \(entry.dtype); convert it to F16 or F32")
        }
        guard entry.shape == [slot.rows, slot.columns] else {
            throw Problem(
                url,
                "tensor \(slot.name) has the shape \(entry.shape), config.json asks for "
                    + "\([slot.rows, slot.columns]); the files are of different models")
        }
        let byteCount = slot.count * precision.byteCount
        guard entry.data_offsets.count == 2, let begin = entry.data_offsets.first, begin >= 0,
            begin <= data.count - body - byteCount, entry.data_offsets[1] == begin + byteCount
        else {
            throw Problem(
                url, "tensor \(slot.name) ends after the file; copy or train the model again")
        }
        let target = parameters[slot].elements
        data.withUnsafeBytes { bytes in
            let source = bytes.baseAddress! + body + begin
            for i in 0..<slot.count {
                switch precision {
                case .float16:
                    let half = source.loadUnaligned(fromByteOffset: 2 * i, as: Float16.self)
                    target[i] = Float(half)
                case .float32:
                    target[i] = source.loadUnaligned(fromByteOffset: 4 * i, as: Float.self)
                }
            }
        }
        guard target.allSatisfy(\.isFinite) else {
            throw Problem(url, "tensor \(slot.name) holds a number that is not finite; train again")
        }
    }

    private static func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }
}
