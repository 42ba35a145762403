import Foundation
import XCTest

@testable import Tokenization

/// Real text, where there is some: `MTL_NLP_CORPORA` names a folder of gzip files.
final class CorporaTests: XCTestCase {
    private static let linesPerFile = 3_000

    private func firstLines(of url: URL) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", url.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data.split(separator: 0x0A).prefix(Self.linesPerFile).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func testNormalizingIsIdempotentAndTokensAreLossless() throws {
        guard let folder = ProcessInfo.processInfo.environment["MTL_NLP_CORPORA"] else {
            throw XCTSkip("MTL_NLP_CORPORA does not name a folder of corpora")
        }
        let tokenizer = try BPETrainer(vocabularySize: 600, languages: ["de", "en", "fr"])
            .train(SampleText.lines)
        let files =
            FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for file in files.sorted() where file.hasSuffix(".gz") {
            for line in try firstLines(
                of: URL(fileURLWithPath: folder).appendingPathComponent(file))
            {
                let text = tokenizer.normalizer.normalize(line)
                XCTAssertEqual(tokenizer.normalizer.normalize(text.string), text, file)
                XCTAssertTrue(
                    tokenizer.decode(tokenizer.encode(text)).isIdentical(to: text.string), file)
            }
        }
    }
}
