import Files
import Yams

/// Changes that are laid over a recipe.
///
/// - A scalar or a list takes the place of what stands under its key.
/// - A mapping over a mapping changes what it names and leaves the rest.
/// - A mapping over a list changes the elements that have its keys as their `name`, and adds those that state their names.
/// - `~` removes what stands under its key.
struct Overlay {
    let changes: RecipeNode
    /// Whether elements that are changed and keys that are removed may be absent: changes of many recipes at once.
    var passesOverAbsence = false

    /// The recipe with the changes.
    ///
    /// - Throws: `FileError` at the line of a change that does not fit.
    func applied(to base: Node) throws -> Node {
        let changed = changes.node.mapping?["corpora"]?.mapping?["sha256"]?.mapping
        return try merge(changes, over: base)
            .withoutUnreadDigests(but: Set((changed ?? [:]).keys.compactMap(\.scalar?.string)))
    }

    private func merge(_ changes: RecipeNode, over base: Node?) throws -> Node {
        guard let mapping = changes.node.mapping else { return changes.node }
        switch base {
        case .sequence(let elements): return try merge(changes, mapping, over: elements)
        case .mapping(let base): return try merge(changes, mapping, over: base)
        default: return try merge(changes, mapping, over: Node.Mapping([]))
        }
    }

    private func merge(
        _ changes: RecipeNode, _ mapping: Node.Mapping, over base: Node.Mapping
    ) throws -> Node {
        var pairs = base.map { ($0.key, $0.value) }
        for (key, value) in mapping {
            let child = changes.child(key, value)
            let place = pairs.firstIndex { $0.0.scalar?.string == key.scalar?.string }
            if value.isNull {
                guard let place else {
                    if passesOverAbsence { continue }
                    throw child.error("\(child.path) removes what is not there; leave it out")
                }
                pairs.remove(at: place)
            } else if let place {
                pairs[place] = (key, try merge(child, over: pairs[place].1))
            } else {
                pairs.append((key, try merge(child, over: nil)))
            }
        }
        return .mapping(Node.Mapping(pairs, .implicit, .any, mapping.mark))
    }

    private func merge(
        _ changes: RecipeNode, _ mapping: Node.Mapping, over base: Node.Sequence
    ) throws -> Node {
        var elements: [Node?] = Array(base)
        for (key, value) in mapping {
            let child = changes.child(key, value)
            guard let place = base.firstIndex(where: { $0.name == key.scalar?.string }) else {
                if value.name == key.scalar?.string {
                    elements.append(try merge(child, over: nil))
                    continue
                }
                if passesOverAbsence { continue }
                let names = base.compactMap(\.name).joined(separator: ", ")
                throw child.error(
                    "\(child.path) changes an element that is not there; there are: \(names); to "
                        + "add one, give it its name: too")
            }
            elements[place] = value.isNull ? nil : try merge(child, over: base[place])
        }
        return .sequence(Node.Sequence(elements.compactMap(\.self)))
    }

    /// Refuses names of elements, and removed keys, that none of some recipes has.
    func refuseWhatNoneHas(of recipes: [Node]) throws {
        try refuseWhatNoneHas(changes, of: recipes)
    }

    private func refuseWhatNoneHas(_ changes: RecipeNode, of values: [Node]) throws {
        guard let mapping = changes.node.mapping else { return }
        let elements = values.compactMap(\.sequence).flatMap(Array.init)
        for (key, value) in mapping {
            let child = changes.child(key, value)
            let name = key.scalar?.string ?? ""
            let named = elements.filter { $0.name == name }
            if !elements.isEmpty, named.isEmpty, value.name != name {
                throw child.error("\(child.path) changes an element that no arm has")
            }
            let known = named + values.compactMap { $0.mapping?[name] }
            if value.isNull, known.isEmpty {
                throw child.error("\(child.path) removes what no arm has; leave it out")
            }
            try refuseWhatNoneHas(child, of: known)
        }
    }
}

extension Node {
    /// What tells an element of a list from the others.
    fileprivate var name: String? { mapping?["name"]?.scalar?.string }

    /// A recipe without the digests of files that only corpora named which were removed.
    ///
    /// - Parameter files: whose digests stay, named or not.
    fileprivate func withoutUnreadDigests(but files: Set<String>) -> Node {
        guard var recipe = mapping, var corpora = recipe["corpora"]?.mapping,
            let digests = corpora["sha256"]?.mapping
        else { return self }
        let named = files.union(
            corpora.filter { $0.key.scalar?.string != "sha256" }.flatMap(\.value.texts))
        corpora["sha256"] = .mapping(
            Node.Mapping(digests.filter { named.contains($0.key.scalar?.string ?? "") }))
        recipe["corpora"] = .mapping(corpora)
        return .mapping(recipe)
    }

    /// All scalars in it but the keys of mappings.
    private var texts: [String] {
        switch self {
        case .scalar(let scalar): [scalar.string]
        case .sequence(let elements): elements.flatMap(\.texts)
        case .mapping(let values): values.flatMap(\.value.texts)
        case .alias: []
        }
    }

    /// Whether it is a null of YAML.
    var isNull: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }
}
