import Foundation
import Inference
import XCTest

/// The README's example for Swift programs, compiled.
final class LibraryExampleTests: XCTestCase {
    private static func example() throws {
        // example
        let model = try LoadedModel(contentsOf: URL(fileURLWithPath: "my-model"))
        let translator = Translator(model, threadCount: 2)
        let classifier = SentimentClassifier(model, threadCount: 2)

        let texts = ["The boat to the island is very slow.", "What a friendly dog!"]
        for translation in try translator.translate(texts, to: "de") { print(translation.text) }
        for scores in classifier.classify(texts) { print(scores.label, scores.probability) }
        // end of the example
    }

    func testTheREADMEHasTheLinesThatAreCompiledHere() throws {
        let here = URL(fileURLWithPath: #filePath)
        let root = here.appending(path: "../../..").standardized
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let source = try String(contentsOf: here, encoding: .utf8)
        let compiled = try lines(of: source, from: "// example", to: "// end of the example")
        let imports = ["import Foundation", "import Inference"]
        XCTAssertEqual(try lines(of: readme, from: "```swift", to: "```"), imports + compiled)
    }

    func testTheExampleSaysWhereItsModelIsMissing() {
        XCTAssertThrowsError(try Self.example()) { error in
            XCTAssertEqual((error as? ModelError)?.kind, .missing)
        }
    }

    /// The lines between two others, without indentation and empty ones.
    private func lines(of text: String, from start: String, to end: String) throws -> [String] {
        let all = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let first = try XCTUnwrap(all.firstIndex(of: start)) + 1
        let last = try XCTUnwrap(all[first...].firstIndex(of: end))
        return Array(all[first..<last])
    }
}
