import Files
import Foundation
import Inference
import XCTest

@testable import Training

final class ProgressFileTests: XCTestCase {
    private func stage(_ name: String) -> Stage {
        Stage(
            name: name, tasks: [.translation: 1], proportions: [.translation: 1], steps: 100,
            batchTokens: 1,
            schedule: ScheduleRule(name: .constant, learningRate: 0.5, warmupSteps: 0, minimum: 0),
            freeze: [], selectBy: .translation)
    }

    private func record(_ stage: Stage, step: Int) -> ProgressRecord {
        var state = TrainingState()
        state.step = step
        var report = StepReport(weights: [.translation: 1])
        report.gradientNorm = 2
        return ProgressRecord(report, state, stage)
    }

    func testALineIsAnObjectWithoutWhatDoesNotApply() throws {
        let folder = try TemporaryFolder()
        let file = ProgressFile(url: folder.url.appending(path: "progress.jsonl"))
        try file.append(record(stage("one"), step: 50))
        XCTAssertEqual(
            try String(contentsOf: file.url, encoding: .utf8),
            "{\"event\":\"steps\",\"gradient_norm\":2,\"learning_rate\":0.5,\"losses\":{},"
                + "\"seconds\":0,\"stage\":\"one\",\"step\":50,\"tokens\":{},"
                + "\"weights\":{\"translation\":1}}\n")
    }

    func testLinesPastTheStateAreDropped() throws {
        let folder = try TemporaryFolder()
        let file = ProgressFile(url: folder.url.appending(path: "progress.jsonl"))
        let stages = [stage("one"), stage("two"), stage("three")]
        for stage in stages {
            for step in [50, 100] { try file.append(record(stage, step: step)) }
        }
        let lines = try Data(contentsOf: file.url).split(separator: 10)
        func assertKept(_ state: TrainingState, _ count: Int, line: UInt = #line) throws {
            // As a run leaves it that is killed while it writes a line.
            let partial = Data(#"{"event":"steps","stage":"one","st"#.utf8)
            try Data(lines.map { $0 + [10] }.joined() + partial).write(to: file.url)
            try file.keep(upTo: state, of: stages)
            let kept = try Data(contentsOf: file.url)
            XCTAssertEqual(kept, Data(lines.prefix(count).map { $0 + [10] }.joined()), line: line)
        }
        try assertKept(TrainingState(), 0)
        try assertKept(TrainingState(stage: 0, step: 49), 0)
        try assertKept(TrainingState(stage: 0, step: 50), 1)
        try assertKept(TrainingState(stage: 1, step: 0), 2)
        try assertKept(TrainingState(stage: 1, step: 99), 3)
        try assertKept(TrainingState(stage: 3), 6)
    }

    func testAFileThatIsNotThereNeedsNothing() throws {
        let folder = try TemporaryFolder()
        let file = ProgressFile(url: folder.url.appending(path: "progress.jsonl"))
        try file.keep(upTo: TrainingState(), of: [])
        try file.synchronize()
        XCTAssertFalse(FileManager.default.fileExists(atPath: file.url.path))
    }

    func testACheckpointOfAnOlderVersionCanBeRead() throws {
        let json = """
            {"finished":[],"positions":{"translation":{"batch":3,"epoch":1}},"recentCount":0,
            "seconds":1.5,"stage":0,"step":7,"validationsSinceBest":0}
            """
        let state = try JSONDecoder().decode(TrainingState.self, from: Data(json.utf8))
        XCTAssertEqual(state.step, 7)
        XCTAssertTrue(state.isPossible(for: [stage("one")]))
    }
}
