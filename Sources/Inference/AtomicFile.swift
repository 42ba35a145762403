import Foundation

/// Files that are there whole or not at all.
package enum AtomicFile {
    /// Lets `body` write a file beside `url`, has the system put it on the disk, and gives it the name of `url`. When
    /// anything fails, what stood at `url` is untouched and nothing is left behind.
    ///
    /// - Throws: what `body` throws; the system's errors.
    package static func write(to url: URL, _ body: (URL) throws -> Void) throws {
        let folder = url.deletingLastPathComponent()
        let temporary = folder.appendingPathComponent(
            ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).tmp")
        do {
            try body(temporary)
            try synchronize(temporary)
            guard rename(temporary.path, url.path) == 0 else { throw POSIXError(code: errno) }
            // Until the folder is on the disk too, a power failure could bring the old file back.
            try synchronize(folder)
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw error
        }
    }

    private static func synchronize(_ url: URL) throws {
        let descriptor = open(url.path, O_RDONLY)
        guard descriptor >= 0 else { throw POSIXError(code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw POSIXError(code: errno) }
    }
}

extension POSIXError {
    fileprivate init(code: Int32) { self.init(POSIXErrorCode(rawValue: code) ?? .EIO) }
}
