import Kernels
import Tokenization
import XCTest

@testable import Training

final class CaseFormTests: XCTestCase {
    func testWords() {
        for (text, upper, lower, title) in [
            ("", "", "", ""),
            (
                "Die Straße ist groß.", "DIE STRASSE IST GROSS.", "die straße ist groß.",
                "Die Straße Ist Groß."
            ),
            (
                "it's a well-known (old) story", "IT'S A WELL-KNOWN (OLD) STORY",
                "it's a well-known (old) story", "It's A Well-known (Old) Story"
            ),
            ("l'été à Paris", "L'ÉTÉ À PARIS", "l'été à paris", "L'été À Paris"),
            ("the 3rd of May", "THE 3RD OF MAY", "the 3rd of may", "The 3rd Of May"),
            ("NASA says ÄRGER", "NASA SAYS ÄRGER", "nasa says ärger", "NASA Says ÄRGER"),
        ] {
            XCTAssertEqual(CaseForm.upper.apply(to: text), upper)
            XCTAssertEqual(CaseForm.lower.apply(to: text), lower)
            XCTAssertEqual(CaseForm.title.apply(to: text), title)
        }
    }

    private static let kept = [
        "https://a.example/Some/path?q=R", "%s", "%1$d", "{userName}", "${Count}", "<b>", "</B>",
        "&amp;", "@someName", "#HashTag", "Max.Muster@mail.example", "mp3",
    ]

    func testWhatIsNotLanguageStays() {
        XCTAssertEqual(
            CaseForm.upper.apply(to: "Open <b>%s</b> at https://a.example/Path, {name}!"),
            "OPEN <b>%s</b> AT https://a.example/Path, {name}!")
        XCTAssertEqual(
            CaseForm.title.apply(to: "<i>open</i> the file"), "<i>Open</i> The File")
        for form in CaseForm.allCases {
            for text in Self.kept { XCTAssertEqual(form.apply(to: text), text) }
        }
    }

    /// Among random words of any script, what is to be kept is, and a form of a form is that form.
    func testRandomTexts() {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<2000 {
            let words = (0..<1 + generator.next(below: 6)).map { _ -> String in
                if generator.next(below: 3) == 0 {
                    return Self.kept[generator.next(below: Self.kept.count)]
                }
                return randomWord(&generator)
            }
            let text = words.joined(separator: " ")
            for form in CaseForm.allCases {
                let changed = form.apply(to: text)
                XCTAssertEqual(form.apply(to: changed), changed, "\(form): \(text)")
                // By bytes: a mark may join the space before it.
                let pieces = changed.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
                XCTAssertEqual(pieces.count, words.count)
                for (piece, word) in zip(pieces, words) where Self.kept.contains(word) {
                    XCTAssertEqual(String(Substring(piece)), word, "\(form): \(text)")
                }
            }
        }
    }

    /// Letters alone, of which none can be taken for a part of what stays.
    private func randomWord(_ generator: inout SeededGenerator) -> String {
        var word = ""
        while word.count < 3 {
            let value = UInt32(generator.next(below: 0x3000))
            guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic,
                !scalar.properties.isEmoji, scalar.properties.numericType == nil
            else { continue }
            word.unicodeScalars.append(scalar)
        }
        return word
    }
}
