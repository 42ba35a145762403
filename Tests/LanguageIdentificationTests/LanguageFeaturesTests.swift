import XCTest

@testable import LanguageIdentification

final class LanguageFeaturesTests: XCTestCase {
    private func words(_ text: String) -> String {
        String(String.UnicodeScalarView(LetterWords(text).letters.compactMap(Unicode.Scalar.init)))
    }

    func testWordsAreLettersInLowerCase() {
        XCTAssertEqual(words("Don't STOP, l’été: 3 Bäume_x!"), " don't stop l'été bäume x ")
        XCTAssertEqual(words("'quoted' rock 'n' roll''s"), " quoted rock n roll s ")
        XCTAssertEqual(words("Ünter cafe\u{301} STRAßE"), " ünter café straße ")
    }

    func testLettersOfOtherScriptsAreAllAlike() {
        XCTAssertEqual(words("Мир"), words("日本語"))
        XCTAssertEqual(words("Ελ-x"), " \u{FFFD}\u{FFFD} x ")
    }

    func testTextWithoutLettersHasNoFeatures() {
        for text in ["", " \t", "12 345,-", "😀!?", "\u{0}\u{FEFF}", "'''"] {
            XCTAssertEqual(LetterWords(text).letters, [], text)
            XCTAssertEqual(LanguageFeatures(text).buckets, [], text)
        }
    }

    func testRunsAndWords() {
        // Of " ab ": " a", " ab", " ab ", "a", "ab", "ab ", "b", "b ".
        XCTAssertEqual(LanguageFeatures("ab").buckets.count, 8)
        // A word of three letters is too long to be a run, and counts besides.
        XCTAssertEqual(LanguageFeatures("abc").buckets.count, 13)
        XCTAssertEqual(
            LanguageFeatures("ab, ABC").buckets,
            LanguageFeatures("ab").buckets + LanguageFeatures("abc").buckets)
        XCTAssertNotEqual(LanguageFeatures("abc").buckets, LanguageFeatures("acb").buckets)
    }

    /// Files hold weights by bucket: another hash would make nonsense of them.
    func testBucketsStayWhatTheyAre() {
        XCTAssertEqual(LanguageFeatures("é").buckets, [55470, 52646, 46162, 21147])
    }

    func testOnlyTheBeginningOfAVeryLongTextIsRead() {
        let text = String(repeating: "wort ", count: LetterWords.longestText)
        XCTAssertLessThanOrEqual(LetterWords(text).letters.count, LetterWords.longestText + 2)
    }
}
