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
