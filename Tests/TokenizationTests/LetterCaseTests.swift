import XCTest

@testable import Tokenization

final class LowerCaseTests: XCTestCase {
    func testWords() {
        for (text, lower) in [
            ("", ""), ("Straße", "straße"), ("ÄRGER", "ärger"), ("ÉCOLE 12", "école 12"),
            ("ΟΔΟΣ", "οδος"), ("I", "i"),
            ("\u{1F600} Ok", "\u{1F600} ok"),
        ] {
            XCTAssertEqual(text.inLowerCase(), lower)
        }
    }

    /// What is in lower case stays as it is.
    func testEveryCodePoint() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let lower = String(Character(scalar)).inLowerCase()
            XCTAssertEqual(lower.inLowerCase(), lower, "U+\(String(value, radix: 16))")
        }
    }
}
