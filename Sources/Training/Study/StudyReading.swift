import Files
import Foundation
import Yams

extension Study {
    private enum Keys: String, RecipeKey {
        case name, recipe, seeds
        case sharesTokenizer = "shared_tokenizer"
        case arms, pairs, baselines, tests
        case beamSize = "beam"
        case bootstrap, margins, finals
    }

    private enum ArmKeys: String, RecipeKey {
        case name, extends, changes
    }

    private enum PairKeys: String, RecipeKey {
        case name, translation, sentiment
    }

    private enum BootstrapKeys: String, RecipeKey {
        case samples, seed
    }

    private enum MarginKeys: String, RecipeKey {
        case bleu, accuracy
    }

    private enum FinalsKeys: String, RecipeKey {
        case best, seeds
        case stepsFactor = "steps_factor"
        case changes
    }

    /// Reads a study and every recipe that its arms can become.
    ///
    /// - Throws: `FileError`, with the line of the first thing that is wrong.
    public init(contentsOf url: URL) throws {
        let root = try RecipeNode(contentsOf: url, kind: "study")
        let keys = try RecipeNode(node: root.node, file: root.file, line: 1, path: "study")
            .mapping(of: Keys.self)
        name = try keys[.name].string()
        (base, baseRecipe) = try Self.base(keys[.recipe], besides: url)
        seeds = try keys.optional(.seeds).map(Self.seeds) ?? [1, 2, 3]
        sharesTokenizer = try keys.optional(.sharesTokenizer)?.boolean() ?? true
        let armPlaces = try keys[.arms].list()
        var arms: [Arm] = []
        var trees: [String: [Node]] = [:]
        var recipes: [String: Recipe] = [:]
        for place in armPlaces {
            let arm = try Self.arm(place, after: arms)
            let origins = arm.origins.isEmpty ? [base] : arm.origins.flatMap { trees[$0] ?? [] }
            let variants = try origins.map { try arm.overlay?.applied(to: $0) ?? $0 }
            for variant in variants {
                recipes[arm.name] = try Self.read(variant, at: place, name: arm.name)
            }
            trees[arm.name] = variants
            arms.append(arm)
        }
        try refuseRepeatedNames(arms.map(\.name), at: armPlaces)
        self.arms = arms
        let pairPlaces = try keys.optional(.pairs)?.list() ?? []
        pairs = try pairPlaces.map { try Self.pair($0, recipes) }
        try refuseRepeatedNames(
            arms.map(\.name) + pairs.map(\.name), at: armPlaces + pairPlaces)
        let known = arms.map(\.name) + pairs.map(\.name)
        baselines = try keys.optional(.baselines)?.list().map { try $0.name(among: known) } ?? []
        tests = try Recipe.Corpora(
            keys[.tests], languages: baseRecipe.tokenizer?.languages, areTests: true)
        beamSize = try keys.optional(.beamSize)?.integer(in: 1...64) ?? 4
        let bootstrap = try keys.part(.bootstrap, of: BootstrapKeys.self)
        self.bootstrap = BootstrapRule(
            sampleCount: try bootstrap.optional(.samples)?.integer(in: 100...100_000) ?? 1000,
            seed: try bootstrap.optional(.seed)?.integer(in: 0...Int.max) ?? 1)
        margins = try keys.optional(.margins).map { place in
            let keys = try place.mapping(of: MarginKeys.self)
            return Margins(
                bleu: try keys.optional(.bleu)?.number(.positive),
                accuracy: try keys.optional(.accuracy)?.number(.positive))
        }
        let defaultSeeds = seeds
        finals = try keys.optional(.finals).map {
            try Self.finals($0, seeds: defaultSeeds, arms, trees)
        }
    }

    /// - Parameters:
    ///   - seeds: those of the first phase.
    ///   - trees: all that the recipe of each arm can become in the first phase.
    private static func finals(
        _ place: RecipeNode, seeds defaultSeeds: [Int], _ arms: [Arm], _ trees: [String: [Node]]
    ) throws -> Finals {
        let keys = try place.mapping(of: FinalsKeys.self)
        let overlay = keys.optional(.changes).map {
            Overlay(changes: $0.asRoot, passesOverAbsentElements: true)
        }
        try overlay?.refuseAbsentElements(in: trees.values.flatMap(\.self))
        let finals = Finals(
            bestCount: try keys[.best].integer(in: 1...64),
            seeds: try keys.optional(.seeds).map(Self.seeds) ?? defaultSeeds,
            stepsFactor: try keys.optional(.stepsFactor)?.number(.positive) ?? 1, overlay: overlay)
        for arm in arms {
            for tree in trees[arm.name] ?? [] {
                _ = try read(
                    finals.tree(of: tree), at: arm.place,
                    name: "\(arm.name) with the changes of finals")
            }
        }
        return finals
    }

    /// The base recipe, which stands in the study or in a file that is named relative to it.
    private static func base(_ place: RecipeNode, besides study: URL) throws -> (Node, Recipe) {
        guard place.node.mapping == nil else {
            return (place.node, try Recipe(place.asRoot))
        }
        let path = try place.string()
        let url =
            path.hasPrefix("/")
            ? URL(fileURLWithPath: path) : study.deletingLastPathComponent().appending(path: path)
        let recipe = try RecipeNode(contentsOf: url, kind: "recipe")
        return (recipe.node, try Recipe(recipe))
    }

    private static func seeds(_ place: RecipeNode) throws -> [Int] {
        let places = try place.list()
        let seeds = try places.map { try $0.integer(in: 0...Int.max) }
        try refuseRepeatedNames(seeds.map(String.init), at: places)
        return seeds
    }

    private static func arm(_ place: RecipeNode, after earlier: [Arm]) throws -> Arm {
        let keys = try place.mapping(of: ArmKeys.self)
        let names = earlier.map(\.name)
        let origins: [String] =
            try keys.optional(.extends).map { place in
                place.node.sequence == nil
                    ? [try place.name(among: names)]
                    : try place.list().map { try $0.name(among: names) }
            } ?? []
        return Arm(
            name: try keys[.name].folderName(), origins: origins,
            overlay: try keys.optional(.changes).map { place in
                guard place.node.mapping != nil else {
                    throw place.mismatch("a mapping of keys to values")
                }
                return Overlay(changes: place.asRoot)
            }, place: place)
    }

    private static func pair(_ place: RecipeNode, _ recipes: [String: Recipe]) throws -> Pair {
        let keys = try place.mapping(of: PairKeys.self)
        func arm(_ key: PairKeys, _ task: TrainingTask) throws -> String {
            let place = try keys[key]
            let name = try place.name(among: recipes.keys.sorted())
            guard let recipe = recipes[name], tasks(of: recipe).contains(task) else {
                throw place.error("\(place.path): '\(name)' does not train \(task.rawValue)")
            }
            return name
        }
        return Pair(
            name: try keys[.name].string(), translation: try arm(.translation, .translation),
            sentiment: try arm(.sentiment, .sentiment))
    }

    /// Reads a recipe that changes have made.
    ///
    /// - Parameter place: what is to blame for what is wrong.
    static func read(_ tree: Node, at place: RecipeNode, name: String) throws -> Recipe {
        do {
            return try Recipe(
                RecipeNode(node: tree, file: place.file, line: place.line, path: ""))
        } catch let error as FileError {
            throw place.error("arm '\(name)': \(error.problem)")
        }
    }
}

extension RecipeNode {
    /// The same value as the beginning of its paths.
    fileprivate var asRoot: RecipeNode {
        RecipeNode(node: node, file: file, line: line, path: "")
    }

    /// One of some names.
    fileprivate func name(among names: [String]) throws -> String {
        let name = try string()
        guard names.contains(name) else {
            throw error(
                "\(path) is '\(name)', which is unknown here; there are: "
                    + (names.isEmpty ? "none" : names.joined(separator: ", ")))
        }
        return name
    }

    /// A name that a folder can have.
    fileprivate func folderName() throws -> String {
        let name = try string()
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic
                    || "0123456789-_+".unicodeScalars.contains(scalar))
        }
        guard isPlain else {
            throw error(
                "\(path) is '\(name)'; a folder is called after it, so take letters, digits, '-', "
                    + "'_' and '+'")
        }
        return name
    }
}
