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

    /// Reads a study and every recipe that its arms can become.
    ///
    /// - Throws: `FileError`, with the line of the first thing that is wrong.
    public init(contentsOf url: URL) throws {
        let root = try RecipeNode(contentsOf: url, kind: "study")
        let keys = try RecipeNode(node: root.node, file: root.file, line: 1, path: "study")
            .mapping(of: Keys.self)
        name = try keys[.name].string()
        (base, baseRecipe) = try Self.base(keys[.recipe], besides: url)
        seeds = try keys.optional(.seeds)?.seeds() ?? [1, 2, 3]
        sharesTokenizer = try keys.optional(.sharesTokenizer)?.boolean() ?? true
        let armPlaces = try keys[.arms].list()
        let arms = try StudyArms(armPlaces, base: base)
        self.arms = arms.arms
        let pairPlaces = try keys.optional(.pairs)?.list() ?? []
        pairs = try pairPlaces.map { try Pair($0, arms) }
        let systems = self.arms.map(\.name) + pairs.map(\.name)
        try refuseRepeatedNames(systems, at: armPlaces + pairPlaces)
        baselines = try keys.optional(.baselines)?.list().map { try $0.name(among: systems) } ?? []
        tests = try Recipe.Corpora(
            keys[.tests], languages: baseRecipe.tokenizer?.languages, areTests: true)
        beamSize = try keys.optional(.beamSize)?.integer(in: 1...64) ?? 4
        bootstrap = try BootstrapRule(keys.part(.bootstrap, of: BootstrapRule.Keys.self))
        margins = try keys.optional(.margins).map(Margins.init)
        let defaultSeeds = seeds
        finals = try keys.optional(.finals).map { try Finals($0, seeds: defaultSeeds, arms) }
        recipes =
            try [baseRecipe] + arms.recipes.values.joined() + (finals?.recipes(of: arms) ?? [])
    }

    /// The base recipe, which stands in the study or in a file that is named relative to it.
    private static func base(_ place: RecipeNode, besides study: URL) throws -> (Node, Recipe) {
        guard place.node.mapping == nil else {
            return (place.node, try Recipe(place.asRoot))
        }
        let recipe = try RecipeNode.recipe(at: place.file(besides: study))
        return (recipe.node, try Recipe(recipe))
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

extension Study.Pair {
    private enum Keys: String, RecipeKey {
        case name, translation, sentiment
    }

    fileprivate init(_ place: RecipeNode, _ arms: StudyArms) throws {
        let keys = try place.mapping(of: Keys.self)
        func arm(_ key: Keys, _ task: TrainingTask) throws -> String {
            let place = try keys[key]
            let name = try place.name(among: arms.arms.map(\.name))
            guard arms.trains(task, name) else {
                throw place.error("\(place.path): '\(name)' does not train \(task.rawValue)")
            }
            return name
        }
        name = try keys[.name].string()
        translation = try arm(.translation, .translation)
        sentiment = try arm(.sentiment, .sentiment)
    }
}

extension Study.BootstrapRule {
    fileprivate enum Keys: String, RecipeKey {
        case samples, seed
    }

    fileprivate init(_ keys: RecipeMapping<Keys>) throws {
        sampleCount = try keys.optional(.samples)?.integer(in: 100...100_000) ?? 1000
        seed = try keys.optional(.seed)?.integer(in: 0...Int.max) ?? 1
    }
}

extension Study.Margins {
    private enum Keys: String, RecipeKey {
        case bleu, accuracy
    }

    fileprivate init(_ place: RecipeNode) throws {
        let keys = try place.mapping(of: Keys.self)
        bleu = try keys.optional(.bleu)?.number(.positive)
        accuracy = try keys.optional(.accuracy)?.number(.positive)
    }
}

extension Study.Finals {
    private enum Keys: String, RecipeKey {
        case best, seeds
        case stepsFactor = "steps_factor"
        case changes
    }

    /// - Parameter seeds: those of the first phase.
    fileprivate init(_ place: RecipeNode, seeds: [Int], _ arms: StudyArms) throws {
        let keys = try place.mapping(of: Keys.self)
        bestCount = try keys[.best].integer(in: 1...64)
        self.seeds = try keys.optional(.seeds)?.seeds() ?? seeds
        stepsFactor = try keys.optional(.stepsFactor)?.number(.weight) ?? 1
        overlay = keys.optional(.changes).map {
            Overlay(changes: $0.asRoot, passesOverAbsence: true)
        }
        try overlay?.refuseWhatNoneHas(of: arms.trees.values.flatMap(\.self))
    }

    /// What the recipes of arms can become in the second phase.
    fileprivate func recipes(of arms: StudyArms) throws -> [Recipe] {
        try arms.arms.flatMap { arm in
            try (arms.trees[arm.name] ?? []).map {
                try Study.read(
                    tree(of: $0), at: arm.place, name: "\(arm.name) with the changes of finals")
            }
        }
    }
}
