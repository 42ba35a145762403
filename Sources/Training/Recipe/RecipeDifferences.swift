import Foundation

extension Recipe {
    /// The recipe as JSON with sorted keys, the same bytes for equal recipes.
    func canonicalJSON() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// What changed since an older recipe, a line for each key, as `curriculum[1].steps: 4000 -> 5000`; empty if they train
    /// the same: the digests that a recipe names only check its files.
    public func differences(from older: Recipe) throws -> [String] {
        let before = try older.withoutDigests.valuesByPath()
        let after = try withoutDigests.valuesByPath()
        return Set(before.keys).union(after.keys).sorted().compactMap { path in
            let (old, new) = (before[path] ?? "not set", after[path] ?? "not set")
            return old == new ? nil : "\(path): \(old) -> \(new)"
        }
    }

    /// The same recipe with no more than so many stages.
    func firstStages(_ count: Int) -> Recipe {
        var recipe = self
        recipe.curriculum = Array(curriculum.prefix(count))
        return recipe
    }

    private var withoutDigests: Recipe {
        var recipe = self
        recipe.corpora.sha256 = nil
        recipe.validation.tests.sha256 = nil
        return recipe
    }

    private func valuesByPath() throws -> [String: String] {
        var values: [String: String] = [:]
        try JSONDecoder().decode(JSONValue.self, from: canonicalJSON()).collect("", into: &values)
        return values
    }
}

/// Any JSON value without null.
private enum JSONValue: Decodable {
    case scalar(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .scalar("\(value)")
        } else if let value = try? container.decode(Int.self) {
            self = .scalar("\(value)")
        } else if let value = try? container.decode(Double.self) {
            self = .scalar("\(value)")
        } else if let value = try? container.decode(String.self) {
            self = .scalar(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func collect(_ path: String, into values: inout [String: String]) {
        switch self {
        case .scalar(let text): values[path] = text
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                element.collect("\(path)[\(index)]", into: &values)
            }
        case .object(let members):
            for (key, member) in members {
                let name = Recipe.namesOfModelKeys[key] ?? key
                member.collect(path.isEmpty ? name : "\(path).\(name)", into: &values)
            }
        }
    }
}
