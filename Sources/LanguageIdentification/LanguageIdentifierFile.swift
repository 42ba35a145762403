import Files
import Foundation

/// A `LanguageIdentifier` on disk, in the safetensors format: the length of a JSON header in 8 bytes, the header, the
/// numbers in little-endian order. The header has these keys and no others:
///
///     {
///       "__metadata__": {
///         "format": "mtl-nlp-language-identifier", "version": "1", "languages": "en,de,fr"
///       },
///       "scale": {"dtype": "F32", "shape": [1], "data_offsets": [262144, 262148]},
///       "weights": {"dtype": "I8", "shape": [65536, 4], "data_offsets": [0, 262144]}
///     }
///
/// - `weights`: a row for each bucket, a column for each language in the order of `languages`, the last column for text
///   in none of them.
/// - `scale`: what a sum of weights is multiplied by, positive and finite.
///
/// The same identifier is written as the same bytes. A change of the format, or of what `LanguageFeatures` finds in a
/// text, raises the version.
struct LanguageIdentifierFile: Decodable {
    static let format = "mtl-nlp-language-identifier"
    static let currentVersion = "1"

    struct Metadata: Decodable {
        let format: String
        let version: String
        let languages: String
    }

    struct Tensor: Decodable, Equatable {
        let type: String
        let shape: [Int]
        let offsets: [Int]

        private enum CodingKeys: String, CodingKey {
            case type = "dtype"
            case shape
            case offsets = "data_offsets"
        }
    }

    let metadata: Metadata
    let scale: Tensor
    let weights: Tensor

    private enum CodingKeys: String, CodingKey {
        case metadata = "__metadata__"
        case scale, weights
    }

    /// The one header that a file of these languages can have.
    init(languages: [String]) {
        let classCount = languages.count + 1
        let byteCount = LanguageFeatures.bucketCount * classCount
        metadata = Metadata(
            format: Self.format, version: Self.currentVersion,
            languages: languages.joined(separator: ","))
        weights = Tensor(
            type: "I8", shape: [LanguageFeatures.bucketCount, classCount], offsets: [0, byteCount])
        scale = Tensor(type: "F32", shape: [1], offsets: [byteCount, byteCount + 4])
    }

    var languages: [String] {
        metadata.languages.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// Written by hand, since the layout of `JSONEncoder` may change with Foundation.
    var header: Data {
        func text(_ tensor: Tensor) -> String {
            #"{"dtype":"\#(tensor.type)","shape":\#(text(tensor.shape)),"#
                + #""data_offsets":\#(text(tensor.offsets))}"#
        }
        func text(_ numbers: [Int]) -> String {
            "[" + numbers.map(String.init).joined(separator: ",") + "]"
        }
        let json =
            #"{"__metadata__":{"format":"\#(metadata.format)","version":"\#(metadata.version)","#
            + #""languages":"\#(metadata.languages)"},"#
            + #""scale":\#(text(scale)),"weights":\#(text(weights))}"#
        // The numbers begin at a multiple of 8 bytes.
        let padding = (8 - json.utf8.count % 8) % 8
        return Data((json + String(repeating: " ", count: padding)).utf8)
    }
}

extension LanguageIdentifier {
    /// The name of the identifier's file in a model folder.
    public static let fileName = "language_identifier.safetensors"

    /// Reads an identifier and checks all of it.
    ///
    /// - Throws: `FileError`.
    public init(contentsOf url: URL) throws {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            throw FileError(.missing, url, "no such file; check the path")
        } catch {
            let failure = IOFailure(url.relativePath, cannot: "read", error)
            throw FileError(.unreadable, url, failure.problem)
        }
        do {
            self = try LanguageIdentifier(data)
        } catch let problem as Problem {
            throw FileError(
                .malformed, url,
                "\(problem.text); restore the file or train the language identifier again")
        }
    }

    /// Writes the identifier; the file appears whole or not at all.
    ///
    /// - Throws: `IOFailure`.
    public func write(to url: URL) throws {
        try AtomicFile.replace(url) { temporary in
            do {
                try fileContents.write(to: temporary)
            } catch {
                throw IOFailure(url.path, cannot: "write", code: EIO)
            }
        }
    }

    private struct Problem: Error {
        let text: String
    }

    private var fileContents: Data {
        let header = LanguageIdentifierFile(languages: languages).header
        var data = Data()
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(header)
        weights.withUnsafeBytes { data.append(contentsOf: $0) }
        withUnsafeBytes(of: scale.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        return data
    }

    private init(_ data: Data) throws {
        guard data.count >= 8 else { throw Problem(text: "ends too early") }
        let size = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard size <= UInt64(data.count - 8) else {
            throw Problem(text: "is no language identifier, or ends too early")
        }
        let (header, body) = (data.dropFirst(8).prefix(Int(size)), data.dropFirst(8 + Int(size)))
        guard let file = try? JSONDecoder().decode(LanguageIdentifierFile.self, from: header)
        else { throw Problem(text: "is no language identifier") }
        guard file.metadata.format == LanguageIdentifierFile.format else {
            throw Problem(
                text: "is no language identifier: its format is '\(file.metadata.format)'")
        }
        guard file.metadata.version == LanguageIdentifierFile.currentVersion else {
            throw Problem(
                text: "has version \(file.metadata.version), this program reads version "
                    + LanguageIdentifierFile.currentVersion)
        }
        if let problem = Self.problem(ofLanguages: file.languages) { throw Problem(text: problem) }
        let expected = LanguageIdentifierFile(languages: file.languages)
        guard file.weights == expected.weights, file.scale == expected.scale else {
            throw Problem(
                text: "has weights or a scale of another shape than its languages ask for")
        }
        guard body.count == expected.scale.offsets[1] else {
            throw Problem(
                text: "has \(body.count) bytes of numbers instead of \(expected.scale.offsets[1])")
        }
        let scale = body.suffix(4).withUnsafeBytes {
            Float(bitPattern: UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)))
        }
        guard scale.isFinite, scale > 0 else {
            throw Problem(text: "has the scale \(scale), which is no positive number")
        }
        self.init(
            languages: file.languages,
            weights: body.dropLast(4).map(Int8.init(bitPattern:)), scale: scale)
    }
}
