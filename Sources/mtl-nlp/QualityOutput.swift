import Foundation
import Training

extension TranslationQuality {
    /// Writes both scores with their signatures.
    func write(asJSON: Bool) throws {
        if asJSON {
            try writeResult(
                json: JSON(
                    bleu: bleu.score, bleuSignature: bleu.signature, chrf: chrF.score,
                    chrfSignature: chrF.signature))
        } else {
            try writeResult([
                "BLEU \(Self.decimal(bleu.score)) (\(bleu.signature))",
                "chrF2 \(Self.decimal(chrF.score)) (\(chrF.signature))",
            ])
        }
    }

    /// With two decimals, as scores are published.
    private static func decimal(_ score: Double) -> String { String(format: "%.2f", score) }

}

private struct JSON: Encodable {
    let bleu: Double
    let bleuSignature: String
    let chrf: Double
    let chrfSignature: String

    enum CodingKeys: String, CodingKey {
        case bleu, chrf
        case bleuSignature = "bleu_signature"
        case chrfSignature = "chrf_signature"
    }
}
