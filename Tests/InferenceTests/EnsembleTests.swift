import Foundation
import Kernels
import Tokenization
import Transformer
import XCTest

@testable import Inference

final class EnsembleTests: XCTestCase {
    private let texts =
        TinyModel.sentences + [
            "", "🙂", String(repeating: "snow ", count: 120),
            "The soup was cold. The bread was stale! Nobody expected such a cheerful evening.",
        ]

    private func translate(
        _ ensemble: Ensemble, threadCount: Int = 1, batchSize: Int = 64, beamSize: Int = 3
    ) throws -> [Translation] {
        try Translator(ensemble, threadCount: threadCount, batchSize: batchSize)
            .translate(texts, to: "de", options: SearchOptions(beamSize: beamSize))
    }

    private func classify(_ ensemble: Ensemble) -> [SentimentScores] {
        SentimentClassifier(ensemble, threadCount: 1).classify(texts)
    }

    func testAModelWithItselfAnswersAsAlone() throws {
        let model = try TinyModel.loaded()
        let ensemble = Ensemble([model, model], weights: [1, 3])
        for (found, expected) in zip(try translate(ensemble), try translate(Ensemble(model))) {
            XCTAssertEqual(found.text, expected.text)
            XCTAssertEqual(found.flags, expected.flags)
            XCTAssertEqual(found.score, expected.score, accuracy: 1e-4)
        }
        for (found, expected) in zip(classify(ensemble), classify(Ensemble(model))) {
            for label in SentimentLabel.allCases {
                XCTAssertEqual(found[label], expected[label], accuracy: 1e-6)
            }
        }
    }

    func testAModelWithoutWeightSaysNothing() throws {
        let (first, second) = (try TinyModel.loaded(), try TinyModel.loaded(seed: 22))
        XCTAssertEqual(
            try translate(Ensemble([first, second], weights: [1, 0])),
            try translate(Ensemble(first)))
        XCTAssertEqual(
            classify(Ensemble([first, second], weights: [0, 2])), classify(Ensemble(second)))
        // Two models that agree about everything would prove nothing.
        XCTAssertNotEqual(
            try translate(Ensemble(first)).map(\.text), try translate(Ensemble(second)).map(\.text))
    }

    /// The probability of each token that is chosen is the mean of those that the models give it.
    func testTheNextTokenHasTheMeanOfTheProbabilities() throws {
        let models = [try TinyModel.loaded(), try TinyModel.loaded(seed: 22)]
        let weights: [Float] = [0.75, 0.25]
        let ensemble = Ensemble(models, weights: weights.map(Double.init))
        let tokenizer = models[0].tokenizer
        let startID = try XCTUnwrap(tokenizer.vocabulary.bosID(for: "de"))
        for text in TinyModel.sentences.prefix(4) {
            let source = tokenizer.encode(tokenizer.normalizer.normalize(text))
            func logProbabilities(_ prefix: [TokenID]) -> [Float] {
                let parts = models.map {
                    TinyModel.logProbabilities($0, source: source, prefix: prefix)
                }
                return parts[0].indices.map { token in
                    log(zip(parts, weights).reduce(0) { $0 + $1.1 * exp($1.0[token]) })
                }
            }
            let found = Translator(ensemble, threadCount: 1)
                .search([source], startID: startID, options: SearchOptions(beamSize: 1))[0][0]
            var prefix = [startID]
            var expected: Float = 0
            for token in found.tokens + [tokenizer.vocabulary.eosID] {
                let next = logProbabilities(prefix)
                expected += next[Int(token)]
                let best = next.indices.filter {
                    $0 == 0 || !tokenizer.vocabulary.isSpecial(TokenID($0))
                }.max { next[$0] < next[$1] }
                if prefix.count <= found.tokens.count || token != 0 {
                    XCTAssertEqual(TokenID(best ?? -1), token)
                }
                prefix.append(token)
            }
            XCTAssertEqual(found.logProbability, expected, accuracy: 1e-3)
        }
    }

    func testBatchSizeAndThreadsChangeNothing() throws {
        for precision in InferencePrecision.allCases {
            let ensemble = Ensemble([
                try TinyModel.loaded(precision: precision),
                try TinyModel.loaded(seed: 22, precision: precision),
            ])
            let expected = try translate(ensemble)
            for (threadCount, batchSize) in [(1, 1), (2, 3), (4, 64)] {
                XCTAssertEqual(
                    try translate(ensemble, threadCount: threadCount, batchSize: batchSize),
                    expected)
            }
        }
    }

    /// Asking for both gives what asking for each gives.
    func testBothTasksAtOnce() throws {
        let ensemble = Ensemble([try TinyModel.loaded(), try TinyModel.loaded(seed: 22)])
        let found = try TextAnalyzer(ensemble, threadCount: 2).answers(
            texts,
            AnswerRequest(
                translation: TranslationRequest(to: "de"), sentiment: SentimentRequest()))
        let scores = classify(ensemble)
        for index in texts.indices {
            for label in SentimentLabel.allCases {
                XCTAssertEqual(
                    found[index].sentiment?.scores[label] ?? 2, scores[index][label], accuracy: 1e-5
                )
            }
        }
        XCTAssertEqual(
            found.compactMap(\.translation),
            try Translator(ensemble, threadCount: 1).translate(texts, to: "de"))
    }

    // MARK: Sentiment

    func testSentimentIsTheMeanAfterEachTemperature() throws {
        let first = try TinyModel.loaded().calibrated(temperature: 2.5, record: nil)
        let second = try TinyModel.loaded(seed: 22)
        let found = classify(Ensemble([first, second], weights: [3, 1]))
        let parts = [classify(Ensemble(first)), classify(Ensemble(second))]
        for index in texts.indices {
            for label in SentimentLabel.allCases {
                XCTAssertEqual(
                    found[index][label],
                    0.75 * parts[0][index][label] + 0.25 * parts[1][index][label], accuracy: 1e-6)
            }
        }
    }

    private func fused(
        _ rows: [[Float]], weights: [Double]? = nil, _ fusion: Ensemble.Fusion
    ) throws -> SentimentScores {
        let model = try TinyModel.loaded()
        return Ensemble(rows.map { _ in model }, weights: weights, fusion: fusion)
            .fused(rows.map(SentimentScores.init(probabilities:)))
    }

    func testTheMajorityWinsAVote() throws {
        let rows: [[Float]] = [[0.98, 0.01, 0.01], [0.2, 0.3, 0.5], [0.3, 0.3, 0.4]]
        XCTAssertEqual(try fused(rows, .mean).label, .negative)
        let vote = try fused(rows, .vote)
        XCTAssertEqual(vote.label, .positive)
        XCTAssertEqual(vote.probability, 0.45, accuracy: 1e-6)
        XCTAssertEqual(vote.probabilities.reduce(0, +), 1, accuracy: 1e-6)
        // A weight is so many votes.
        XCTAssertEqual(try fused(rows, weights: [5, 2, 2], .vote).label, .negative)
    }

    func testATieIsBrokenByTheMeanProbability() throws {
        let rows: [[Float]] = [[0.5, 0.1, 0.4], [0.2, 0.1, 0.7]]
        XCTAssertEqual(try fused(rows, .vote).label, .positive)
        XCTAssertEqual(try fused(rows, .vote).probability, 0.7, accuracy: 1e-6)
        // Sums of weights that are equal but for rounding are a tie too.
        let three: [[Float]] = [[0.5, 0.1, 0.4], [0.4, 0.2, 0.4], [0.1, 0.1, 0.8]]
        XCTAssertEqual(try fused(three, weights: [0.1, 0.2, 0.3], .vote).label, .positive)
    }

    /// Labels that are ruled out get no vote.
    func testVotesAreOnTheLabelsToChooseAmong() throws {
        let ensemble = Ensemble(
            [21, 22, 23].map { try! TinyModel.loaded(seed: $0) }, fusion: .vote)
        let labels: Set<SentimentLabel> = [.negative, .positive]
        let found = SentimentClassifier(ensemble, threadCount: 1).classify(texts, labels: labels)
        let parts = ensemble.members.map {
            SentimentClassifier($0.model, threadCount: 1).classify(texts, labels: labels)
        }
        for index in texts.indices {
            let votes = parts.count { $0[index].label == .positive }
            XCTAssertEqual(found[index].label, votes >= 2 ? .positive : .negative)
        }
    }

    // MARK: Tokenizers

    private func otherTokenizerModel() throws -> LoadedModel {
        let tokenizer = try BPETrainer(vocabularySize: 340, languages: ["de", "en"])
            .train(TinyModel.sentences)
        var configuration = TinyModel.configuration()
        configuration.vocabularySize = 340
        let model = Model(configuration)
        return LoadedModel(
            model: model, parameters: model.initialParameters(seed: 5), tokenizer: tokenizer,
            card: TinyModel.card(of: model))
    }

    func testModelsOfSeveralTokenizersClassifyButDoNotTranslate() throws {
        let (first, second) = (try TinyModel.loaded(), try otherTokenizerModel())
        let ensemble = Ensemble([first, second])
        let parts = [classify(Ensemble(first)), classify(Ensemble(second))]
        for (index, found) in classify(ensemble).enumerated() {
            XCTAssertEqual(
                found[.positive], (parts[0][index][.positive] + parts[1][index][.positive]) / 2,
                accuracy: 1e-6)
        }
        XCTAssertThrowsError(try translate(ensemble)) { error in
            XCTAssertEqual(
                "\(error)",
                "model 2 has 340 subwords, not the 380 of model 1; only models with one tokenizer "
                    + "translate together")
        }
    }

    func testAModelIsNamedByItsPlaceAmongThoseOfNoWeightToo() throws {
        let first = try TinyModel.loaded()
        let ensemble = Ensemble([first, first, try otherTokenizerModel()], weights: [0, 1, 1])
        XCTAssertEqual(
            ensemble.translationObstacle, "model 3 has 340 subwords, not the 380 of model 2")
    }
}
