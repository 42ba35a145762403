import Files
import Foundation

/// A text file, plain or compressed with gzip, as its first bytes tell: the name decides nothing.
public enum TextFile {
    /// Reads all lines, each without its line feed.
    ///
    /// A line feed ends a line and nothing else does: CR, FF, NEL and U+2028 are data, because a reader that breaks at
    /// them would shift one side of a parallel corpus against the other. A last line without line feed counts.
    ///
    /// - Throws: ``FileError`` if the file is missing, unreadable, a damaged gzip file or not UTF-8.
    public static func lines(of url: URL) throws -> [String] {
        try lines(in: storedBytes(of: url), of: url.relativePath)
    }

    /// Reads all lines of the bytes of a file, as `lines(of:)` does.
    ///
    /// - Parameter file: what messages call it.
    /// - Throws: ``FileError`` for damaged gzip data and for what is not UTF-8.
    public static func lines(in stored: Data, of file: String) throws -> [String] {
        try contents(of: stored, file).withUnsafeBytes { try lines(in: $0, of: file) }
    }

    /// The SHA-256 digest of the file's bytes as they are stored, in hexadecimal: what `sha256sum` prints.
    ///
    /// - Throws: ``FileError`` if the file is missing or unreadable.
    public static func sha256(of url: URL) throws -> String {
        try storedBytes(of: url).withUnsafeBytes { SHA256.hexadecimalDigest(of: $0) }
    }

    private static func contents(of stored: Data, _ file: String) throws -> Data {
        guard Gzip.isCompressed(stored) else { return stored }
        do {
            return try Gzip.decompress(stored)
        } catch {
            throw FileError(
                .malformed, file,
                "truncated or damaged gzip at byte \(error.offset); fetch or compress the file again"
            )
        }
    }

    /// All bytes, also those of a pipe, such as the shell's `<(command)`, or a device: `Data(contentsOf:)` refuses both.
    private static func storedBytes(of url: URL) throws -> Data {
        do {
            let file = try FileHandle(forReadingFrom: url)
            defer { try? file.close() }
            return try file.readToEnd() ?? Data()
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            throw FileError(.missing, url, "no such file; check the path")
        } catch {
            let failure = IOFailure(url.relativePath, cannot: "read", error)
            throw FileError(.unreadable, url, failure.problem)
        }
    }

    private static func lines(
        in bytes: UnsafeRawBufferPointer, of file: String
    ) throws -> [String] {
        var lines: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            guard let line = String(validating: rest[..<end], as: UTF8.self) else {
                throw FileError(
                    .malformed, file, line: lines.count + 1,
                    "not valid UTF-8; convert the file, for instance with iconv")
            }
            lines.append(line)
            rest = rest[min(end + 1, rest.endIndex)...]
        }
        return lines
    }
}
