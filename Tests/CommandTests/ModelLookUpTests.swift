import Foundation
import XCTest

/// Where the program finds a model that nobody named. Each test has a copy of the binary in a place of its own.
final class ModelLookUpTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var binary = URL(fileURLWithPath: "/")
    private var model = ""

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        model = try folder.writeModel(random: false)
        let binaries = folder.url.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: binaries, withIntermediateDirectories: true)
        binary = binaries.appendingPathComponent("mtl-nlp")
        try FileManager.default.copyItem(at: Program.url, to: binary)
    }

    private func classify(environment: [String: String] = [:]) throws -> Program.Result {
        try Program.run(
            ["sentiment"], input: "A cat.\n".utf8, environment: environment, executable: binary)
    }

    private func placeModel(at place: String) throws {
        let target = folder.url.appendingPathComponent(place)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: URL(fileURLWithPath: model), to: target)
    }

    func testWithoutAModelItSaysHowToNameOne() throws {
        let result = try classify()
        XCTAssertEqual(result.status, 69)
        XCTAssertEqual(
            result.errors,
            "mtl-nlp: no model comes with this program; "
                + "name one with --model DIR or MTL_NLP_MODEL\n"
        )
        // What needs none works.
        XCTAssertEqual(
            try Program.run(["normalize"], input: "a  b".utf8, executable: binary).output, "a b\n")
    }

    func testTheEnvironmentNamesOne() throws {
        let result = try classify(environment: ["MTL_NLP_MODEL": model])
        XCTAssertEqual(result.output, "negative\t0.3333\n")
    }

    func testAnInstalledModel() throws {
        try placeModel(at: "share/mtl-nlp")
        XCTAssertEqual(try classify().output, "negative\t0.3333\n")
    }

    func testTheResourcesBesideTheBinary() throws {
        try placeModel(at: "bin/mtl-nlp_PretrainedModel.resources/Model")
        XCTAssertEqual(try classify().output, "negative\t0.3333\n")
    }

    func testALinkToTheBinaryFindsTheModel() throws {
        try placeModel(at: "share/mtl-nlp")
        let link = folder.url.appendingPathComponent("elsewhere")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: binary)
        binary = link
        XCTAssertEqual(try classify().output, "negative\t0.3333\n")
    }
}
