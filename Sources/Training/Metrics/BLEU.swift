import Foundation

/// The BLEU score of a corpus (Papineni et al. 2002) as sacreBLEU computes it: one reference, tokenization 13a,
/// exponential smoothing.
///
/// The score is a function of counts that can be added, so the score of any part or sample of a corpus needs no second
/// look at its text.
public struct BLEU: Hashable, Sendable {
    /// The longest n-grams that count.
    static let maximumOrder = 4

    public let statistics: Statistics
    /// Whether case was ignored; sacreBLEU's default is to heed it.
    public let isLowercased: Bool

    /// The score of the corpus that has these counts.
    public init(_ statistics: Statistics, isLowercased: Bool = false) {
        self.statistics = statistics
        self.isLowercased = isLowercased
    }

    /// The score of hypotheses, each against the reference at the same place.
    ///
    /// - Parameter lowercase: Ignores case, for comparison with older publications.
    /// - Precondition: There is one reference for each hypothesis.
    public static func score(
        hypotheses: [String], references: [String], lowercase: Bool = false
    ) -> BLEU {
        precondition(hypotheses.count == references.count)
        let statistics = zip(hypotheses, references).reduce(into: Statistics()) { sum, pair in
            sum += Statistics(hypothesis: pair.0, reference: pair.1, lowercase: lowercase)
        }
        return BLEU(statistics, isLowercased: lowercase)
    }

    /// The score, from 0 to 100: BP · exp(1/4 Σ log pₙ). It is 0 if no word is right, or if no hypothesis has
    /// four words.
    public var score: Double {
        guard statistics.matches != .zero, !precisions.contains(0) else { return 0 }
        let logarithms = precisions.map { log($0) }
        return brevityPenalty * exp(logarithms.reduce(0, +) / Double(Self.maximumOrder))
    }

    /// The share of the hypotheses' n-grams that their references have, in percent, for n from 1 to 4.
    ///
    /// An order without any match gets half of what one match would give, the next such order a quarter, and so on
    /// (Chen and Cherry 2014, method 3).
    public var precisions: [Double] {
        guard statistics.matches != .zero else { return [0, 0, 0, 0] }
        var smoothing = 1.0
        return (0..<Self.maximumOrder).map { order in
            let total = Double(statistics.totals[order])
            guard total > 0 else { return 0 }
            guard statistics.matches[order] == 0 else {
                return 100 * Double(statistics.matches[order]) / total
            }
            smoothing *= 2
            return 100 / (smoothing * total)
        }
    }

    /// What hypotheses shorter than their references are multiplied with: exp(1 - r/c).
    public var brevityPenalty: Double {
        let (length, target) = (statistics.hypothesisLength, statistics.referenceLength)
        guard length < target else { return 1 }
        return length > 0 ? exp(1 - Double(target) / Double(length)) : 0
    }

    /// How the score was made, in the form in which sacreBLEU states it.
    public var signature: String {
        let letterCase = isLowercased ? "lc" : "mixed"
        return "nrefs:1|case:\(letterCase)|eff:no|tok:13a|smooth:exp|version:\(SacreBLEU.version)"
    }
}

extension BLEU {
    /// The counts behind the score, of one segment or the sum of many.
    public struct Statistics: Hashable, Codable, Sendable {
        /// Tokens of the hypotheses.
        public private(set) var hypothesisLength = 0
        /// Tokens of the references.
        public private(set) var referenceLength = 0
        /// The n-grams of the hypotheses that their references have, each at most as often as there; from n = 1.
        public private(set) var matches = SIMD4<Int>.zero
        /// All n-grams of the hypotheses, from n = 1.
        public private(set) var totals = SIMD4<Int>.zero

        /// The counts of an empty corpus.
        public init() {}

        /// The counts of one segment.
        public init(hypothesis: String, reference: String, lowercase: Bool = false) {
            var wordIDs: [ArraySlice<Unicode.Scalar>: UInt32] = [:]
            func words(of segment: String) -> [UInt32] {
                Tokenizer13a.tokens(of: lowercase ? segment.pythonLowercased() : segment).map {
                    if let known = wordIDs[$0] { return known }
                    let new = UInt32(wordIDs.count)
                    wordIDs[$0] = new
                    return new
                }
            }
            let hypothesisWords = words(of: hypothesis)
            let referenceWords = words(of: reference)
            hypothesisLength = hypothesisWords.count
            referenceLength = referenceWords.count
            for order in 1...BLEU.maximumOrder {
                let ngrams = NGrams(hypothesisWords, order: order, bitsPerUnit: 32)
                matches[order - 1] = ngrams.matchCount(
                    with: NGrams(referenceWords, order: order, bitsPerUnit: 32))
                totals[order - 1] = ngrams.count
            }
        }

        public static func += (sum: inout Statistics, other: Statistics) {
            sum.hypothesisLength += other.hypothesisLength
            sum.referenceLength += other.referenceLength
            sum.matches &+= other.matches
            sum.totals &+= other.totals
        }
    }
}
