import Foundation

/// A model folder that cannot be read or written: one line that names the file, what is wrong and the way out.
public struct ModelError: Error, CustomStringConvertible, Hashable {
    /// What a program may treat differently, for instance by its exit code.
    public enum Kind: Hashable, Sendable {
        /// No model was named and none was found.
        case none
        /// A named folder, or a file in it, does not exist.
        case missing
        /// A file is damaged, or does not fit the others.
        case malformed
        /// A file could not be read.
        case unreadable
        /// A file could not be written.
        case unwritable
    }

    public let kind: Kind
    public let description: String

    /// - Parameter description: line breaks become spaces.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    init(_ kind: Kind, _ url: URL, _ problem: String) {
        self.init(kind, "\(url.path): \(problem)")
    }
}
