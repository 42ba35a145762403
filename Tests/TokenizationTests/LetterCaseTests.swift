import XCTest

@testable import Tokenization

final class LetterCaseTests: XCTestCase {
    func testWords() {
        for (text, lower) in [
            ("", ""), ("Straße", "straße"), ("ÄRGER", "ärger"), ("ÉCOLE 12", "école 12"),
            ("ΟΔΟΣ", "οδος"), ("I", "i"),
            ("\u{1F600} Ok", "\u{1F600} ok"),
        ] {
            XCTAssertEqual(text.inLowerCase(), lower)
        }
    }

    func testUpperCase() {
        for (text, upper) in [
            ("", ""), ("Straße", "STRASSE"), ("été ÿ", "ÉTÉ Ÿ"), ("i ı", "I I"), ("ﬁn", "FIN"),
            ("\u{1F600} ok 1", "\u{1F600} OK 1"), ("οδός", "ΟΔΌΣ"),
        ] {
            XCTAssertEqual(text.inUpperCase(), upper)
        }
    }

    /// What is in upper case stays as it is.
    func testEveryCodePointInUpperCase() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let upper = String(Character(scalar)).inUpperCase()
            XCTAssertEqual(upper.inUpperCase(), upper, "U+\(String(value, radix: 16))")
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
