import Foundation
import Yams

/// What a study trains and how it compares the results, as written in a YAML file: `Corpora/studies/multitask.yml`
/// explains every key.
public struct Study {
    public let name: String
    /// The recipe that all arms are changes of.
    let baseRecipe: Recipe
    /// Its tree.
    let base: Node
    let arms: [Arm]
    let pairs: [Pair]
    /// The names of the arms and pairs that everything is compared with.
    let baselines: [String]
    /// Every arm is trained with each in the first phase, unless it names its own.
    let seeds: [Int]
    /// Whether arms with the tokenizer rule of the base recipe get one tokenizer, learned from the corpora of the base.
    let sharesTokenizer: Bool
    /// What the finished models are measured on.
    let tests: Recipe.Corpora
    /// The width of the search for translations.
    let beamSize: Int
    let bootstrap: BootstrapRule
    /// How much worse than a baseline is not inferior yet; nil: that is not asked.
    let margins: Margins?
    let finals: Finals?
    /// All that is trained, or may be.
    let recipes: [Recipe]

    /// A recipe that is trained.
    struct Arm {
        let name: String
        /// The earlier arms of which the one that is best on the held part is changed; empty: the base recipe is.
        let origins: [String]
        /// Of the first phase; nil: those of the study.
        let seeds: [Int]?
        let overlay: Overlay?
        let place: RecipeNode

        /// What the arm makes of the recipe that it changes.
        func tree(from origin: Node) throws -> Node {
            try overlay?.applied(to: origin) ?? origin
        }
    }

    /// Two arms that together do what one model with both tasks does.
    struct Pair {
        let name: String
        let translation: String
        let sentiment: String
    }

    struct BootstrapRule: Codable, Hashable {
        let sampleCount: Int
        let seed: Int
    }

    /// In points of BLEU and of accuracy in percent.
    public struct Margins: Codable, Hashable, Sendable {
        public let bleu: Double?
        public let accuracy: Double?
    }

    /// The second phase: the best arms and the baselines once more.
    struct Finals {
        let bestCount: Int
        let seeds: [Int]
        /// How many times the steps of the first phase every stage has.
        let stepsFactor: Double
        let overlay: Overlay?

        /// What the recipe of an arm becomes.
        func tree(of tree: Node) throws -> Node {
            var tree = try overlay?.applied(to: tree) ?? tree
            let stages = tree.mapping?["curriculum"]?.sequence ?? []
            tree.mapping?["curriculum"] = .sequence(
                Node.Sequence(
                    stages.map { stage in
                        var stage = stage
                        let steps = stage.mapping?["steps"]?.scalar?.string.filter { $0 != "_" }
                        if let steps = steps.flatMap({ Double($0) }) {
                            stage.mapping?["steps"] = Node(
                                "\(Int((steps * stepsFactor).rounded()))", .implicit, .plain)
                        }
                        return stage
                    }))
            return tree
        }
    }

    /// A recipe as the run of an arm with a seed has it, under a name that tells both.
    func recipe(of tree: Node, arm: Arm, seed: Int) throws -> (text: String, recipe: Recipe) {
        var tree = tree
        tree.mapping?["name"] = Node("\(name) \(arm.name)", .implicit, .doubleQuoted)
        tree.mapping?["seed"] = Node("\(seed)", .implicit, .plain)
        return (
            try Yams.serialize(node: tree, allowUnicode: true),
            try Self.read(tree, at: arm.place, name: arm.name)
        )
    }

    /// The tasks that a recipe trains.
    static func tasks(of recipe: Recipe) -> [TrainingTask] {
        TrainingTask.allCases.filter { task in
            recipe.curriculum.contains { $0.tasks[task] != nil }
        }
    }
}
