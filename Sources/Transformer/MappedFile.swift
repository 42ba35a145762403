import Foundation

/// The bytes of a file, mapped into memory: pages are read when they are looked at and need no room of their own.
///
/// The file must not be written over while it is mapped. Replacing it, as `AtomicFile` does, leaves the map as it was.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    /// - Returns: nil if the file is none, or cannot be read.
    init?(_ url: URL) {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var state = stat()
        guard fstat(descriptor, &state) == 0, state.st_mode & S_IFMT == S_IFREG else { return nil }
        let count = Int(state.st_size)
        if count == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let memory, memory != MAP_FAILED else { return nil }
        bytes = UnsafeRawBufferPointer(start: memory, count: count)
    }

    deinit {
        if let memory = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: memory), bytes.count)
        }
    }
}
