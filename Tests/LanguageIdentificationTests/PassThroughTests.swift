import XCTest

@testable import LanguageIdentification

final class PassThroughTests: XCTestCase {
    private func applies(_ text: String, _ target: String) throws -> Bool {
        PassThrough.applies(to: text, try shippedIdentifier().identify(text), target: target)
    }

    func testTextInTheTargetLanguagePasses() throws {
        XCTAssertTrue(try applies("Wir haben gestern lange auf den Bus gewartet.", "de"))
        XCTAssertTrue(try applies("Nous avons attendu le bus très longtemps hier.", "fr"))
        XCTAssertTrue(try applies("We waited for the bus for a long time.", "en"))
    }

    func testTextInAnotherLanguageDoesNot() throws {
        XCTAssertFalse(try applies("Wir haben gestern lange auf den Bus gewartet.", "fr"))
        XCTAssertFalse(try applies("Hemos esperado mucho tiempo el autobús.", "fr"))
        for (language, sentences) in Examples.sentences {
            for target in ["en", "de", "fr"] where target != language {
                for sentence in sentences { XCTAssertFalse(try applies(sentence, target)) }
            }
        }
    }

    func testFewerThanFourWordsAreTranslated() throws {
        XCTAssertFalse(try applies("Guten Morgen zusammen!", "de"))
        XCTAssertFalse(try applies("Guten Morgen zusammen! 12 : - 😀", "de"))
        XCTAssertTrue(try applies("Guten Morgen euch allen!", "de"))
        XCTAssertFalse(try applies("", "de"))
        XCTAssertFalse(try applies("1 2 3 4 5", "de"))
    }

    func testWhatIsNotCertainIsTranslated() throws {
        XCTAssertFalse(try applies("Tom Hotel Taxi Radio Bus", "de"))
    }

    func testALanguageThatTheIdentifierDoesNotKnow() throws {
        XCTAssertFalse(try applies("Hemos esperado mucho tiempo el autobús.", "es"))
    }
}
