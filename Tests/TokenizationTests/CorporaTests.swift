import Foundation
import XCTest

@testable import Tokenization

/// Real text, where there is some: in the folder that `MTL_NLP_CORPORA` names, or in `../shared/corpora`.
final class CorporaTests: XCTestCase {
    /// `MTL_NLP_ALL_LINES` set takes all lines of each file, which lasts some minutes.
    private static let linesPerFile =
        ProcessInfo.processInfo.environment["MTL_NLP_ALL_LINES"] == nil ? 1_000 : Int.max

    private func folder() throws -> String {
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../shared/corpora").standardized.path
        let path = ProcessInfo.processInfo.environment["MTL_NLP_CORPORA"] ?? beside
        guard FileManager.default.fileExists(atPath: path) else {
            throw XCTSkip("no corpora in \(path); MTL_NLP_CORPORA may name another folder")
        }
        return path
    }

    private func firstLines(of url: URL) throws -> [String] {
        let data =
            url.pathExtension == "gz" ? try decompressed(url) : try Data(contentsOf: url)
        return data.split(separator: 0x0A).prefix(Self.linesPerFile).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func decompressed(_ url: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", url.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }

    func testNormalizingIsIdempotentAndTokensAreLossless() throws {
        let folder = try folder()
        let tokenizers = try NormalizationRule.LetterCase.allCases.map {
            try BPETrainer(
                vocabularySize: 600, languages: ["de", "en", "fr"],
                rule: NormalizationRule(letterCase: $0)
            ).train(SampleText.lines)
        }
        let normalizer = Normalizer()
        let files =
            FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for file in files.sorted()
        where file.hasSuffix(".gz") || file.hasSuffix(".tsv") {
            for line in try firstLines(
                of: URL(fileURLWithPath: folder).appendingPathComponent(file))
            {
                let text = normalizer.normalize(line)
                XCTAssertEqual(normalizer.normalize(text.string), text, file)
                for tokenizer in tokenizers {
                    XCTAssertTrue(
                        tokenizer.decode(tokenizer.encode(text)).isIdentical(to: text.string), file)
                }
            }
        }
    }
}
