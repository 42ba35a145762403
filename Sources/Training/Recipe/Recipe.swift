import Foundation
import Kernels
import Tokenization
import Transformer

/// All that decides a training run, as written in a YAML file: `Corpora/recipes/multi30k-sst2.yml` and `Corpora/README.md`
/// explain the keys.
///
/// The same recipe, corpora and program give the same model, byte for byte.
public struct Recipe: Codable, Hashable, Sendable {
    public var name: String
    /// The licence of the weights, for the model's card.
    public var licence: String
    /// What the licences of the corpora ask of those who use the weights, for the card.
    public var terms: String?
    public var seed: Int
    /// Of the matrix products of training; weights, gradients and moments are fp32 in any case.
    public var precision: Precision
    /// The model folder to start from, whose tokenizer and sizes are kept, but for `growth`; then `tokenizer` and `model` are nil.
    public var initialModel: String?
    /// The layers that this model gets in addition, before training; nil: none.
    public var growth: LayerGrowth?
    /// How the model folder keeps the weights; nil: in 16 bits.
    public var storage: Storage?
    public var tokenizer: TokenizerRule?
    public var model: Sizes?
    public var corpora: Corpora
    public var holdOut: HoldOutRule
    public var validation: Validation
    /// How many validations of a stage in a row may bring nothing better before the stage ends; 0: any number.
    public var patience: Int
    public var optimizer: OptimizerRule
    public var regularization: Regularization
    public var averaging: Averaging
    public var checkpoint: CheckpointRule
    public var curriculum: [Stage]

    enum CodingKeys: String, RecipeKey {
        case name, licence, terms, seed, precision
        case initialModel = "init"
        case growth = "grow"
        case storage, tokenizer, model, corpora
        case holdOut = "hold_out"
        case validation, patience, optimizer, regularization, averaging, checkpoint, curriculum
    }

    /// How numbers stand in a file.
    public enum Storage: String, Codable, CaseIterable, Sendable {
        case fp16, int8

        var precision: WeightFile.Precision {
            switch self {
            case .fp16: .float16
            case .int8: .int8
            }
        }
    }

    /// The vocabulary to learn.
    public struct TokenizerRule: Codable, Hashable, Sendable {
        public var vocabularySize: Int
        /// The target languages, in the order of their start tokens.
        public var languages: [String]
        public var normalization: NormalizationRule

        enum CodingKeys: String, RecipeKey {
            case vocabularySize = "vocabulary_size"
            case languages, normalization
        }
    }

    /// The sizes of the model.
    public struct Sizes: Codable, Hashable, Sendable {
        public var encoderLayerCount: Int
        public var decoderLayerCount: Int
        public var modelDimension: Int
        public var feedForwardDimension: Int
        public var headCount: Int
        public var maximumLength: Int
        /// The layers of the encoder that a head of sentiment reads each; nil: the last.
        public var sentimentLayers: [Int]?
        /// What the encoders of the tasks share; nil: everything.
        public var sharing: EncoderSharing?
        /// What the heads of sentiment make of the tokens' states; nil: mean and maximum.
        public var pooling: TokenPooling?

        enum CodingKeys: String, RecipeKey {
            case encoderLayerCount = "encoder_layers"
            case decoderLayerCount = "decoder_layers"
            case modelDimension = "model_dimension"
            case feedForwardDimension = "feed_forward_dimension"
            case headCount = "heads"
            case maximumLength = "maximum_length"
            case sentimentLayers = "sentiment_layers"
            case sharing, pooling
        }
    }

    /// The data of each task; a task without corpora cannot be trained.
    public struct Corpora: Codable, Hashable, Sendable {
        public var translation: [TranslationCorpus]
        public var sentiment: [SentimentCorpus]
        /// How the corpora are cleaned that say nothing else; nil: not at all.
        public var cleaning: CleaningRules?
        /// How evenly they are drawn; nil: as their sizes and weights say.
        public var balance: Balance?
        /// The SHA-256 that files have, by their paths, in lower-case hexadecimal; a file that is not named may have any.
        public var sha256: [String: String]?

        enum CodingKeys: String, RecipeKey {
            case translation, sentiment, cleaning, balance, sha256
        }
    }

    /// Sentence pairs: either a `source` and a `target` file, or one file of `pairs`, or the `join` of two corpora.
    public struct TranslationCorpus: Codable, Hashable, Sendable {
        public enum Directions: String, Codable, CaseIterable, Sendable {
            case forward, both
        }

        public var name: String
        public var source: String?
        public var target: String?
        public var pairs: String?
        public var join: Join?
        public var from: String
        public var to: String
        public var directions: Directions
        /// How often an epoch holds each pair; a fraction takes a part of the corpus, another one each epoch.
        public var weight: Double
        /// As its origin states it, for the card.
        public var licence: String?
        /// Instead of the cleaning of all corpora.
        public var cleaning: CleaningRules?

        enum CodingKeys: String, RecipeKey {
            case name, source, target, pairs, join, from, to, directions, weight, licence, cleaning
        }
    }

    /// Labelled texts.
    public struct SentimentCorpus: Codable, Hashable, Sendable {
        public var name: String
        public var file: String
        public var labels: LabelScheme
        /// Translations of the texts of `file`, which get their labels; the texts themselves are then left out.
        public var through: [ParallelFiles]?
        /// Texts of whose label the probability is lower are left out; of `probabilities` only.
        public var minimumProbability: Double?
        public var language: String
        /// How often an epoch holds each text; a fraction takes a part of the corpus, another one each epoch.
        public var weight: Double
        /// Whether texts of this corpus choose the checkpoints.
        public var isHeldOut: Bool
        /// As its origin states it, for the card.
        public var licence: String?
        /// Instead of the cleaning of all corpora.
        public var cleaning: CleaningRules?

        enum CodingKeys: String, RecipeKey {
            case name, file, labels, through
            case minimumProbability = "minimum_probability"
            case language, weight, licence, cleaning
            case isHeldOut = "hold_out"
        }
    }

    /// Which part of the corpora chooses checkpoints instead of being trained on.
    public struct HoldOutRule: Codable, Hashable, Sendable {
        public var fraction: Double
        public var seed: Int

        enum CodingKeys: String, RecipeKey {
            case fraction, seed
        }
    }

    /// When and how the model is measured while it trains.
    public struct Validation: Codable, Hashable, Sendable {
        public var everySteps: Int
        public var beamSize: Int
        public var batchSize: Int
        /// The most examples of a held part or test set that are used; 0: all.
        public var sentences: Int
        /// Further sets that are measured but choose nothing.
        public var tests: Corpora

        enum CodingKeys: String, RecipeKey {
            case everySteps = "every_steps"
            case beamSize = "beam"
            case batchSize = "batch_size"
            case sentences, tests
        }
    }

    public struct OptimizerRule: Codable, Hashable, Sendable {
        public enum Method: String, Codable, CaseIterable, Sendable {
            case adam, adamw, sgd

            /// The moments of the gradient that the method keeps for each parameter.
            public var momentCount: Int { self == .sgd ? 1 : 2 }
        }

        public var name: Method
        public var beta1: Double
        public var beta2: Double
        public var epsilon: Double
        /// Of sgd.
        public var momentum: Double
        /// Decoupled; of adamw and sgd.
        public var weightDecay: Double
        /// Longer gradients are scaled down to this norm; 0: never.
        public var maximumGradientNorm: Double

        enum CodingKeys: String, RecipeKey {
            case name, beta1, beta2, epsilon, momentum
            case weightDecay = "weight_decay"
            case maximumGradientNorm = "maximum_gradient_norm"
        }
    }

    public struct Regularization: Codable, Hashable, Sendable {
        public var dropout: Double
        public var labelSmoothing: Double
        public var bpeDropout: Double
        /// The probability that a word of a text to classify is left out.
        public var wordDropout: Double
        /// The probability that a word of a text to classify changes places with the next.
        public var wordSwap: Double?
        /// The probability that an example is written in capitals, without any, or with one at each word.
        public var caseAugmentation: Double?
        /// The weight of the sum of all weights' magnitudes in the loss.
        public var l1: Double?
        /// The weight of half the sum of all weights' squares in the loss.
        public var l2: Double?

        enum CodingKeys: String, RecipeKey {
            case dropout, l1, l2
            case labelSmoothing = "label_smoothing"
            case bpeDropout = "bpe_dropout"
            case wordDropout = "word_dropout"
            case wordSwap = "word_swap"
            case caseAugmentation = "case_augmentation"
        }
    }

    public struct Averaging: Codable, Hashable, Sendable {
        /// How many checkpoints are averaged; 1: none but the best itself.
        public var checkpoints: Int

        enum CodingKeys: String, RecipeKey {
            case checkpoints
        }
    }

    public struct CheckpointRule: Codable, Hashable, Sendable {
        public var everySeconds: Int

        enum CodingKeys: String, RecipeKey {
            case everySeconds = "every_seconds"
        }
    }
}
