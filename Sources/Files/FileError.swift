import Foundation

/// What is wrong with a file that a person wrote or named, in one line: the file, the line, the problem and the way out.
public struct FileError: Error, Hashable, CustomStringConvertible, Sendable {
    public enum Kind: Hashable, Sendable {
        /// There is no such file.
        case missing
        /// The file exists and the system does not let us read it.
        case unreadable
        /// The contents are not what they have to be.
        case malformed
    }

    public let kind: Kind
    /// The file as its user named it.
    public let file: String
    /// The line, from 1, if one line is to blame.
    public let line: Int?
    /// What is wrong and the way out.
    public let problem: String

    public init(_ kind: Kind, _ file: String, line: Int? = nil, _ problem: String) {
        self.kind = kind
        self.file = file
        self.line = line
        self.problem = problem
    }

    public init(_ kind: Kind, _ url: URL, line: Int? = nil, _ problem: String) {
        self.init(kind, url.relativePath, line: line, problem)
    }

    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        // What is quoted from the file may hold line breaks.
        return "\(place): \(problem)".split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
