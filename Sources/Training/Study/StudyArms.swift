import Files
import Yams

/// The arms of a study, and all that their recipes can become in the first phase: as many as there are recipes that they
/// may be changes of.
struct StudyArms {
    private(set) var arms: [Study.Arm] = []
    private(set) var trees: [String: [Node]] = [:]
    private(set) var recipes: [String: [Recipe]] = [:]

    private enum Keys: String, RecipeKey {
        case name, extends, seeds, changes
    }

    /// - Parameter base: the recipe that arms are changes of which name no other.
    /// - Throws: `FileError` for an arm, or for a recipe that it can become.
    init(_ places: [RecipeNode], base: Node) throws {
        for place in places {
            let arm = try read(place)
            let origins = arm.origins.isEmpty ? [base] : arm.origins.flatMap { trees[$0] ?? [] }
            let variants = try origins.map(arm.tree)
            recipes[arm.name] = try variants.map {
                try Study.read($0, at: place, name: arm.name)
            }
            trees[arm.name] = variants
            arms.append(arm)
        }
        try refuseRepeatedNames(arms.map(\.name), at: places)
    }

    /// Whether an arm trains a task, whatever its recipe becomes.
    func trains(_ task: TrainingTask, _ arm: String) -> Bool {
        recipes[arm]?.allSatisfy { Study.tasks(of: $0).contains(task) } ?? false
    }

    private func read(_ place: RecipeNode) throws -> Study.Arm {
        let keys = try place.mapping(of: Keys.self)
        return Study.Arm(
            name: try keys[.name].folderName(),
            origins: try keys.optional(.extends).map(origins) ?? [],
            seeds: try keys.optional(.seeds)?.seeds(),
            overlay: try keys.optional(.changes).map { place in
                guard place.node.mapping != nil else {
                    throw place.mismatch("a mapping of keys to values")
                }
                return Overlay(changes: place.asRoot)
            }, place: place)
    }

    /// The earlier arms that an arm may be a change of.
    private func origins(_ place: RecipeNode) throws -> [String] {
        let names = arms.map(\.name)
        let origins =
            place.node.sequence == nil
            ? [try place.name(among: names)] : try place.list().map { try $0.name(among: names) }
        let tasks = origins.flatMap { recipes[$0] ?? [] }.map(Study.tasks)
        guard Set(tasks).count == 1 else {
            throw place.error(
                "\(place.path) names arms that train different tasks, so that the better one "
                    + "cannot be told; name arms with the same tasks")
        }
        return origins
    }
}

extension RecipeNode {
    /// The same value as the beginning of its paths.
    var asRoot: RecipeNode { RecipeNode(node: node, file: file, line: line, path: "") }

    /// One of some names.
    func name(among names: [String]) throws -> String {
        let name = try string()
        guard names.contains(name) else {
            throw error(
                "\(path) is '\(name)', which is unknown here; there are: "
                    + (names.isEmpty ? "none" : names.joined(separator: ", ")))
        }
        return name
    }

    /// Different numbers to begin random draws with.
    func seeds() throws -> [Int] {
        let places = try list()
        let seeds = try places.map { try $0.integer(in: 0...Int.max) }
        try refuseRepeatedNames(seeds.map(String.init), at: places)
        return seeds
    }

    /// A name that a folder can have.
    fileprivate func folderName() throws -> String {
        let name = try string()
        guard name.unicodeScalars.allSatisfy(\.isPlain) else {
            throw error(
                "\(path) is '\(name)'; a folder is called after it, so take letters, digits, '-', "
                    + "'_' and '+'")
        }
        return name
    }
}
