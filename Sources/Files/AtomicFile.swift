import Foundation

/// A file that is either as it was or complete, never half-written.
public enum AtomicFile {
    /// Replaces the file at `url` with what `write` puts into the temporary file it is given: an empty one in the
    /// same folder, removed when anything fails.
    ///
    /// A symbolic link at `url` stays and its target is replaced. What is there but is no regular file (a device, a
    /// pipe) is refused, for renaming would remove it.
    ///
    /// - Throws: `IOFailure`, and what `write` throws.
    public static func replace(_ url: URL, write: (URL) throws -> Void) throws {
        let target = url.resolvingSymlinksInPath()
        var state = stat()
        if stat(target.path, &state) == 0, state.st_mode & S_IFMT != S_IFREG {
            let isFolder = state.st_mode & S_IFMT == S_IFDIR
            throw IOFailure(url.path, cannot: "write", code: isFolder ? EISDIR : EINVAL)
        }
        let folder = target.deletingLastPathComponent()
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = folder.appendingPathComponent(".\(target.lastPathComponent).\(suffix)")
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL, 0o666)
        guard descriptor >= 0 else { throw IOFailure(url.path, cannot: "write") }
        close(descriptor)
        do {
            try write(temporary)
            try synchronize(temporary, name: url.path)
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
