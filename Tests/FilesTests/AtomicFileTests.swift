import Foundation
import Files
import XCTest

final class AtomicFileTests: XCTestCase {
    private var folder = URL(fileURLWithPath: "/")

    override func setUpWithError() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("AtomicFileTests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    func testMakesAndReplacesAFile() throws {
        let file = folder.appendingPathComponent("file")
        for text in ["first", "second"] {
            try AtomicFile.replace(file) { try Data(text.utf8).write(to: $0) }
            XCTAssertEqual(try String(contentsOf: file, encoding: .utf8), text)
        }
        XCTAssertEqual(try names(), ["file"])
    }

    func testFailureLeavesEverythingAsItWas() throws {
        struct Failure: Error {}
        let file = folder.appendingPathComponent("file")
        try Data("old".utf8).write(to: file)
        XCTAssertThrowsError(
            try AtomicFile.replace(file) {
                try Data("half".utf8).write(to: $0)
                throw Failure()
            }
        ) { XCTAssert($0 is Failure) }
        XCTAssertEqual(try String(contentsOf: file, encoding: .utf8), "old")
        XCTAssertEqual(try names(), ["file"])
    }

    func testALinkStaysALink() throws {
        let (file, link) = (
            folder.appendingPathComponent("file"), folder.appendingPathComponent("link")
        )
        try Data("old".utf8).write(to: file)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        try AtomicFile.replace(link) { try Data("new".utf8).write(to: $0) }
        XCTAssertEqual(try String(contentsOf: file, encoding: .utf8), "new")
        XCTAssertEqual(
            try FileManager.default.destinationOfSymbolicLink(atPath: link.path), file.path)
    }

    func testWhereALinkLeadsAFileIsMade() throws {
        let link = folder.appendingPathComponent("link")
        try FileManager.default.createSymbolicLink(
            atPath: link.path, withDestinationPath: "to/be/../made")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("to/be"), withIntermediateDirectories: true)
        try AtomicFile.replace(link) { try Data("new".utf8).write(to: $0) }
        XCTAssertEqual(
            try String(contentsOf: folder.appendingPathComponent("to/made"), encoding: .utf8), "new"
        )
        XCTAssertEqual(
            try FileManager.default.destinationOfSymbolicLink(atPath: link.path), "to/be/../made")

        let circle = folder.appendingPathComponent("circle")
        try FileManager.default.createSymbolicLink(at: circle, withDestinationURL: circle)
        XCTAssertThrowsError(try AtomicFile.replace(circle) { _ in XCTFail("called") }) {
            XCTAssertEqual(($0 as? IOFailure)?.code, ELOOP)
        }
    }

    /// Who could not read or write the old file cannot the new one, nor what it is written to.
    func testPermissionsStay() throws {
        let file = folder.appendingPathComponent("file")
        func permissions(_ url: URL) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
            return try XCTUnwrap(attributes[.posixPermissions] as? Int)
        }
        for mode in [0o600, 0o640, 0o444, 0o755] {
            try? FileManager.default.removeItem(at: file)
            try Data("old".utf8).write(to: file)
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: file.path)
            try AtomicFile.replace(file) {
                XCTAssertEqual(try permissions($0), 0o600)
                try Data("new".utf8).write(to: $0)
            }
            XCTAssertEqual(try permissions(file), mode)
            XCTAssertEqual(try String(contentsOf: file, encoding: .utf8), "new")
        }
    }

    func testWhatIsNoFileIsRefused() throws {
        let missing = folder.appendingPathComponent("no").appendingPathComponent("file")
        let cases = [
            (missing, ENOENT), (folder, EISDIR), (URL(fileURLWithPath: "/dev/null"), EINVAL),
        ]
        for (url, code) in cases {
            XCTAssertThrowsError(try AtomicFile.replace(url) { _ in XCTFail("called") }) {
                XCTAssertEqual(($0 as? IOFailure)?.code, code)
            }
        }
        XCTAssertEqual(try names(), [])
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
    }
}
