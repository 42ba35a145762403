import XCTest

@testable import LanguageIdentification

final class ForeignTextTests: XCTestCase {
    private func applies(_ text: String) throws -> Bool {
        try shippedIdentifier().identify(text).language == nil && ForeignText.applies(to: text)
    }

    func testSentencesInOtherLanguages() throws {
        for text in [
            "Me gusta mucho la comida de este restaurante.", "今日はとてもいい天気です。",
            "Сегодня очень хорошая погода.",
        ] {
            XCTAssertTrue(try applies(text), text)
        }
    }

    func testSentencesInKnownLanguages() throws {
        for text in [
            "We waited for the bus for a long time.", "Nous avons attendu le bus hier.",
            "Wir haben gestern lange auf den Bus gewartet.",
        ] {
            XCTAssertFalse(try applies(text), text)
        }
    }

    /// Whatever the identifier makes of it.
    func testWhatIsInNoLanguage() {
        for text in [
            "", "{a} {b} {c} {d}", "{name} {place} {date} {hour}", "@anna @bob @carl @dora",
            "https://a.example/b https://c.example/d https://e.example/f https://g.example/h",
            "10 km 20 km 30 km 40 km", "É", "5 µ", "π ≈ 3", "Harbour", "🎉 🎉 🎉 🎉",
        ] {
            XCTAssertFalse(ForeignText.applies(to: text), text)
        }
    }
}
