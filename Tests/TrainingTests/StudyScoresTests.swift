import Files
import Foundation
import Inference
import Transformer
import XCTest

@testable import Training

/// Two arms that together are one system, and one that does both tasks: every number counted by hand.
final class StudyScoresTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    private static let text = """
        name: small
        recipe:
          name: base
          tokenizer: {vocabulary_size: 310, languages: [xx]}
          model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 4, feed_forward_dimension: 8, heads: 2}
          corpora:
            translation: [{name: pairs, pairs: pairs.tsv, from: en, to: xx}]
            sentiment: [{name: labelled, file: labelled.tsv, labels: binary, language: en}]
          curriculum:
            - name: translation
              tasks: {translation: 1}
              steps: 300
              batch_tokens: 200
              schedule: {name: constant, learning_rate: 0.01}
            - name: sentiment
              tasks: {sentiment: 1}
              steps: 300
              batch_tokens: 200
              schedule: {name: constant, learning_rate: 0.01}
        seeds: [1, 2]
        arms:
          - name: translation
            changes: {corpora: {sentiment: ~}, curriculum: {sentiment: ~}}
          - name: sentiment
            changes: {corpora: {translation: ~}, curriculum: {translation: ~}}
          - name: both
          - name: again
            seeds: [2]
        pairs: [{name: two, translation: translation, sentiment: sentiment}]
        baselines: [two]
        tests:
          translation: [{name: t, pairs: t.tsv, from: en, to: xx}]
          sentiment: [{name: s, file: s.tsv, labels: binary, language: en}]
        bootstrap: {samples: 100, seed: 5}
        margins: {bleu: 1, accuracy: 10}

        """

    private func study() throws -> Study {
        let url = folder.url.appendingPathComponent("study.yml")
        try Data(Self.text.utf8).write(to: url)
        return try Study(contentsOf: url)
    }

    private let references = ["a b c d e", "f g h i j"]
    private let labels: [SentimentLabel] = [.positive, .negative, .positive, .negative]

    private var tests: StudyTests {
        StudyTests(
            translation: [
                TranslationTestSet(
                    name: "t", from: "en", to: "xx",
                    pairs: references.map { SentencePair(source: $0, target: $0) })
            ],
            sentiment: [
                SentimentTestSet(
                    name: "s",
                    texts: labels.map { LabelledText(text: "x", label: $0) })
            ],
            digests: ["t.tsv": "00", "s.tsv": "11"], timedLanguage: "en")
    }

    private let configuration = ModelConfiguration(
        encoderLayerCount: 1, decoderLayerCount: 1, modelDimension: 4, feedForwardDimension: 8,
        headCount: 2, vocabularySize: 16, languages: ["xx"])

    /// - Parameters:
    ///   - isTranslated: whether all segments are translated as the reference has them, or as nothing; nil: the task was
    ///     not trained.
    ///   - rightCount: how many texts are classified rightly, from the first; nil: the task was not trained.
    ///   - seconds: of training; a hundredth of it is the time to answer, a thousandth that to encode.
    private func result(
        _ study: Study, _ name: String, seed: Int, isTranslated: Bool?, rightCount: Int?,
        seconds: Double = 100, held: [TrainingTask: Double] = [:], cosines: [GradientCosine] = [],
        origin: String? = nil
    ) throws -> RunResult {
        let arm = try XCTUnwrap(study.arms.first { $0.name == name })
        let tree = try arm.tree(from: study.base)
        func times(_ value: Double) -> TaskSeconds {
            TaskSeconds(
                translation: isTranslated.map { _ in value },
                sentiment: rightCount.map { _ in value },
                both: isTranslated != nil && rightCount != nil ? value : nil)
        }
        let predictions = rightCount.map { count in
            labels.enumerated().map { index, label in
                index < count ? label : label == .positive ? .negative : .positive
            }
        }
        var tokens: [TrainingTask: Int] = [:]
        if isTranslated != nil { tokens[.translation] = 1000 }
        if rightCount != nil { tokens[.sentiment] = 600 }
        return RunResult(
            arm: name, seed: seed, origin: origin,
            recipe: try study.recipe(of: tree, arm: arm, seed: seed).recipe,
            conditions: .init(
                commit: nil, processor: "abacus", instructionSet: "generic", threadCount: 1),
            cost: ModelCost(configuration), byteCount: 2000, trainingSeconds: seconds,
            trainingTokens: tokens, held: held,
            measurement: .init(
                rule: .init(study, digests: tests.digests),
                translations: isTranslated.map { [$0 ? references : ["", ""]] } ?? [],
                predictions: predictions.map { [$0] } ?? [],
                answerSeconds: times(seconds / 100), encoderSeconds: times(seconds / 1000)),
            cosines: cosines)
    }

    private func phase(_ study: Study, _ results: [RunResult]) -> StudyPhase {
        var phase = StudyPhase(name: "runs", arms: study.arms, study, nil)
        phase.results = results
        return phase
    }

    /// The second run of `sentiment` is missing, so that of `two` is.
    private func unevenPhase(_ study: Study) throws -> StudyPhase {
        phase(
            study,
            [
                try result(study, "translation", seed: 1, isTranslated: true, rightCount: nil),
                try result(
                    study, "translation", seed: 2, isTranslated: false, rightCount: nil,
                    seconds: 200),
                try result(
                    study, "sentiment", seed: 1, isTranslated: nil, rightCount: 4, seconds: 60),
                try result(study, "both", seed: 1, isTranslated: true, rightCount: 3),
                try result(study, "both", seed: 2, isTranslated: true, rightCount: 2, seconds: 300),
            ])
    }

    private func system(_ name: String, _ scores: StudyScores) throws -> StudyScores.System {
        try XCTUnwrap(scores.systems.first { $0.name == name })
    }

    private func assertNear(
        _ values: [Double], _ expected: [Double], file: StaticString = #filePath, line: UInt = #line
    ) {
        XCTAssertEqual(values.count, expected.count, file: file, line: line)
        for (value, expected) in zip(values, expected) {
            XCTAssertEqual(value, expected, accuracy: 1e-9, file: file, line: line)
        }
    }

    func testAPairHasTheSeedsThatBothArmsHave() throws {
        let study = try study()
        let scores = StudyScores(study, tests, try unevenPhase(study))
        XCTAssertEqual(
            scores.systems.map(\.name), ["translation", "sentiment", "both", "two"])
        XCTAssertEqual(scores.systems.map(scores.seeds), [[1, 2], [1], [1, 2], [1]])
        XCTAssertEqual(scores.systems.map(scores.plannedSeeds), Array(repeating: [1, 2], count: 4))
        func means(_ name: String) throws -> [String: [Double]] {
            let found = scores.scores(of: try system(name, scores))
            return Dictionary(
                uniqueKeysWithValues: found.map { ($0.metric.name, [$0.mean] + $0.runs) })
        }
        let translation = try means("translation")
        XCTAssertEqual(Set(translation.keys), ["bleu", "chrf"])
        assertNear(translation["bleu"] ?? [], [50, 100, 0])
        let both = try means("both")
        assertNear(both["accuracy"] ?? [], [62.5, 75, 50])
        let two = try means("two")
        assertNear(two["bleu"] ?? [], [100, 100])
        assertNear(two["accuracy"] ?? [], [100, 100])
    }

    /// On the seed that both have. The difference in accuracy is that of the fourth text alone.
    func testADifferenceIsTakenOverCommonSeedsAndSamples() throws {
        let study = try study()
        let scores = StudyScores(study, tests, try unevenPhase(study))
        let two = try system("two", scores)
        let found = scores.comparisons(
            of: try system("both", scores), with: two, margins: study.margins)
        XCTAssertEqual(found.map(\.metric.name), ["bleu", "chrf", "accuracy", "macro_f1"])
        XCTAssertEqual([found[0].difference, found[0].low, found[0].high], [0, 0, 0])
        XCTAssertEqual(found[0].verdict, "not told apart")
        XCTAssertEqual(found[0].isNotInferior, true)
        XCTAssertNil(found[1].isNotInferior)
        XCTAssertEqual(found[2].difference, -25)
        let samples = Bootstrap(segmentCount: 4, sampleCount: 100, seed: 5).samples.map { sample in
            -25.0 * Double(sample.count { $0 == 3 })
        }.sorted()
        XCTAssertEqual(found[2].low, samples[2])
        XCTAssertEqual(found[2].high, samples[97])
        XCTAssertEqual(found[2].isNotInferior, false)
        XCTAssertEqual(found[2].shareBetter, 0)
        // An arm is not compared with itself.
        for name in ["translation", "sentiment"] {
            XCTAssert(
                scores.comparisons(of: try system(name, scores), with: two, margins: nil).isEmpty)
        }
    }

    /// One of two runs translates nothing: 50 BLEU less, on every sample.
    func testTheMarginIsAsWideAsItIs() throws {
        let study = try study()
        let scores = StudyScores(
            study, tests,
            phase(
                study,
                try [1, 2].flatMap { seed in
                    [
                        try result(
                            study, "translation", seed: seed, isTranslated: true, rightCount: nil),
                        try result(
                            study, "sentiment", seed: seed, isTranslated: nil, rightCount: 4),
                        try result(
                            study, "both", seed: seed, isTranslated: seed == 1, rightCount: 4),
                    ]
                }))
        for (margin, isNotInferior) in [(49.999, false), (50.001, true)] {
            let found = scores.comparisons(
                of: try system("both", scores), with: try system("two", scores),
                margins: .init(bleu: margin, accuracy: nil))
            assertNear([found[0].difference, found[0].low, found[0].high], [-50, -50, -50])
            XCTAssertEqual(found[0].verdict, "worse")
            XCTAssertEqual(found[0].isNotInferior, isNotInferior, "\(margin)")
            XCTAssertEqual(found[2].difference, 0)
            XCTAssertNil(found[2].isNotInferior)
        }
    }

    /// But not with a part of a baseline, with which everything is compared.
    func testAChangeIsComparedWithWhatItChanges() throws {
        let study = try study()
        let phase = phase(
            study,
            [
                try result(study, "translation", seed: 2, isTranslated: true, rightCount: nil),
                try result(
                    study, "both", seed: 2, isTranslated: true, rightCount: 4,
                    origin: "translation"),
                try result(
                    study, "again", seed: 2, isTranslated: true, rightCount: 2, origin: "both"),
            ])
        let report = StudyReport(study, tests, [phase])
        let found = report.phases[0].comparisons
        XCTAssertEqual(found.map(\.system), Array(repeating: "again", count: 4))
        XCTAssertEqual(found.map(\.baseline), Array(repeating: "both", count: 4))
        XCTAssertEqual(found[0].difference, 0)
        XCTAssertEqual(found[2].difference, -50)
        XCTAssertNil(found[2].isNotInferior)
        XCTAssert(report.markdown.contains("### Changes of both\n\n| system"))
        XCTAssertFalse(report.markdown.contains("Not inferior"))
    }

    /// A layer of the encoder takes 4 · 16 + 2 · 20 · 4 + 2 · 4 · 8 = 288 multiply-adds for a token, the decoder
    /// 4 · 16 + 21 · 4 + 4 · 16 + 2 · 20 · 4 + 2 · 4 · 8 + 4 · 16 = 500, the head 20 · 4 + 8 · 4 + 4 · 3 = 124 for a sentence
    /// of 20 tokens.
    func testCosts() throws {
        let study = try study()
        let scores = StudyScores(study, tests, try unevenPhase(study))
        let both = scores.cost(of: try system("both", scores))
        let two = scores.cost(of: try system("two", scores))
        let translation = scores.cost(of: try system("translation", scores))
        XCTAssertEqual(both.answerMultiplyAdds, 20 * (288 + 500) + 124)
        XCTAssertEqual(two.answerMultiplyAdds, 20 * (288 + 500) + 20 * 288 + 124)
        XCTAssertEqual(both.encoderMultiplyAdds, 20 * 288)
        XCTAssertEqual(two.encoderMultiplyAdds, 2 * 20 * 288)
        XCTAssertEqual(translation.trainingMultiplyAdds, 3 * 1000 * 788)
        XCTAssertEqual(
            both.trainingMultiplyAdds, 3 * (1000 * 788 + 600 * (288 + 6.2)), accuracy: 1e-3)
        XCTAssertEqual(two.trainingMultiplyAdds, both.trainingMultiplyAdds, accuracy: 1e-3)
        XCTAssertEqual(two.trainingTokens, [.translation: 1000, .sentiment: 600])
        // Embeddings 64, encoder 80 + 76 + 16 + 8, decoder 2 · 80 + 76 + 24 + 8, head 36 + 15.
        XCTAssertEqual(both.parameters, 64 + 180 + 268 + 51)
        XCTAssertEqual(translation.parameters, 64 + 180 + 268)
        XCTAssertEqual(two.parameters, (64 + 180 + 268) + (64 + 180 + 51))
        // Less two bytes for each parameter of what is not needed.
        XCTAssertEqual(both.bytes, 2000)
        XCTAssertEqual(translation.bytes, 2000 - 2 * 51)
        XCTAssertEqual(two.bytes, 2 * 2000 - 2 * 51 - 2 * 268)
        XCTAssertEqual(both.trainingSeconds, 200)
        XCTAssertEqual(two.trainingSeconds, 150 + 60)
        XCTAssertEqual(try XCTUnwrap(both.answerSeconds), 2, accuracy: 1e-9)
        XCTAssertEqual(try XCTUnwrap(two.answerSeconds), 1.5 + 0.6, accuracy: 1e-9)
        XCTAssertEqual(try XCTUnwrap(both.encoderSeconds), 0.2, accuracy: 1e-9)
        XCTAssertEqual(try XCTUnwrap(two.encoderSeconds), 0.15 + 0.06, accuracy: 1e-9)
        XCTAssertNil(translation.answerSeconds)
    }

    private func rankedPhase(_ study: Study) throws -> StudyPhase {
        phase(
            study,
            [
                try result(
                    study, "translation", seed: 1, isTranslated: true, rightCount: nil,
                    held: [.translation: 90]),
                try result(
                    study, "both", seed: 1, isTranslated: true, rightCount: 4,
                    held: [.translation: 30, .sentiment: 80],
                    cosines: [
                        .init(stage: "a", step: 50, value: 0.5),
                        .init(stage: "a", step: 100, value: 0.25),
                        .init(stage: "b", step: 50, value: -0.5),
                    ]),
                try result(
                    study, "both", seed: 2, isTranslated: true, rightCount: 4,
                    held: [.translation: 20, .sentiment: 70]),
                try result(
                    study, "again", seed: 2, isTranslated: true, rightCount: 4,
                    held: [.translation: 41, .sentiment: 60]),
            ])
    }

    func testArmsAreRankedByWhatTheyScoreOnTheHeldPart() throws {
        let study = try study()
        let phase = try rankedPhase(study)
        XCTAssertEqual(phase.heldScore(of: "both"), 50)
        XCTAssertEqual(phase.heldScore(of: "again"), 50.5)
        XCTAssertNil(phase.heldScore(of: "sentiment"))
        XCTAssertEqual(phase.ranking(["both", "sentiment", "again"]), ["again", "both"])
        XCTAssertEqual(phase.best(of: ["both", "sentiment"]), "both")
        XCTAssertNil(phase.best(of: ["sentiment"]))
        // Those of the baseline are left out.
        XCTAssertEqual(phase.ranking(besides: study), ["again", "both"])
        // Of equals the first.
        let equal = self.phase(
            study,
            try ["both", "again"].map {
                try result(
                    study, $0, seed: 2, isTranslated: true, rightCount: 4,
                    held: [.translation: 40, .sentiment: 60])
            })
        XCTAssertEqual(equal.ranking(["both", "again"]), ["both", "again"])
        XCTAssertEqual(equal.ranking(["again", "both"]), ["again", "both"])
    }

    func testTheReportHoldsWhatTheResultsSay() throws {
        let study = try study()
        var phase = try rankedPhase(study)
        phase.finishedArmCount = 3
        phase.fail("sentiment", seed: 1, "it rained")
        let report = StudyReport(study, tests, [phase])
        XCTAssertEqual(report.sets.map(\.name), ["t en-xx", "s"])
        XCTAssertEqual(report.sets.map(\.segments), [2, 4])
        XCTAssertEqual(report.sets[1].files, [.init(name: "s.tsv", sha256: "11")])
        XCTAssertEqual(report.timedTexts, 2)
        XCTAssertEqual(report.precision, "int8")
        XCTAssertEqual(report.conditions.count, 1)
        let found = report.phases[0]
        XCTAssertEqual(found.systems.map(\.name), ["translation", "both", "again"])
        XCTAssertEqual(found.systems.map(\.plannedSeeds), [[1, 2], [1, 2], [2]])
        XCTAssertEqual(found.systems.map(\.seeds), [[1], [1, 2], [2]])
        XCTAssertEqual([found.armCount, found.finishedArmCount], [4, 3])
        XCTAssertEqual(
            found.ranking,
            [
                .init(arm: "again", heldScore: 50.5, runCount: 1),
                .init(arm: "both", heldScore: 50, runCount: 2),
            ])
        // The baseline is not there.
        XCTAssertEqual(found.comparisons, [])
        XCTAssertEqual(
            found.cosines,
            [
                .init(
                    arm: "both",
                    runs: [.init(seed: 1, steps: [50, 100, 150], values: [0.5, 0.25, -0.5])])
            ])
        XCTAssertEqual(found.failures, [.init(arm: "sentiment", seed: 1, reason: "it rained")])
        let text = report.markdown
        for part in [
            "Not finished: 3 of 4 arms are done with.", "| both | ", "| again, seed 2 | ",
            "| translation, 1 of 2 runs | ", "in 8 bits",
        ] {
            XCTAssert(text.contains(part), part)
        }
    }

    /// Answers stand in the order of the sets: other sets over the same files are measured anew.
    func testAMeasurementIsOfTheSetsAsTheyAre() throws {
        let text = Self.text.replacing(
            "[{name: t, pairs: t.tsv, from: en, to: xx}]",
            with:
                "[{name: t, pairs: t.tsv, from: en, to: xx}, {name: u, pairs: u.tsv, from: en, to: xx}]"
        )
        func rule(_ old: String = "", _ new: String = "") throws -> Training.Measurement.Rule {
            let url = folder.url.appendingPathComponent("study.yml")
            let text = old.isEmpty ? text : text.replacing(old, with: new)
            try Data(text.utf8).write(to: url)
            return Training.Measurement.Rule(
                try Study(contentsOf: url), digests: ["t.tsv": "00", "u.tsv": "22", "s.tsv": "11"])
        }
        let first = try rule()
        XCTAssertEqual(try rule(), first)
        XCTAssertEqual(try rule("accuracy: 10", "accuracy: 11"), first)
        let (t, u) = (
            "{name: t, pairs: t.tsv, from: en, to: xx}", "{name: u, pairs: u.tsv, from: en, to: xx}"
        )
        XCTAssertNotEqual(try rule("\(t), \(u)", "\(u), \(t)"), first)
        XCTAssertNotEqual(
            try rule("from: en, to: xx}, {name: u", "from: fr, to: xx}, {name: u"), first)
        XCTAssertNotEqual(try rule("s.tsv, labels: binary", "s.tsv, labels: five"), first)
        let data = try JSONEncoder().encode(first)
        XCTAssertEqual(try JSONDecoder().decode(Training.Measurement.Rule.self, from: data), first)
    }
}
