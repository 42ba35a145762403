import Foundation

/// A file that is either as it was or complete, never half-written.
public enum AtomicFile {
    /// Replaces the file at `url` with what `write` puts into the temporary file it is given: an empty one in the
    /// same folder, removed when anything fails.
    ///
    /// A symbolic link at `url` stays and its target is replaced, or made. A file that is replaced hands its permissions
    /// on. What is there but is no regular file (a device, a pipe) is refused, for renaming would remove it.
    ///
    /// - Throws: `IOFailure`, and what `write` throws.
    public static func replace(_ url: URL, write: (URL) throws -> Void) throws {
        let target = try Self.target(of: url)
        var state = stat()
        var permissions: mode_t?
        if stat(target.path, &state) == 0 {
            guard state.st_mode & S_IFMT == S_IFREG else {
                let isFolder = state.st_mode & S_IFMT == S_IFDIR
                throw IOFailure(url.path, cannot: "write", code: isFolder ? EISDIR : EINVAL)
            }
            permissions = state.st_mode & 0o777
        }
        let folder = target.deletingLastPathComponent()
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        // The name of the target, with more, might be longer than names may be.
        let temporary = folder.appendingPathComponent(".mtl-nlp.\(suffix)")
        // Not even while it is written may others read what they could not read before.
        let descriptor = open(
            temporary.path, O_WRONLY | O_CREAT | O_EXCL, permissions == nil ? 0o666 : 0o600)
        guard descriptor >= 0 else { throw IOFailure(url.path, cannot: "write") }
        close(descriptor)
        do {
            try write(temporary)
            try synchronize(temporary, name: url.path)
            if let permissions, chmod(temporary.path, permissions) != 0 {
                throw IOFailure(url.path, cannot: "write")
            }
            guard rename(temporary.path, target.path) == 0 else {
                throw IOFailure(url.path, cannot: "write")
            }
        } catch {
            unlink(temporary.path)
            throw error
        }
        // Until the folder is on the disk too, a power failure could bring the old file back. Some file systems cannot
        // be asked for that; the file is in its place all the same.
        try? synchronize(folder, name: url.path)
    }

    /// Where the symbolic links at `url` lead, be there a file or not.
    ///
    /// - Throws: `IOFailure` where they lead in a circle.
    public static func target(of url: URL) throws -> URL {
        var target = url
        // As many as Linux follows.
        for _ in 0...40 {
            let next = try? FileManager.default.destinationOfSymbolicLink(atPath: target.path)
            guard let next else { return target }
            let folder = target.deletingLastPathComponent()
            target = URL(fileURLWithPath: next, relativeTo: folder).absoluteURL
        }
        throw IOFailure(url.path, cannot: "write", code: ELOOP)
    }

    /// Waits until the file or folder is on the disk.
    ///
    /// - Parameter name: the file or folder, as a person calls it.
    public static func synchronize(_ url: URL, name: String) throws {
        let descriptor = open(url.path, O_RDONLY)
        guard descriptor >= 0 else { throw IOFailure(name, cannot: "write") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw IOFailure(name, cannot: "write") }
    }
}
