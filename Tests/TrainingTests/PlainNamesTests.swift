import XCTest

@testable import Training

final class PlainNamesTests: XCTestCase {
    func testNamesDoNotMeet() {
        XCTAssertEqual(
            ["a b", "a-b", "a-b-2", "a b", "C+1_x", "é/日"].asFileNames,
            ["a-b", "a-b-2", "a-b-2-2", "a-b-3", "C+1_x", "---"])
    }

    func testWhatIsPlain() {
        let plain = "azAZ09-_+".unicodeScalars, other = "./ \u{0}é²٣~:\\".unicodeScalars
        XCTAssert(plain.allSatisfy(\.isPlain))
        XCTAssertFalse(other.contains(where: \.isPlain))
    }
}
