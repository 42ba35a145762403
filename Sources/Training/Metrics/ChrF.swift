/// The chrF2 score of a corpus (Popović 2015, "chrF: character n-gram F-score") as sacreBLEU computes it: one
/// reference, n-grams of up to six Unicode scalars, white space left out, recall weighted twice.
public struct ChrF: Hashable, Sendable {
    /// The longest n-grams that count.
    static let maximumOrder = 6
    /// How many times recall weighs as much as precision.
    static let beta = 2.0

    public let statistics: Statistics

    /// The score of the corpus that has these counts.
    public init(_ statistics: Statistics) {
        self.statistics = statistics
    }

    /// The score of hypotheses, each against the reference at the same place.
    ///
    /// - Precondition: There is one reference for each hypothesis.
    public static func score(hypotheses: [String], references: [String]) -> ChrF {
        precondition(hypotheses.count == references.count)
        let statistics = zip(hypotheses, references).reduce(into: Statistics()) { sum, pair in
            sum += Statistics(hypothesis: pair.0, reference: pair.1)
        }
        return ChrF(statistics)
    }

    /// The score, from 0 to 100: (1 + β²)PR / (β²P + R), with the precision P and the recall R averaged over those
    /// orders of which both sides have n-grams.
    public var score: Double {
        let orders = (0..<Self.maximumOrder).filter {
            statistics.hypothesisTotals[$0] > 0 && statistics.referenceTotals[$0] > 0
        }
        func average(of totals: SIMD8<Int>) -> Double {
            let shares = orders.map { Double(statistics.matches[$0]) / Double(totals[$0]) }
            return shares.reduce(0, +) / Double(orders.count)
        }
        guard statistics.matches != .zero else { return 0 }
        let precision = average(of: statistics.hypothesisTotals)
        let recall = average(of: statistics.referenceTotals)
        let factor = Self.beta * Self.beta
        return 100 * (1 + factor) * precision * recall / (factor * precision + recall)
    }

    /// How the score was made, in the form in which sacreBLEU states it.
    public var signature: String {
        "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:\(SacreBLEU.version)"
    }
}

extension ChrF {
    /// The counts behind the score, of one segment or the sum of many. Element i belongs to n-grams of order i + 1; the
    /// last two are unused.
    public struct Statistics: Hashable, Codable, Sendable {
        /// The n-grams of the hypotheses, but for segments whose reference is too short to have any.
        public private(set) var hypothesisTotals = SIMD8<Int>.zero
        /// The n-grams of the references.
        public private(set) var referenceTotals = SIMD8<Int>.zero
        /// The n-grams that both have.
        public private(set) var matches = SIMD8<Int>.zero

        /// The counts of an empty corpus.
        public init() {}

        /// The counts of one segment.
        public init(hypothesis: String, reference: String) {
            func ink(of segment: String) -> [UInt32] {
                segment.unicodeScalars.filter { !$0.isPythonWhitespace }.map(\.value)
            }
            let hypothesisScalars = ink(of: hypothesis)
            let referenceScalars = ink(of: reference)
            for order in 1...ChrF.maximumOrder {
                // 21 bits hold any scalar.
                let found = NGrams(hypothesisScalars, order: order, bitsPerUnit: 21)
                let wanted = NGrams(referenceScalars, order: order, bitsPerUnit: 21)
                hypothesisTotals[order - 1] = wanted.count > 0 ? found.count : 0
                referenceTotals[order - 1] = wanted.count
                matches[order - 1] = found.matchCount(with: wanted)
            }
        }

        public static func += (sum: inout Statistics, other: Statistics) {
            sum.hypothesisTotals &+= other.hypothesisTotals
            sum.referenceTotals &+= other.referenceTotals
            sum.matches &+= other.matches
        }
    }
}
