/// How much better translations are than others of the same texts (paired bootstrap; Koehn 2004).
public struct TranslationComparison: Sendable {
    /// The difference of the scores.
    public let bleu: ResampledScore
    public let chrF: ResampledScore

    /// - Parameters:
    ///   - baseline: the others.
    ///   - lowercase: whether BLEU ignores case.
    ///   - seed: of the samples.
    /// - Precondition: there are as many of each, at least one.
    public init(
        _ hypotheses: [String], baseline: [String], references: [String],
        lowercase: Bool = false, sampleCount: Int = 1000, seed: UInt64 = 1
    ) {
        precondition(
            hypotheses.count == references.count && baseline.count == references.count)
        let bootstrap = Bootstrap(
            segmentCount: references.count, sampleCount: sampleCount, seed: seed)
        func difference<Statistics: SummableStatistics>(
            _ statistics: (_ hypothesis: String, _ reference: String) -> Statistics
        ) -> ResampledScore {
            func score(_ lines: [String]) -> ResampledScore {
                bootstrap.score(of: zip(lines, references).map(statistics))
            }
            return score(hypotheses) - score(baseline)
        }
        bleu = difference {
            BLEU.Statistics(hypothesis: $0, reference: $1, lowercase: lowercase)
        }
        chrF = difference { ChrF.Statistics(hypothesis: $0, reference: $1) }
    }
}
