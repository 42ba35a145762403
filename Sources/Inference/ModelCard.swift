import Transformer

/// What is known about a model: what it is made from, how, and what it scores. It is `card.json` of the model folder, with
/// keys in snake case.
public struct ModelCard: Codable, Hashable, Sendable {
    /// A corpus that the model has seen.
    public struct Corpus: Codable, Hashable, Sendable {
        public var name: String
        /// As the recipe names them.
        public var files: [String]
        /// Pairs, or labelled texts.
        public var lines: Int
        /// The digest of each file, in the order of the files, in hexadecimal.
        public var sha256: [String]
        public var licence: String?
        /// Those of the pairs, or that of the labelled texts.
        public var languages: [String]?
        /// How many lines were left out, by the reason; nil if all that are not empty were taken.
        public var removed: [String: Int]?

        public init(
            name: String, files: [String], lines: Int, sha256: [String], licence: String? = nil,
            languages: [String]? = nil, removed: [String: Int]? = nil
        ) {
            self.name = name
            self.files = files
            self.lines = lines
            self.sha256 = sha256
            self.licence = licence
            self.languages = languages
            self.removed = removed
        }
    }

    /// A result on a set.
    public struct Score: Codable, Hashable, Sendable {
        public var set: String
        public var metric: String
        public var value: Double
        /// What makes the number comparable, as the metric prints it.
        public var signature: String?

        public init(set: String, metric: String, value: Double, signature: String? = nil) {
            self.set = set
            self.metric = metric
            self.value = value
            self.signature = signature
        }
    }

    /// A stage of the curriculum.
    public struct Stage: Codable, Hashable, Sendable {
        public var name: String
        /// Updates made.
        public var steps: Int?
        public var seconds: Double?
        /// On the held-out and the test sets, after the stage.
        public var scores: [Score]

        public init(name: String, steps: Int? = nil, seconds: Double? = nil, scores: [Score] = []) {
            self.name = name
            self.steps = steps
            self.seconds = seconds
            self.scores = scores
        }
    }

    /// How the temperature of the sentiment was found, which is part of the configuration.
    public struct Calibration: Codable, Hashable, Sendable {
        /// The labelled sets that it was fitted on.
        public var sets: [String]
        /// The number of their texts.
        public var texts: Int
        /// The expected calibration error on them, from 0 to 1, without a temperature.
        public var errorBefore: Double
        /// The same with the temperature.
        public var errorAfter: Double

        private enum CodingKeys: String, CodingKey {
            case sets, texts
            case errorBefore = "eceBefore"
            case errorAfter = "eceAfter"
        }

        public init(sets: [String], texts: Int, errorBefore: Double, errorAfter: Double) {
            self.sets = sets
            self.texts = texts
            self.errorBefore = errorBefore
            self.errorAfter = errorAfter
        }
    }

    /// A model whose weights are part of a mean.
    public struct Origin: Codable, Hashable, Sendable {
        public var name: String
        /// Its share of the mean.
        public var weight: Double
        /// Of the file of its weights, in hexadecimal.
        public var sha256: String
    }

    /// A model that the training went on from.
    public struct Ancestor: Codable, Hashable, Sendable {
        public var name: String
        /// Of the file of its weights, in hexadecimal.
        public var sha256: String
        public var seed: UInt64?
        public var commit: String?
        public var stages: [Stage]
    }

    /// Tells that the training goes on from a model: what that has seen and gone through belongs to this one's past.
    ///
    /// - Parameter sha256: of the file of its weights, in hexadecimal.
    public mutating func goOn(from card: ModelCard, sha256: String) {
        let known = corpora
        corpora += card.corpora.filter { corpus in
            !known.contains { $0.sha256 == corpus.sha256 && $0.languages == corpus.languages }
        }
        let ancestor = Ancestor(
            name: card.name, sha256: sha256, seed: card.seed, commit: card.commit,
            stages: card.stages)
        ancestors = (card.ancestors ?? []) + [ancestor]
    }

    /// The languages of which the model has seen labelled texts, as far as the card tells: pairs have two languages.
    public var sentimentLanguages: Set<String> {
        Set(corpora.compactMap(\.languages).filter { $0.count == 1 }.joined())
    }

    /// The tasks that none of the corpora teaches, as far as the card tells.
    public var untaughtTasks: [ModelTask] {
        let counts = Set(corpora.compactMap(\.languages?.count))
        if counts.isEmpty { return [] }
        return ModelTask.allCases.filter { task in
            switch task {
            case .translation: !counts.contains(2)
            case .sentiment: !counts.contains(1)
            }
        }
    }

    public var name: String
    public var version: String
    /// The licence of the weights.
    public var licence: String
    /// What the licences of the corpora ask of those who use the weights.
    public var terms: String?
    /// The target languages.
    public var languages: [String]
    /// The classes of sentiment.
    public var labels: [String]
    /// The number of parameters.
    public var parameters: Int?
    public var corpora: [Corpus]
    /// The text of the recipe.
    public var recipe: String?
    public var seed: UInt64?
    /// The commit of the program that trained it.
    public var commit: String?
    public var stages: [Stage]
    /// Of the weights as they are in the folder.
    public var scores: [Score]
    public var notes: String?
    /// Nil if the probabilities are those that the training gave.
    public var calibration: Calibration?
    /// The models whose mean the weights are; nil: they were trained.
    public internal(set) var averagedFrom: [Origin]?
    /// The models that the training went on from, the first first; nil: it began with random weights.
    public internal(set) var ancestors: [Ancestor]?
    /// The SHA-256 of the folder's other files, by their names. Whoever writes a folder computes them.
    public internal(set) var checksums: [String: String]?
    /// What the model answered when the folder was written.
    public internal(set) var selfTest: SelfTest?

    public init(
        name: String, version: String, licence: String, terms: String? = nil, languages: [String],
        labels: [String], parameters: Int? = nil, corpora: [Corpus] = [], recipe: String? = nil,
        seed: UInt64? = nil, commit: String? = nil, stages: [Stage] = [], scores: [Score] = [],
        notes: String? = nil
    ) {
        self.name = name
        self.version = version
        self.licence = licence
        self.terms = terms
        self.languages = languages
        self.labels = labels
        self.parameters = parameters
        self.corpora = corpora
        self.recipe = recipe
        self.seed = seed
        self.commit = commit
        self.stages = stages
        self.scores = scores
        self.notes = notes
    }
}
