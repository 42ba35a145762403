/// Why a recipe cannot be used: the file, the line, what is wrong and what to do, in one line.
public struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is, for the exit code.
    public enum Kind: Hashable, Sendable {
        case missing
        case unreadable
        case malformed
    }

    public let kind: Kind
    public let file: String
    /// From 1; nil if the whole file is meant.
    public let line: Int?
    /// What is wrong and the way out.
    public let problem: String

    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return "\(place): \(problem)"
    }
}
