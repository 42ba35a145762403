import CZlib
import FoundationEssentials

/// Decompression of gzip files (RFC 1952) by zlib.
enum Gzip {
    /// The compressed data end early or are not what their checksums say.
    struct DamageError: Error, Equatable {
        /// How many compressed bytes were good, at most.
        let offset: Int
    }

    private static let magic: [UInt8] = [0x1f, 0x8b]

    static func isCompressed(_ data: Data) -> Bool { data.starts(with: magic) }

    /// Decompresses a file of one or more members, which are what `cat a.gz b.gz` gives. Zero bytes after the last
    /// member are padding, as for gzip itself.
    static func decompress(_ data: Data) throws(DamageError) -> Data {
        var output = Data()
        var offset = 0
        let isSound = data.withUnsafeBytes { bytes in
            let input = bytes.bindMemory(to: UInt8.self)
            var stream = z_stream()
            // 16 asks for a gzip header and for its checksum to be verified.
            let status = inflateInit2_(
                &stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            precondition(status == Z_OK, "zlib does not fit its header or there is no memory")
            defer { inflateEnd(&stream) }
            while !isPadding(input[offset...]) {
                guard
                    inflateReset(&stream) == Z_OK,
                    inflateMember(&stream, input, &offset, into: &output)
                else { return false }
            }
            return true
        }
        guard isSound else { throw DamageError(offset: offset) }
        return output
    }

    private static func isPadding(_ rest: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        rest.allSatisfy { $0 == 0 }
    }

    /// Inflates from `offset` to the end of a member, and moves `offset` there; false if the member has no sound end.
    private static func inflateMember(
        _ stream: inout z_stream, _ input: UnsafeBufferPointer<UInt8>, _ offset: inout Int,
        into output: inout Data
    ) -> Bool {
        // zlib counts in 32 bits, so both sides are given to it in pieces.
        let pieceSize = 1 << 18
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: pieceSize) { piece in
            while true {
                let available = min(input.count - offset, pieceSize)
                // The C declaration lacks a const: zlib only reads its input.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress! + offset)
                stream.avail_in = UInt32(available)
                stream.next_out = piece.baseAddress
                stream.avail_out = UInt32(pieceSize)
                let status = inflate(&stream, Z_NO_FLUSH)
                offset += available - Int(stream.avail_in)
                output.append(
                    piece.baseAddress!, count: pieceSize - Int(stream.avail_out))
                // Without input or room to go on, zlib reports an error of its own: Z_BUF_ERROR.
                if status != Z_OK { return status == Z_STREAM_END }
            }
        }
    }
}
