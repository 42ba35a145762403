import Files
import Yams

/// A value of a recipe, and where it stands.
struct RecipeNode {
    let node: Node
    let file: String
    /// The line of the value's key, or of the value itself in a list.
    let line: Int
    /// The keys that lead to the value, as `curriculum[1].steps`; empty for the recipe itself.
    let path: String

    func error(_ problem: String) -> FileError {
        FileError(
            .malformed, file, line: line, problem)
    }

    /// The keys and values of a mapping with any keys, in the order of the file.
    func entries() throws -> [(key: String, value: RecipeNode)] {
        guard let mapping = node.mapping else { throw mismatch("a mapping of keys to values") }
        return mapping.map { ($0.scalar?.string ?? "", child($0, $1)) }
    }

    /// The value of a key of this mapping.
    func child(_ key: Node, _ value: Node) -> RecipeNode {
        let name = key.scalar?.string ?? ""
        return RecipeNode(
            node: value, file: file, line: key.mark?.line ?? line,
            path: path.isEmpty ? name : "\(path).\(name)")
    }

    /// The keys and values of a mapping whose keys are known.
    func mapping<Key>(of keys: Key.Type) throws -> RecipeMapping<Key> {
        try RecipeMapping(self)
    }

    /// The elements of a list, of which there is at least one.
    func list() throws -> [RecipeNode] {
        guard let sequence = node.sequence else { throw mismatch("a list") }
        if sequence.isEmpty { throw error("\(path) is an empty list; name at least one element") }
        return sequence.enumerated().map { index, element in
            RecipeNode(
                node: element, file: file, line: element.mark?.line ?? line,
                path: "\(path)[\(index)]")
        }
    }

    /// A text that is not empty.
    func string() throws -> String {
        guard let string = node.scalar?.string, !string.isEmpty else { throw mismatch("a text") }
        return string
    }

    func boolean() throws -> Bool {
        switch plainScalar {
        case "true": return true
        case "false": return false
        default: throw mismatch("true or false")
        }
    }

    func integer(in range: ClosedRange<Int>) throws -> Int {
        guard let value = plainScalar.flatMap({ Int($0) }), range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "of at least \(range.lowerBound)"
                : "between \(range.lowerBound) and \(range.upperBound)"
            throw mismatch("a whole number \(bounds)")
        }
        return value
    }

    func number(_ bounds: NumberBounds) throws -> Double {
        guard let value = plainScalar.flatMap({ Double($0) }), bounds.contain(value) else {
            throw mismatch("a number \(bounds)")
        }
        return value
    }

    /// One of the names of a closed set of methods.
    func choice<Choice>(of choices: Choice.Type) throws -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        let name = try string()
        guard let choice = Choice(rawValue: name) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("\(path) is '\(name)', which is unknown; choose one of: \(names)")
        }
        return choice
    }

    /// The value of a scalar without quotes, without the `_` that may part its digits.
    private var plainScalar: String? {
        guard let scalar = node.scalar, scalar.style == .plain else { return nil }
        return scalar.string.filter { $0 != "_" }
    }

    func mismatch(_ expected: String) -> FileError {
        let found =
            switch node {
            case .scalar(let scalar): Self.quoted(scalar.string)
            case .sequence: "a list"
            case .mapping: "a mapping"
            case .alias(let alias): "'*\(alias.anchor.rawValue)'"
            }
        return error("\(path.isEmpty ? "the recipe" : path) is \(found), not \(expected)")
    }

    /// A value as messages show it, which may be all of a file that is no recipe.
    private static func quoted(_ value: String) -> String {
        if value.isEmpty { return "empty" }
        let limit = 100
        return value.count > limit ? "'\(value.prefix(limit))…'" : "'\(value)'"
    }
}

/// Which numbers a value may be.
enum NumberBounds: String, CustomStringConvertible {
    case positive = "above 0"
    case notNegative = "of at least 0"
    /// How many times as often or as long.
    case weight = "above 0 and at most 1000"
    case rate = "of at least 0 and less than 1"
    case share = "above 0 and at most 1"
    case half = "above 0 and at most 0.5"
    case factor = "of at least 1"

    var description: String { rawValue }

    func contain(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        return switch self {
        case .positive: value > 0
        case .notNegative: value >= 0
        case .weight: value > 0 && value <= 1000
        case .rate: value >= 0 && value < 1
        case .share: value > 0 && value <= 1
        case .half: value > 0 && value <= 0.5
        case .factor: value >= 1
        }
    }
}
