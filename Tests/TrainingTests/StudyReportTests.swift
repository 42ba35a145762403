import Foundation
import XCTest

@testable import Training

final class StudyReportTests: XCTestCase {
    private let bleu = StudyReport.Metric(name: "bleu", set: "test en-de", signature: "nrefs:1")
    private let accuracy = StudyReport.Metric(
        name: "accuracy", set: "reviews", signature: "classes:2|n:50")

    private var report: StudyReport {
        let pair = StudyReport.System(
            name: "two models", arms: ["translation", "sentiment"], origin: nil,
            plannedSeeds: [1, 2],
            seeds: [1, 2],
            scores: [
                .init(metric: bleu, mean: 20, low: 18.5, high: 21.25, runs: [19, 21]),
                .init(metric: accuracy, mean: 80, low: 75, high: 85, runs: [80, 80]),
            ],
            cost: .init(
                parameters: 3000, bytes: 6_500_000, trainingSeconds: 600,
                trainingTokens: [.translation: 3_600_000, .sentiment: 1_800_000],
                trainingMultiplyAdds: 2.5e13, answerMultiplyAdds: 80_000_000,
                encoderMultiplyAdds: 24_000_000, answerSeconds: 1.5, encoderSeconds: 0.02))
        let joint = StudyReport.System(
            name: "pcgrad", arms: ["pcgrad"], origin: "joint", plannedSeeds: [1, 2], seeds: [2],
            scores: [
                .init(metric: bleu, mean: 22, low: 20, high: 24, runs: [22]),
                .init(metric: accuracy, mean: 78, low: 73, high: 83, runs: [78]),
            ],
            cost: .init(
                parameters: 1800, bytes: 3_700_000, trainingSeconds: 540,
                trainingTokens: [.translation: 3_600_000, .sentiment: 1_800_000],
                trainingMultiplyAdds: 2.5e13, answerMultiplyAdds: 68_000_000,
                encoderMultiplyAdds: 12_000_000, answerSeconds: 0.75, encoderSeconds: 0.012))
        return StudyReport(
            name: "small",
            conditions: [
                .init(
                    commit: "0123abc", processor: "Abacus 3000", instructionSet: "generic",
                    threadCount: 2)
            ],
            sets: [
                .init(
                    name: "test en-de", segments: 100,
                    files: [.init(name: "t.tsv", sha256: "0011223344556677")]),
                .init(
                    name: "reviews", segments: 50,
                    files: [.init(name: "r.tsv", sha256: "8899aabbccddeeff")]),
            ],
            beamSize: 4, precision: "int8", sampleCount: 1000, sampleSeed: 1, timedTexts: 100,
            margins: .init(bleu: 1, accuracy: 2.5),
            phases: [
                .init(
                    name: "runs", seeds: [1, 2], armCount: 3, finishedArmCount: 3,
                    systems: [joint, pair],
                    comparisons: [
                        .init(
                            system: "pcgrad", baseline: "two models", metric: bleu, difference: 1,
                            low: 0.25, high: 1.75, shareBetter: 0.99, pValue: 0.0123,
                            isNotInferior: true),
                        .init(
                            system: "pcgrad", baseline: "two models", metric: accuracy,
                            difference: -2, low: -4, high: 0.5, shareBetter: 0.1, pValue: 0.2,
                            isNotInferior: false),
                    ],
                    ranking: [.init(arm: "pcgrad", heldScore: 50.25, runCount: 1)],
                    cosines: [
                        .init(
                            arm: "pcgrad",
                            runs: [
                                .init(
                                    seed: 2, steps: [50, 100, 150, 200],
                                    values: [0.5, 0.25, -0.25, 0.5])
                            ]
                        )
                    ],
                    failures: [.init(arm: "pcgrad", seed: 1, reason: "the gradient is not finite")])
            ])
    }

    func testMarkdown() throws {
        let golden = try XCTUnwrap(
            Bundle.module.url(forResource: "Goldens/study-report", withExtension: "md"))
        XCTAssertEqual(report.markdown, try String(contentsOf: golden, encoding: .utf8))
    }

    func testJSONAndChartsAreWritten() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("mtl-nlp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try report.write(to: folder)
        let data = try Data(contentsOf: folder.appendingPathComponent("report.json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        XCTAssertEqual(try decoder.decode(StudyReport.self, from: data), report)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        XCTAssertEqual(
            names,
            [
                "report.json", "report.md", "runs-cosine-pcgrad.svg", "runs-reviews-accuracy.svg",
                "runs-test-en-de-bleu.svg",
            ])
        // Every chart is shown in the report.
        for name in names.dropFirst(2) { XCTAssert(report.markdown.contains("](\(name))"), name) }
    }

    /// Two sets whose names differ in what no file can be called have two charts.
    func testChartsDoNotOverwriteEachOther() throws {
        var report = report
        let names = ["test en de", "test-en-de"]
        report.phases[0].systems[0].scores = names.map { name in
            .init(
                metric: .init(name: "bleu", set: name, signature: ""), mean: 1, low: 1, high: 1,
                runs: [1])
        }
        report.phases[0].systems.removeLast()
        XCTAssertEqual(
            report.phases[0].charts.map { $0.file },
            [
                "runs-test-en-de-bleu.svg", "runs-test-en-de-bleu-2.svg",
                "runs-cosine-pcgrad.svg",
            ])
    }

    func testTheSpreadIsTheStandardDeviation() {
        func score(_ runs: [Double]) -> StudyReport.Score {
            .init(metric: bleu, mean: 0, low: 0, high: 0, runs: runs)
        }
        XCTAssertEqual(try XCTUnwrap(score([1, 2, 3]).deviation), 1, accuracy: 1e-12)
        XCTAssertNil(score([1]).deviation)
    }

    func testProgressFilesAreReadAsFarAsTheyTell() throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("mtl-nlp-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(
            """
            {"event":"steps","gradient_cosine":0.25,"learning_rate":0.1,"seconds":1,"stage":"a","step":50,"tokens":{"translation":70}}
            {"event":"validation","learning_rate":0.1,"seconds":1,"stage":"a","step":60,"tokens":{"translation":90}}
            {"event":"steps","gradient_cosine":-0.5,"learning_rate":0.1,"seconds":1,"stage":"b","step":50,"tokens":{"sentiment":5,"translation":7}}
            {"event":"ste
            """.utf8
        ).write(to: file)
        let records = [ProgressRecord](contentsOf: file)
        XCTAssertEqual(records.count, 3)
        XCTAssertEqual(
            records.compactMap(GradientCosine.init),
            [
                GradientCosine(stage: "a", step: 50, value: 0.25),
                GradientCosine(stage: "b", step: 50, value: -0.5),
            ])
        XCTAssertEqual(records.trainedTokens, [.translation: 97, .sentiment: 5])
        XCTAssertEqual([ProgressRecord](contentsOf: file.appendingPathExtension("none")).count, 0)
    }
}
