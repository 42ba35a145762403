import Files
import Yams

/// The keys that a part of a recipe may have.
typealias RecipeKey = CodingKey & CaseIterable & Hashable

/// A mapping of a recipe, all of whose keys are known.
struct RecipeMapping<Key: RecipeKey> {
    let place: RecipeNode
    private let values: [Key: RecipeNode]

    /// - Throws: `FileError` unless `place` is a mapping with keys of `Key` only.
    init(_ place: RecipeNode) throws {
        self.place = place
        values = try place.entries().reduce(into: [:]) { values, entry in
            guard let key = Key(stringValue: entry.key) else {
                throw Self.unknown(entry.key, entry.value, place)
            }
            values[key] = entry.value
        }
    }

    /// The value of a key that must be there.
    subscript(key: Key) -> RecipeNode {
        get throws {
            if let value = values[key] { return value }
            let owner = place.path.isEmpty ? "the recipe" : place.path
            throw place.error("\(owner) lacks the key '\(key.stringValue)'; add it")
        }
    }

    /// The value of a key that may be left out.
    func optional(_ key: Key) -> RecipeNode? { values[key] }

    /// The part of the recipe under a key; an empty one if the key is left out.
    func part<Inner>(_ key: Key, of keys: Inner.Type) throws -> RecipeMapping<Inner> {
        let name = key.stringValue
        return try values[key]?.mapping(of: keys)
            ?? RecipeMapping<Inner>(
                RecipeNode(
                    node: Node([(Node, Node)]()), file: place.file, line: place.line,
                    path: place.path.isEmpty ? name : "\(place.path).\(name)"))
    }

    /// Refuses keys that mean nothing beside the other values.
    func refuse(_ keys: Key..., because reason: String) throws {
        for key in keys {
            guard let value = values[key] else { continue }
            throw value.error("\(value.path) is given, but \(reason); remove it")
        }
    }

    private static func unknown(
        _ name: String, _ child: RecipeNode, _ place: RecipeNode
    ) -> FileError {
        let known = Key.allCases.map(\.stringValue)
        let owner = place.path.isEmpty ? "" : " in \(place.path)"
        let guess = nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ";"
        return child.error(
            "unknown key '\(name)'\(owner)\(guess) Known keys: \(known.joined(separator: ", "))")
    }
}

/// The candidate that fewest edits turn into `name`, if they are few enough for a slip of the pen.
private func nearest(to name: String, in candidates: [String]) -> String? {
    let distances = candidates.map { (candidate: $0, distance: editDistance(name, $0)) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(2, name.count / 3) ? best.candidate : nil
}

/// The Levenshtein distance: insertions, deletions and replacements of characters.
private func editDistance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, character) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let replacement = diagonal + (character == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replacement, row[j] + 1, diagonal + 1)
        }
    }
    return row[b.count]
}
