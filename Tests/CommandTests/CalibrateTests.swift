import Foundation
import XCTest

final class CalibrateTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    private func labelled(_ labels: [String], count: Int = 150) throws -> String {
        let lines = (0..<count).map { index in
            "\(TinyModel.sentences[index % TinyModel.sentences.count]) \(index)\t"
                + "\(labels[index % labels.count])\n"
        }
        return try folder.write(lines.joined(), as: "dev.tsv")
    }

    func testProbabilitiesChangeAndLabelsDoNot() throws {
        let model = try folder.writeModel()
        let file = try labelled(["negative", "neutral", "positive", "positive"])
        func answers() throws -> [[Substring]] {
            try Program.run(
                ["sentiment", "--model", model], input: TinyModel.sentences.joined(separator: "\n")
            ).output.split(separator: "\n").map { $0.split(separator: "\t") }
        }
        let before = try answers()
        let result = try Program.run(["calibrate", "--json", "--model", model, file])
        XCTAssertEqual(result.status, 0, result.errors)
        let object = try XCTUnwrap(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Double])
        XCTAssertEqual(object.keys.sorted(), ["ece_after", "ece_before", "temperature", "texts"])
        XCTAssertEqual(object["texts"], 150)
        let after = try answers()
        XCTAssertEqual(before.map(\.first), after.map(\.first))
        XCTAssertNotEqual(before, after)
        // `evaluate` measures what `calibrate` promised.
        let evaluation = try Program.run(["evaluate", "sentiment", "--model", model, file])
        let error = try XCTUnwrap(object["ece_after"])
        XCTAssert(
            evaluation.output.contains("ECE\t\(String(format: "%.4f", error))\n"),
            evaluation.output)
        XCTAssertEqual(try Program.run(["verify", "--model", model]).status, 0)
        // A second time it finds the same, whatever the first has left.
        let again = try Program.run(["calibrate", "--json", "--model", model, file])
        XCTAssertEqual(again.output, result.output)
    }

    func testWhatSaysTooLittleIsRefused() throws {
        let model = try folder.writeModel()
        let config = URL(fileURLWithPath: model + "/config.json")
        let before = try Data(contentsOf: config)
        for (labels, count, words) in [
            (["negative", "positive"], 150, "no text is neutral"),
            (["0", "1"], 150, "no text is neutral"),
            (["negative", "neutral", "positive"], 99, "fewer than 100 texts"),
        ] {
            let result = try Program.run(
                ["calibrate", "--model", model, labelled(labels, count: count)])
            XCTAssertEqual(result.status, 65)
            XCTAssert(result.errors.contains(words), result.errors)
        }
        let binary = try Program.run(
            ["calibrate", "--classes", "binary", "--model", model, labelled(["0", "1"])])
        XCTAssertEqual(binary.status, 64)
        // The model that comes with the program stays as it is.
        for command in [["calibrate", try labelled(["negative"])], ["verify", "--write"]] {
            let result = try Program.run(command)
            XCTAssertEqual(result.status, 64)
            XCTAssert(result.errors.contains("name it with --model"), result.errors)
        }
        XCTAssertEqual(try Data(contentsOf: config), before)
    }
}
