import Inference
import XCTest

@testable import Training

final class HeldScoresTests: XCTestCase {
    private func recipe(_ tasks: String) throws -> Recipe {
        try Recipe(
            yaml: """
                name: base
                tokenizer: {vocabulary_size: 310, languages: [xx, en]}
                model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2}
                corpora:
                  translation: [{name: pairs, pairs: pairs.tsv, from: en, to: xx, directions: both}]
                  sentiment:
                    - {name: small, file: a.tsv, labels: binary, language: en}
                    - {name: large, file: b.tsv, labels: named, language: en}
                    - {name: aside, file: c.tsv, labels: named, language: en, hold_out: false}
                curriculum:
                  - name: first
                    tasks: \(tasks)
                    steps: 300
                    batch_tokens: 200
                    schedule: {name: constant, learning_rate: 0.01}

                """, file: "base.yml")
    }

    private func score(_ set: String, _ metric: String, _ value: Double, _ signature: String)
        -> ModelCard.Score
    {
        .init(set: set, metric: metric, value: value, signature: signature)
    }

    /// Of 40 held texts 10 + 24 are right: 85 %, whatever the mean of the sets is.
    func testAccuracyIsThatOfAllTexts() throws {
        let card = ModelCard(
            name: "tiny", version: "1", licence: "none", languages: ["xx", "en"], labels: [],
            parameters: 1, corpora: [],
            scores: [
                score("pairs en-xx", "bleu", 20, "nrefs:1"),
                score("pairs en-xx", "chrf", 70, "nrefs:1"),
                score("pairs xx-en", "bleu", 30, "nrefs:1"),
                score("small", "accuracy", 100, "classes:2|n:10"),
                score("large", "accuracy", 80, "classes:3|n:30"),
                score("large", "macro_f1", 10, "classes:3|n:30"),
                score("aside", "accuracy", 5, "classes:3|n:500"),
            ])
        XCTAssertEqual(
            try recipe("{translation: 1, sentiment: 1}").heldScores(in: card),
            [.translation: 25, .sentiment: 85])
        XCTAssertEqual(try recipe("{translation: 1}").heldScores(in: card), [.translation: 25])
    }
}
