import Kernels
import Transformer
import XCTest

@testable import Training

final class BootstrapTests: XCTestCase {
    private let hypotheses = [
        "the cat sat on the mat", "a dog runs in the park", "two men are talking", "",
        "the boy eats an apple now", "she reads",
    ]
    private let references = [
        "the cat sat on a mat", "a dog runs in a park", "two men talk in the street",
        "nobody is here", "the boy eats an apple now", "she reads a book",
    ]

    /// The statistics of a sample are those of its segments: the score is that of a corpus that has them as lines.
    func testASampleScoresAsACorpusOfItsSegments() {
        let bootstrap = Bootstrap(segmentCount: hypotheses.count, sampleCount: 50, seed: 3)
        let pairs = Array(zip(hypotheses, references))
        let bleu = bootstrap.score(
            of: pairs.map { BLEU.Statistics(hypothesis: $0, reference: $1) })
        let chrF = bootstrap.score(
            of: pairs.map { ChrF.Statistics(hypothesis: $0, reference: $1) })
        XCTAssertEqual(
            bleu.value, BLEU.score(hypotheses: hypotheses, references: references).score)
        for (index, sample) in bootstrap.samples.enumerated() {
            let (mine, theirs) = (
                sample.map { hypotheses[Int($0)] }, sample.map { references[Int($0)] }
            )
            XCTAssertEqual(
                bleu.samples[index], BLEU.score(hypotheses: mine, references: theirs).score)
            XCTAssertEqual(
                chrF.samples[index], ChrF.score(hypotheses: mine, references: theirs).score)
        }
        XCTAssertGreaterThan(Set(bleu.samples).count, 20)
    }

    /// Of two texts one of which is right, a sample has none, one or two right ones with the probabilities 1/4, 1/2, 1/4.
    func testSamplesAreDrawnWithReplacement() {
        let bootstrap = Bootstrap(segmentCount: 2, sampleCount: 20_000, seed: 1)
        let score = bootstrap.score(
            of: [
                AccuracyStatistics(LabelCounts(label: .positive, prediction: .positive)),
                AccuracyStatistics(LabelCounts(label: .positive, prediction: .negative)),
            ])
        XCTAssertEqual(score.value, 50)
        for (value, probability) in [(0.0, 0.25), (50, 0.5), (100, 0.25)] {
            let share = Double(score.samples.count { $0 == value }) / 20_000
            XCTAssertEqual(share, probability, accuracy: 0.015)
        }
    }

    func testMacroF1OfASampleIsThatOfItsReport() {
        let labels: [SentimentLabel] = [
            .positive, .negative, .positive, .neutral, .negative, .positive,
        ]
        let predictions: [SentimentLabel] = [
            .positive, .positive, .negative, .neutral, .negative, .positive,
        ]
        let bootstrap = Bootstrap(segmentCount: labels.count, sampleCount: 40, seed: 5)
        let score = bootstrap.score(
            of: zip(labels, predictions).map {
                MacroF1Statistics(LabelCounts(label: $0, prediction: $1))
            })
        for (index, sample) in bootstrap.samples.enumerated() {
            let report = ClassificationReport(
                labels: sample.map { labels[Int($0)] },
                predictions: sample.map { predictions[Int($0)] },
                confidences: sample.map { _ in 1 })
            XCTAssertEqual(score.samples[index], 100 * report.macroF1, accuracy: 1e-9)
        }
    }

    func testTheIntervalLeavesOutTheEnds() {
        let samples = (1...1000).map(Double.init).shuffled()
        let score = ResampledScore(value: 500, samples: samples)
        XCTAssertEqual(score.interval, 26...975)
        XCTAssertEqual(ResampledScore(value: 1, samples: [1, 2, 3]).interval, 1...3)
    }

    func testDifferencesArePaired() {
        let left = ResampledScore(value: 5, samples: [4, 6, 7])
        let right = ResampledScore(value: 3, samples: [5, 2, 2])
        let difference = left - right
        XCTAssertEqual(difference.value, 2)
        XCTAssertEqual(difference.samples, [-1, 4, 5])
        XCTAssertEqual(difference.shareAboveZero, 2.0 / 3)
        let mean = ResampledScore(meanOf: [left, right])
        XCTAssertEqual(mean.value, 4)
        XCTAssertEqual(mean.samples, [4.5, 4, 4.5])
    }

    func testPValues() {
        let above = (0..<999).map { $0 < 10 ? -1.0 : 1 }
        XCTAssertEqual(ResampledScore(value: 1, samples: above).pValue, 0.022, accuracy: 1e-12)
        let below = above.map { -$0 }
        XCTAssertEqual(ResampledScore(value: -1, samples: below).pValue, 0.022, accuracy: 1e-12)
        XCTAssertEqual(ResampledScore(value: 0, samples: [0, 0, 0]).pValue, 1)
    }

    func testSamplesAreAFunctionOfTheSeed() {
        func samples(_ seed: UInt64) -> [[Int32]] {
            Bootstrap(segmentCount: 30, sampleCount: 10, seed: seed).samples
        }
        XCTAssertEqual(samples(1), samples(1))
        XCTAssertNotEqual(samples(1), samples(2))
    }
}
