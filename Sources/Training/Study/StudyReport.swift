import Foundation

/// What a study found, with all that a stranger needs to read it. As JSON it has keys in snake case.
public struct StudyReport: Codable, Hashable, Sendable {
    /// What runs were made with.
    public struct Conditions: Codable, Hashable, Sendable {
        /// Of the program.
        public var commit: String?
        public var processor: String
        public var instructionSet: String
        public var threadCount: Int
    }

    /// A set that the models were measured on.
    public struct TestSet: Codable, Hashable, Sendable {
        public var name: String
        public var segments: Int
        /// With the SHA-256 of each.
        public var files: [File]

        public struct File: Codable, Hashable, Sendable {
            public var name: String
            public var sha256: String
        }
    }

    /// A score of a set.
    public struct Metric: Codable, Hashable, Sendable {
        /// `bleu`, `chrf`, `accuracy` or `macro_f1`; all go from 0 to 100.
        public var name: String
        public var set: String
        public var signature: String
    }

    /// The mean over the runs with several seeds.
    public struct Score: Codable, Hashable, Sendable {
        public var metric: Metric
        public var mean: Double
        /// 95 % of the samples of the test set score between these.
        public var low: Double
        public var high: Double
        /// Of each run, in the order of the seeds.
        public var runs: [Double]
    }

    /// An arm, or two of them as one.
    public struct System: Codable, Hashable, Sendable {
        public var name: String
        public var arms: [String]
        /// The arm that it was a change of, if the study let the held part choose it.
        public var origin: String?
        /// The seeds that it is trained with.
        public var plannedSeeds: [Int]
        /// Those of the runs that are finished.
        public var seeds: [Int]
        public var scores: [Score]
        public var cost: Cost
    }

    /// What a system takes; of two arms the sum. Times are means over the runs.
    public struct Cost: Codable, Hashable, Sendable {
        /// Those that the answers of the tasks depend on.
        public var parameters: Int
        /// Of the model folders, without the other parameters.
        public var bytes: Int
        /// With the validations.
        public var trainingSeconds: Double
        /// Target tokens of translation, source tokens of sentiment.
        public var trainingTokens: [TrainingTask: Int]
        /// Forward and back; counted, not measured.
        public var trainingMultiplyAdds: Double
        /// To do the tasks for a sentence of 20 tokens that is translated into as many.
        public var answerMultiplyAdds: Int
        /// Those of them in encoders.
        public var encoderMultiplyAdds: Int
        /// To translate some texts and to classify them, with one thread; nil if it does but one of these.
        public var answerSeconds: Double?
        /// To bring their tokens through the encoders; nil as above.
        public var encoderSeconds: Double?
    }

    /// A system against a baseline, on one metric, over the seeds that both have.
    public struct Comparison: Codable, Hashable, Sendable {
        public var system: String
        public var baseline: String
        public var metric: Metric
        public var difference: Double
        public var low: Double
        public var high: Double
        /// The share of the samples in which the system is better.
        public var shareBetter: Double
        public var pValue: Double
        /// Whether the interval stays above the margin; nil: none was set.
        public var isNotInferior: Bool?

        /// Whether the interval says that the system is better or worse.
        public var verdict: String { low > 0 ? "better" : high < 0 ? "worse" : "not told apart" }
    }

    public struct Ranked: Codable, Hashable, Sendable {
        public var arm: String
        /// Mean BLEU and accuracy on the held part, as far as the arm learns the tasks, over the seeds.
        public var heldScore: Double
        public var runCount: Int
    }

    /// A run, or all of an arm, that came to nothing.
    public struct Failure: Codable, Hashable, Sendable {
        public var arm: String
        /// Nil: all runs of the arm.
        public var seed: Int?
        public var reason: String
    }

    /// The cosine between the gradients of the tasks in the runs of an arm.
    public struct Cosines: Codable, Hashable, Sendable {
        public var arm: String
        public var runs: [Run]

        public struct Run: Codable, Hashable, Sendable {
            public var seed: Int
            /// Counted over the stages in which there is a cosine, one after the other.
            public var steps: [Int]
            public var values: [Double]
        }
    }

    public struct Phase: Codable, Hashable, Sendable {
        public var name: String
        /// Of the arms that have none of their own.
        public var seeds: [Int]
        public var armCount: Int
        /// The arms that are done with.
        public var finishedArmCount: Int
        public var systems: [System]
        public var comparisons: [Comparison]
        public var ranking: [Ranked]
        public var cosines: [Cosines]
        public var failures: [Failure]
    }

    public var name: String
    public var conditions: [Conditions]
    public var sets: [TestSet]
    public var beamSize: Int
    /// In which the models answer: `fp32` or `int8`.
    public var precision: String
    public var sampleCount: Int
    public var sampleSeed: Int
    /// How many texts times are taken on.
    public var timedTexts: Int
    public var margins: Study.Margins?
    public var phases: [Phase]

    /// The runs that came to nothing, of all phases.
    public var failures: [Failure] { phases.flatMap(\.failures) }
}

extension StudyReport.Metric {
    /// As tables and charts call it.
    var title: String { "\(quantity), \(set)" }

    var quantity: String {
        switch name {
        case "bleu": "BLEU"
        case "chrf": "chrF2"
        case "accuracy": "accuracy in %"
        default: "macro-F1 in %"
        }
    }
}
