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

    func testEightBitsRoundEachRowToNearest() throws {
        let parameters = model.initialParameters(seed: 1)
        let table = parameters[model.embedding.table]
        table.row(3).update(repeating: 0, count: table.columns)
        // Too small for a factor that brings it to 127.
        table.row(4).update(repeating: 1e-44, count: table.columns)
        try WeightFile.write(parameters, to: url, as: .int8)
        let read = try WeightFile.read(url, layout: model.layout)
        for slot in model.layout.slots {
            for row in 0..<slot.rows {
                let values = (0..<slot.columns).map { parameters[slot].row(row)[$0] }
                let others = (0..<slot.columns).map { read[slot].row(row)[$0] }
                if slot.rows == 1 {
                    XCTAssertEqual(others, values.map { Float(Float16($0)) }, slot.name)
                    continue
                }
                let largest = values.map(abs).max() ?? 0
                if largest < 1e-40 {
                    XCTAssertEqual(others, values.map { _ in 0 })
                    continue
                }
                for (value, other) in zip(values, others) {
                    XCTAssertEqual(other, value, accuracy: largest / 127 * 0.50001, slot.name)
                }
                XCTAssertEqual(others.map(abs).max() ?? 0, largest, accuracy: largest * 1e-6)
            }
        }
        XCTAssertLessThan(
            try Data(contentsOf: url).count,
            try size(parameters, .float16)
                - model.layout.slots.filter { $0.rows > 1 }
                .reduce(0) { $0 + $1.count - 4 * $1.rows } + 200 * model.layout.slots.count)
    }

    private func size(_ parameters: Parameters, _ precision: WeightFile.Precision) throws -> Int {
        try WeightFile.write(parameters, to: url, as: precision)
        return try Data(contentsOf: url).count
    }

    /// What is read from such a file and written again is the same, so that a run may go on from its model.
    func testEightBitsAreNotRoundedAgain() throws {
        let parameters = drawnParameters(model.layout, reluBias: 1, seed: 5)
        try WeightFile.write(parameters, to: url, as: .int8)
        let first = try Data(contentsOf: url)
        try WeightFile.write(
            try WeightFile.read(url, layout: model.layout), to: url, as: .int8)
        XCTAssertEqual(try Data(contentsOf: url), first)
    }

    /// As loaders need it that look at the numbers where they lie.
    func testNumbersLieAtMultiplesOfTheirWidth() throws {
        var configuration = tinyConfiguration
        configuration.sentimentLayers = [0, 1, 2]
        let model = Model(configuration)
        for precision in [WeightFile.Precision.int8, .float16, .float32] {
            try WeightFile.write(model.initialParameters(seed: 1), to: url, as: precision)
            let data = try Data(contentsOf: url)
            let count = Int(data[0]) | Int(data[1]) << 8
            XCTAssertEqual(count % 8, 0)
            let header = try XCTUnwrap(
                JSONSerialization.jsonObject(with: data[8..<8 + count]) as? [String: Any])
            var places: [Range<Int>] = []
            for (name, value) in header {
                let tensor = try XCTUnwrap(value as? [String: Any])
                let type = try XCTUnwrap(WeightFile.Precision(rawValue: tensor["dtype"] as! String))
                let offsets = try XCTUnwrap(tensor["data_offsets"] as? [Int])
                XCTAssertEqual(offsets[0] % type.byteCount, 0, name)
                places.append(offsets[0]..<offsets[1])
            }
            places.sort { $0.lowerBound < $1.lowerBound }
            XCTAssertEqual(places.first?.lowerBound, 0)
            XCTAssertEqual(places.last?.upperBound, data.count - 8 - count)
            for (place, next) in zip(places, places.dropFirst()) {
                XCTAssertEqual(place.upperBound, next.lowerBound)
            }
        }
    }

    /// The matrix that a product in 8 bits makes of such weights is that of the weights before.
    func testAProductInEightBitsLosesNothingMore() throws {
        let parameters = model.initialParameters(seed: 1)
        try WeightFile.write(parameters, to: url, as: .int8)
        let read = try WeightFile.read(url, layout: model.layout)
        let table = model.embedding.table
        let workspace = Workspace(threadCount: 1)
        let input = model.initialParameters(seed: 2)[table]
        let products = [parameters, read].map { parameters in
            let count = Int8Matrix.elementCount(depth: table.columns, columns: table.rows)
            let memory = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
            defer { memory.deallocate() }
            let packed = Int8Matrix(
                transposeOf: parameters[table], into: memory, workspace: workspace)
            let product = workspace.arena.matrix(table.rows, table.rows)
            multiply(input, packed, into: product, workspace: workspace)
            return Array(product.elements)
        }
        for (value, other) in zip(products[0], products[1]) {
            XCTAssertEqual(other, value, accuracy: abs(value) * 1e-5)
        }
    }

    func testScalesThatDoNotFit() throws {
        try WeightFile.write(model.initialParameters(seed: 1), to: url, as: .int8)
        let whole = String(decoding: try Data(contentsOf: url), as: Unicode.ASCII.self)
        let data = try Data(contentsOf: url)
        func edited(_ old: String, _ new: String) throws -> Data {
            precondition(old.utf8.count == new.utf8.count && whole.contains(old))
            let range = try XCTUnwrap(data.range(of: Data(old.utf8)))
            var edited = data
            edited.replaceSubrange(range, with: Data(new.utf8))
            return edited
        }
        try assertUnreadable(
            edited("\"embedding.weight_scale\"", "\"embedding.weight_stale\""), "does not belong")
        let place = try XCTUnwrap(data.range(of: Data("\"embedding.weight_scale\":".utf8)))
        let header = data[place.upperBound...]
        let offsets = try XCTUnwrap(header.range(of: Data("F32".utf8)))
        var wrong = data
        wrong.replaceSubrange(offsets, with: Data("F16".utf8))
        try assertUnreadable(wrong, "embedding.weight_scale has numbers of type F16")
        let shape = try XCTUnwrap(header.range(of: Data("[18,1]".utf8)))
        wrong = data
        wrong.replaceSubrange(shape, with: Data("[17,1]".utf8))
        try assertUnreadable(wrong, "embedding.weight_scale has the shape [17, 1]")
    }

    func testParametersAreReadWhenTheyAreUsed() throws {
        for precision in [WeightFile.Precision.int8, .float16, .float32] {
            let parameters = model.initialParameters(seed: 1)
            try WeightFile.write(parameters, to: url, as: precision)
            let whole = try WeightFile.read(url, layout: model.layout)
            let read = try WeightFile.read(url, layout: model.layout)
            // A file that takes the place of another leaves what is mapped as it was.
            try Data("another".utf8).write(to: url, options: .atomic)
            let table = model.embedding.table
            let expected = Array(whole[table].elements)
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
        for precision in [WeightFile.Precision.float32, .int8] {
            assertProblem("not finite") { try WeightFile.write(parameters, to: url, as: precision) }
        }
    }

    func testAFileWithANumberThatIsNotFinite() throws {
        for precision in [WeightFile.Precision.float16, .float32] {
            try WeightFile.write(model.initialParameters(seed: 1), to: url, as: precision)
            var data = try Data(contentsOf: url)
            data.replaceSubrange(data.count - 2..<data.count, with: [0xFF, 0x7F])
            try assertUnreadable(data, "not finite")
        }
        try WeightFile.write(model.initialParameters(seed: 1), to: url, as: .int8)
        var data = try Data(contentsOf: url)
        // The scales of the first matrix come first of all.
        let scale = 8 + (Int(data[0]) | Int(data[1]) << 8)
        data.replaceSubrange(scale..<scale + 4, with: [0x00, 0x00, 0x80, 0x7F])
        try assertUnreadable(data, "not finite")
    }
}
