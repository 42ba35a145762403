import Foundation
import Kernels
import XCTest

final class BenchmarkTests: XCTestCase {
    /// The figures that a benchmark prints as JSON, with as little work as possible.
    private func figures(
        _ arguments: [String], file: StaticString = #filePath, line: UInt = #line
    ) throws -> [[String: Any]] {
        let result = try Program.run(["benchmark"] + arguments + ["--small", "--json"])
        XCTAssertEqual(result.status, 0, result.errors, file: file, line: line)
        XCTAssertEqual(result.errors, "", file: file, line: line)
        return try result.output.split(separator: "\n").map { text in
            try XCTUnwrap(
                JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
                String(text), file: file, line: line)
        }
    }

    /// Checks all but the measured value, which has to be positive, and that nothing else is there.
    private func assertFigure(
        _ figure: [String: Any], measures quantity: String, _ expected: [String: Any],
        file: StaticString = #filePath, line: UInt = #line
    ) {
        var figure = figure
        let value = figure.removeValue(forKey: quantity) as? Double
        XCTAssertGreaterThan(value ?? 0, 0, quantity, file: file, line: line)
        var expected = expected
        expected["isa"] = InstructionSet.best.rawValue
        XCTAssertEqual(
            figure as NSDictionary, expected as NSDictionary, file: file, line: line)
    }

    /// Where there is one core, one computes.
    private let twoThreads = min(2, ProcessInfo.processInfo.activeProcessorCount)

    func testMatmul() throws {
        let figures = try figures(["matmul", "--threads", "2"])
        XCTAssertEqual(figures.count, 6)
        let shapes = [(1024, 256, 256), (1024, 256, 1024), (1024, 1024, 256)]
        for (index, var figure) in figures.enumerated() {
            let (m, k, n) = shapes[index % 3]
            if index < 3 {
                XCTAssertGreaterThan(figure.removeValue(forKey: "limit") as? Double ?? 0, 0)
            }
            assertFigure(
                figure, measures: "gflops",
                [
                    "name": "matmul", "precision": ["fp32", "bf16"][index / 3],
                    "threads": twoThreads,
                    "m": m, "k": k, "n": n,
                ])
        }
    }

    func testTraining() throws {
        let figures = try figures(["training"])
        XCTAssertEqual(figures.map { $0["precision"] as? String }, ["fp32", "bf16"])
        for figure in figures {
            assertFigure(
                figure, measures: "target_tokens_per_second",
                [
                    "name": "training", "precision": figure["precision"] ?? "",
                    "threads": twoThreads,
                    "batch": 125,
                ])
        }
    }

    func testTrainingOnText() throws {
        var generator = SeededGenerator(seed: 5)
        var text = ""
        for _ in 0..<400 {
            for _ in 0..<24 {
                text += ["ba", "ne", "ri", "dos", "lum", " ke"][generator.next(below: 6)]
            }
            text += " Brücke\n"
        }
        let folder = try TemporaryFolder()
        let source = try folder.write(text, as: "a.txt")
        let target = try folder.write(text, as: "b.txt")
        let figures = try figures(
            ["training", "--threads", "1", "--source", source, "--target", target])
        for figure in figures {
            assertFigure(
                figure, measures: "target_tokens_per_second",
                [
                    "name": "training", "precision": figure["precision"] ?? "", "threads": 1,
                    "batch": 125,
                ])
        }
        let tokenizer = try self.figures(["tokenizer", "--text", source, target])
        XCTAssertEqual(tokenizer.count, 2)
    }

    func testDecoding() throws {
        let figures = try figures(["decoding"])
        XCTAssertEqual(figures.count, 6)
        for (index, figure) in figures.enumerated() {
            assertFigure(
                figure, measures: index % 3 == 2 ? "milliseconds" : "sentences_per_second",
                [
                    "name": "decoding", "precision": ["fp32", "int8"][index / 3], "threads": 1,
                    "batch": [64, 64, 1][index % 3], "beam": [1, 5, 1][index % 3],
                ])
        }
    }

    func testTokenizer() throws {
        let figures = try figures(["tokenizer"])
        XCTAssertEqual(figures.count, 2)
        assertFigure(
            figures[0], measures: "megabytes_per_second", ["name": "encode", "threads": 1])
        assertFigure(figures[1], measures: "milliseconds", ["name": "bpe_train", "threads": 1])
    }

    func testStart() throws {
        let figures = try figures(["start"])
        XCTAssertEqual(figures.count, 2)
        for (figure, quantity) in zip(figures, ["milliseconds", "peak_mb"]) {
            assertFigure(
                figure, measures: quantity, ["name": "start", "precision": "int8", "threads": 1])
        }
    }

    func testTableForPeople() throws {
        let result = try Program.run(["benchmark", "matmul", "--small", "--seconds", "0"])
        XCTAssertEqual(result.status, 0, result.errors)
        let lines = result.output.split(separator: "\n")
        XCTAssertEqual(lines.count, 7)
        XCTAssert(lines[0].hasPrefix("name    precision  isa"), String(lines[0]))
        XCTAssert(lines[0].hasSuffix("limit"), String(lines[0]))
        XCTAssert(lines[1].hasPrefix("matmul  fp32       "), String(lines[1]))
        XCTAssert(lines[4].hasSuffix("  gflops"), String(lines[4]))
        XCTAssert(lines[2].contains("  1024 256 1024  "), String(lines[2]))
    }

    func testPlots() throws {
        let folder = try TemporaryFolder()
        let plots = folder.url.appendingPathComponent("a/plots")
        let result = try Program.run(["benchmark", "plot", "--small", "--output", plots.path])
        XCTAssertEqual(result.status, 0, result.errors)
        XCTAssertEqual(result.output, "")
        for name in ["batch-size.svg", "sentence-length.svg", "threads.svg"] {
            let svg = try String(
                contentsOf: plots.appendingPathComponent(name), encoding: .utf8)
            XCTAssert(svg.hasPrefix("<svg "), name)
            XCTAssertFalse(svg.contains("nan"), name)
        }
    }

    func testWrongUse() throws {
        let wrong = [
            ["matmul", "--threads", "0"], ["matmul", "--seconds", "-1"],
            ["matmul", "--seconds", "x"], ["training", "--source", "a"], ["start", "--beam", "1"],
            ["nonsense"], ["plot"],
        ]
        for arguments in wrong {
            let result = try Program.run(["benchmark"] + arguments)
            XCTAssertEqual(result.status, 64, "\(arguments)")
            XCTAssertEqual(result.output, "", "\(arguments)")
        }
        let missing = try Program.run(["benchmark", "tokenizer", "--text", "/nonexistent"])
        XCTAssertEqual(missing.status, 66)
        XCTAssert(missing.errors.contains("/nonexistent"), missing.errors)
    }
}
