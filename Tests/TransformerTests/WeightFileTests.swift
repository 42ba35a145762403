import Foundation
import Kernels
import XCTest

@testable import Transformer

final class WeightFileTests: XCTestCase {
    private let model = Model(tinyConfiguration)
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("WeightFileTests-\(UUID().uuidString)")
    private var url: URL { folder.appendingPathComponent("model.safetensors") }

    override func setUpWithError() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws { try FileManager.default.removeItem(at: folder) }

    private func values(_ parameters: Parameters) -> [Float] { Array(parameters.all.elements) }

    func testSinglePrecisionIsExact() throws {
        let parameters = model.initialParameters(seed: 1)
        try WeightFile.write(parameters, to: url, as: .float32, metadata: ["note": "a \"test\""])
        let read = try WeightFile.read(url, layout: model.layout)
        XCTAssertEqual(values(read), values(parameters))
    }

    func testHalfPrecisionRoundsToNearest() throws {
        let parameters = model.initialParameters(seed: 1)
        try WeightFile.write(parameters, to: url, as: .float16)
        let read = try WeightFile.read(url, layout: model.layout)
        XCTAssertEqual(values(read), values(parameters).map { Float(Float16($0)) })
    }

    func testParametersAreReadWhenTheyAreUsed() throws {
        for precision in [WeightFile.Precision.float16, .float32] {
            let parameters = model.initialParameters(seed: 1)
            try WeightFile.write(parameters, to: url, as: precision)
            let read = try WeightFile.read(url, layout: model.layout)
            // A file that takes the place of another leaves what is mapped as it was.
            try Data("another".utf8).write(to: url, options: .atomic)
            let table = model.embedding.table
            let expected = parameters[table].elements.map {
                precision == .float16 ? Float(Float16($0)) : $0
            }
            var row = [Float](repeating: .nan, count: table.columns)
            read.copyRow(2, of: table, into: &row)
            XCTAssertEqual(row[...], expected[2 * table.columns..<3 * table.columns])
            XCTAssertEqual(read.withValues(of: table) { Array($0.elements) }, expected)
            read[table].elements[0] = 7
            XCTAssertEqual(read.withValues(of: table) { $0.elements[0] }, 7)
            read.copyRow(0, of: table, into: &row)
            XCTAssertEqual(row[0], 7)
            XCTAssertEqual(Array(read[table].elements), [7] + expected.dropFirst())
            XCTAssertEqual(
                values(read)[table.offset..<table.offset + table.count],
                ([7] + expected.dropFirst())[...])
        }
    }

    func testBytesDependOnNothingElse() throws {
        let parameters = model.initialParameters(seed: 1)
        let metadata = ["b": "2", "a": "1", "c": "3"]
        try WeightFile.write(parameters, to: url, as: .float16, metadata: metadata)
        let first = try Data(contentsOf: url)
        try WeightFile.write(parameters, to: url, as: .float16, metadata: metadata)
        XCTAssertEqual(try Data(contentsOf: url), first)
    }

    private func assertProblem(
        _ words: String, file: StaticString = #filePath, line: UInt = #line,
        _ body: () throws -> Void
    ) {
        XCTAssertThrowsError(try body(), file: file, line: line) { error in
            let text = "\(error)"
            XCTAssertTrue(error is WeightFile.Problem, text, file: file, line: line)
            XCTAssertTrue(text.hasPrefix(url.path + ": "), text, file: file, line: line)
            XCTAssertTrue(text.contains(words), text, file: file, line: line)
            XCTAssertFalse(text.contains("\n"), text, file: file, line: line)
        }
    }

    private func assertUnreadable(
        _ data: Data, _ words: String, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        try data.write(to: url)
        assertProblem(words, file: file, line: line) {
            _ = try WeightFile.read(url, layout: model.layout)
        }
    }

    func testDamagedFiles() throws {
        assertProblem("cannot be read") { _ = try WeightFile.read(url, layout: model.layout) }
        try WeightFile.write(model.initialParameters(seed: 1), to: url, as: .float32)
        let whole = try Data(contentsOf: url)
        try assertUnreadable(Data(), "not a whole safetensors file")
        try assertUnreadable(whole.prefix(100), "not a whole safetensors file")
        try assertUnreadable(whole.prefix(whole.count - 1), "ends after the file")
        try assertUnreadable(
            Data(repeating: 0xFF, count: 8) + whole.dropFirst(8), "not a whole safetensors file")
        var garbled = whole
        garbled[8] = UInt8(ascii: "!")
        try assertUnreadable(garbled, "not a whole safetensors file")
        try FileManager.default.removeItem(at: url)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        assertProblem("cannot be read") { _ = try WeightFile.read(url, layout: model.layout) }
    }

    func testOtherModel() throws {
        var configuration = tinyConfiguration
        configuration.decoderLayerCount = 1
        let smaller = Model(configuration)
        try WeightFile.write(smaller.initialParameters(seed: 1), to: url, as: .float32)
        assertProblem("is missing") { _ = try WeightFile.read(url, layout: model.layout) }
        try WeightFile.write(model.initialParameters(seed: 1), to: url, as: .float32)
        assertProblem("does not belong") { _ = try WeightFile.read(url, layout: smaller.layout) }
        configuration = tinyConfiguration
        configuration.vocabularySize = 19
        assertProblem("has the shape") {
            _ = try WeightFile.read(url, layout: Model(configuration).layout)
        }
    }

    func testNumbersThatAreNotFinite() throws {
        let parameters = model.initialParameters(seed: 1)
        parameters.all.elements[5] = 100_000
        assertProblem("not finite") { try WeightFile.write(parameters, to: url, as: .float16) }
        try WeightFile.write(parameters, to: url, as: .float32)
        parameters.all.elements[5] = .nan
        assertProblem("not finite") { try WeightFile.write(parameters, to: url, as: .float32) }
    }

    func testAFileWithANumberThatIsNotFinite() throws {
        for precision in [WeightFile.Precision.float16, .float32] {
            try WeightFile.write(model.initialParameters(seed: 1), to: url, as: precision)
            var data = try Data(contentsOf: url)
            data.replaceSubrange(data.count - 2..<data.count, with: [0xFF, 0x7F])
            try assertUnreadable(data, "not finite")
        }
    }
}
