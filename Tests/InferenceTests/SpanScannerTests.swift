import Kernels
import XCTest

@testable import Inference

final class SpanScannerTests: XCTestCase {
    private func spans(_ text: String) -> [String] { SpanScanner.spans(of: text).map(\.text) }

    private func check(
        _ table: [(text: String, spans: [String])], _ kind: ProtectedSpan.Kind?, line: UInt = #line
    ) {
        for (text, expected) in table {
            let found = SpanScanner.spans(of: text)
            XCTAssertEqual(found.map(\.text), expected, text, line: line)
            if let kind {
                XCTAssertTrue(found.allSatisfy { $0.kind == kind }, "\(text): \(found)", line: line)
            }
        }
    }

    func testOrdinaryTextHasNone() {
        let texts = [
            "", "A man rides a bike.", "Wait... what?! (No; yes: maybe) – 'so' \"it\" goes…",
            "Fish & chips, R&D, AT&T; a < b and c > d", "x<y and y>z",
            "C# and F# and # alone, @ alone, $ alone, % alone", "{ } is empty, { two words } too",
            "Über Größe, naïve façade; 漢字。", "end.The next", "e.g. this, i.e. that, z.B. das", "%",
            "a@b",
        ]
        check(texts.map { ($0, []) }, nil)
    }

    func testLinks() {
        check(
            [
                ("See https://example.com.", ["https://example.com"]),
                ("(https://example.com/a_(b))", ["https://example.com/a_(b)"]),
                ("https://x.org/a?b=c&d=%20e#f, and", ["https://x.org/a?b=c&d=%20e#f"]),
                ("<https://x.org/{id}>", ["https://x.org/{id}"]),
                ("\"ftp://files.example.net/x\"", ["ftp://files.example.net/x"]),
                ("www.example.xyz!", ["www.example.xyz"]),
                ("Go to example.com/path, please", ["example.com/path"]),
                ("example.de", ["example.de"]), ("at sub.example.co.uk.", ["sub.example.co.uk"]),
                ("http://localhost:8080/x", ["http://localhost:8080/x"]),
                ("mailto:a@b.org", ["mailto:a@b.org"]),
                ("http://user@host.org/", ["http://user@host.org/"]),
                ("Visit files.museum/3xY, and", ["files.museum/3xY"]),
                ("and/or, U.S./Canada, etc./usw., files.museum / x", []),
            ], .link)
    }

    func testAddresses() {
        check(
            [
                ("Write to anna.b+c@mail.example.org.", ["anna.b+c@mail.example.org"]),
                ("42jo@x.de,", ["42jo@x.de"]), ("<a@b.co>", ["a@b.co"]),
            ], .address)
    }

    func testPlaceholders() {
        check(
            [
                ("Hello {{name}}!", ["{{name}}"]),
                ("{{ user.name }}, {{{raw}}}", ["{{ user.name }}", "{{{raw}}}"]),
                ("{name} {0} {0:N2} {} { name }", ["{name}", "{0}", "{0:N2}", "{}", "{ name }"]),
                (
                    "You have {n, plural, one {# file} other {# files}}.",
                    ["{n, plural, one {# file} other {# files}}"]
                ),
                ("{% if x %}yes{% endif %}", ["{% if x %}", "{% endif %}"]),
                ("%{count} items", ["%{count}"]), ("%(name)s is here", ["%(name)s"]),
                ("%s, %d, %1$s, %-5.2f, %ld, %@", ["%s", "%d", "%1$s", "%-5.2f", "%ld", "%@"]),
                ("%1 of %2", ["%1", "%2"]),
                ("%dx%d, %dpx", ["%d", "%d", "%d"]),
                ("$1 and $VAR and ${var} and $name_x", ["$1", "$VAR", "${var}", "$name_x"]),
                ("Dear #NAME#,", ["#NAME#"]), ("%PATH% is set", ["%PATH%"]),
            ], .placeholder)
    }

    /// A percent sign after an amount is text, unless a conversion follows that nothing joins.
    func testPerCentIsNoPlaceholder() {
        check(
            [
                ("100 %d", ["100", "%d"]), ("100 % der Leute", ["100"]), ("5 %", ["5"]),
                ("20 %auf alles", ["20"]), ("50%discount", ["50"]), ("5% off", ["5"]),
                ("100%% sure", ["100", "%%"]), ("5 %, 6 %.", ["5", "6"]),
                ("Rate: %d%%", ["%d", "%%"]),
            ], nil)
    }

    func testMarkup() {
        check(
            [
                ("<b>bold</b>", ["<b>", "</b>"]), ("a<br/>b<br />c", ["<br/>", "<br />"]),
                ("<a href=\"x y>z\" class='c'>link</a>", ["<a href=\"x y>z\" class='c'>", "</a>"]),
                ("<0>text</0><1/>", ["<0>", "</0>", "<1/>"]),
                ("<s> </s> <2de>", ["<s>", "</s>", "<2de>"]),
                ("<!-- note: a > b --> text", ["<!-- note: a > b -->"]),
                ("<h1>Title</h1>", ["<h1>", "</h1>"]),
            ], .tag)
        check(
            [("Fish &amp; chips &#38; &#x26; &nbsp;", ["&amp;", "&#38;", "&#x26;", "&nbsp;"])],
            .entity)
    }

    func testNumbers() {
        check(
            [
                ("1,000.5 and 1.000,5 and 1'000", ["1,000.5", "1.000,5", "1'000"]),
                ("10 000 people, 5 kg, 5kg", ["10 000", "5", "5"]),
                ("at 10:30 on 3.10.2024.", ["10:30", "3.10.2024"]), ("3:1", ["3", "1"]),
                ("2024-05-01", ["2024", "05", "01"]),
                ("-5 °C, +49, (-7) and \u{2212}3", ["-5", "+49", "-7", "\u{2212}3"]),
                ("a 10-15", ["10", "15"]), ("the 2nd of 3.", ["2", "3"]),
                ("$100, €5.50", ["100", "5.50"]),
                ("12 + 30 = 42", ["12", "30", "42"]), ("٣ and 3", ["٣", "3"]),
                ("in 2019 100 left", ["2019", "100"]),
                ("½ cup, 2½ cups, ① and ⑫", ["½", "2½", "①", "⑫"]), ("m², x³, 三, Ⅳ", []),
            ], .number)
    }

    func testCodes() {
        check(
            [
                ("An A380, mp3s, H2O and 4x4", ["A380", "mp3s", "H2O", "4x4"]),
                ("550e8400", ["550e8400"]), ("0x1F", ["0x1F"]), ("Größe3", ["Größe3"]),
            ], .code)
    }

    func testNamesAndHashtags() {
        check(
            [("So #happy, #GrößteFreude2! (#a_b)", ["#happy", "#GrößteFreude2", "#a_b"])], .hashtag)
        check(
            [("Hi @anna, @b_c. @me@host.org!", ["@anna", "@b_c", "@me@host.org"])], .mention)
        check([("#1 and C#x", ["1"])], .number)
    }

    func testEmojiAreWhole() {
        let emoji = [
            "🙂", "👩‍👩‍👧", "👍🏽", "🇩🇪", "❤️", "☀", "1️⃣", "#️⃣",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "™",
        ]
        for one in emoji {
            XCTAssertEqual(spans("Good\(one)\(one) day \(one)."), [one, one, one], one)
        }
        check([("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"])], .emoji)
    }

    func testWhatHasNoWords() {
        for text in [
            "5", "???", "…", "{0}: 5 %", "https://x.org 🙂 #a @b", "<b></b>", "-", "31.12.",
        ] {
            XCTAssertFalse(AnalyzedText(text: text).hasWords, text)
        }
        for text in ["a", "5 kg", "2nd", "Ja!", "<b>a</b>", "漢"] {
            XCTAssertTrue(AnalyzedText(text: text).hasWords, text)
        }
    }

    func testNumbersOfEqualValueAreTheSame() {
        let same = [
            ["1,000.5", "1.000,5", "1 000,5", "1'000.5"], ["1,000", "1.000", "1000"],
            ["10:30", "10.30"], ["0.500", "0,500"], ["1,234,567", "1.234.567"],
            ["-5", "\u{2212}5"],
        ]
        for numbers in same {
            XCTAssertEqual(Set(numbers.map(NumberSpelling.canonical)).count, 1, "\(numbers)")
        }
        let different = [
            "1", "10", "1.5", "15", "-15", "+15", "0.15", "1.500", "1.50", "007", "7", "1.2.3",
            "12.3",
        ]
        XCTAssertEqual(Set(different.map(NumberSpelling.canonical)).count, different.count)
    }

    /// Runs without white space are not read again from each of their places: that would take minutes. Before each stands a
    /// number, without which some would not be looked at.
    func testLongRunsAreScannedInReasonableTime() {
        for run in [
            "a.", "a@", "a-", "1a", "{a,", "<a ", "https://x)", "%a", "#a", "&a", "a:", "$", "%",
            "1,",
        ] {
            let spans = SpanScanner.spans(of: "5 " + String(repeating: run, count: 400_000))
            XCTAssertEqual(spans.first?.range.lowerBound, 0, run)
        }
        let link = "https://x" + String(repeating: ")", count: 500_000)
        XCTAssertEqual(SpanScanner.spans(of: link).map(\.range), [0..<9])
    }

    /// Spans are in order, do not overlap, and are what the text holds at their places.
    func testAnyTextIsScanned() {
        let pieces = [
            "{", "}", "{{", "%", "$", "#", "@", "<", ">", "&", ";", ":", "/", "//", ".", ",", "-",
            "1", "23", "a",
            "Wort", " ", "  ", "é", "漢", "🙂", "\u{200D}", "\u{FE0F}", "\u{20E3}", "\u{301}", "\"",
            "'", "=", "(", ")",
            "http", "www.", "com", "!", "\u{1F1E9}", "٣", "_", "*",
        ]
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let count = generator.next(below: 20)
            let text = (0..<count).map { _ in pieces[generator.next(below: pieces.count)] }.joined()
            var end = 0
            for span in SpanScanner.spans(of: text) {
                XCTAssertGreaterThanOrEqual(span.range.lowerBound, end)
                XCTAssertFalse(span.range.isEmpty)
                end = span.range.upperBound
                XCTAssertEqual(
                    String(text[text.utf8Range(span.range)]).utf8.elementsEqual(span.text.utf8),
                    true)
            }
            XCTAssertLessThanOrEqual(end, text.utf8.count)
        }
    }
}
