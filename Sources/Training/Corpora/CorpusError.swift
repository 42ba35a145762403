import FoundationEssentials

/// What is wrong with a corpus file, in one line for the person who wrote or named the file.
public struct CorpusError: Error, Hashable, CustomStringConvertible, Sendable {
    public enum Kind: Hashable, Sendable {
        /// There is no such file.
        case missing
        /// The file exists and the system does not let us read it.
        case unreadable
        /// The contents are not what a corpus needs.
        case malformed
    }

    public let kind: Kind
    /// The file as its user named it.
    public let file: String
    /// The line, from 1, if one line is to blame.
    public let line: Int?
    /// What is wrong and the way out.
    public let problem: String

    init(_ kind: Kind, _ url: URL, line: Int? = nil, _ problem: String) {
        self.kind = kind
        file = url.relativePath
        self.line = line
        self.problem = problem
    }

    public var description: String {
        guard let line else { return "\(file): \(problem)" }
        return "\(file):\(line): \(problem)"
    }
}
