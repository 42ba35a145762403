import Foundation
import Training

extension TranslationQuality {
    /// Writes both scores with their signatures, and how they compare with those of a baseline.
    func write(_ comparison: TranslationComparison? = nil, asJSON: Bool) throws {
        if asJSON {
            try writeResult(json: JSON(self, comparison))
        } else {
            let differences = comparison.map {
                ["BLEU \(Self.text($0.bleu))", "chrF2 \(Self.text($0.chrF))"]
            }
            try writeResult(
                [
                    "BLEU \(Self.decimal(bleu.score)) (\(bleu.signature))",
                    "chrF2 \(Self.decimal(chrF.score)) (\(chrF.signature))",
                ] + (differences ?? []))
        }
    }

    /// With two decimals, as scores are published.
    private static func decimal(_ score: Double) -> String { String(format: "%.2f", score) }

    private static func text(_ difference: ResampledScore) -> String {
        String(
            format: "%+.2f [%+.2f, %+.2f], p = %.3f, against the baseline", difference.value,
            difference.interval.lowerBound, difference.interval.upperBound, difference.pValue)
    }
}

private struct JSON: Encodable {
    let bleu: Double
    let bleuSignature: String
    let bleuDifference: Difference?
    let chrf: Double
    let chrfSignature: String
    let chrfDifference: Difference?

    /// Against the baseline.
    struct Difference: Encodable {
        let value: Double
        let low: Double
        let high: Double
        let p: Double

        init(_ difference: ResampledScore) {
            value = difference.value
            low = difference.interval.lowerBound
            high = difference.interval.upperBound
            p = difference.pValue
        }
    }

    enum CodingKeys: String, CodingKey {
        case bleu, chrf
        case bleuSignature = "bleu_signature"
        case bleuDifference = "bleu_difference"
        case chrfSignature = "chrf_signature"
        case chrfDifference = "chrf_difference"
    }

    init(_ quality: TranslationQuality, _ comparison: TranslationComparison?) {
        bleu = quality.bleu.score
        bleuSignature = quality.bleu.signature
        bleuDifference = comparison.map { Difference($0.bleu) }
        chrf = quality.chrF.score
        chrfSignature = quality.chrF.signature
        chrfDifference = comparison.map { Difference($0.chrF) }
    }
}
