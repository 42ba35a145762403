import XCTest

@testable import Tokenization

final class NormalizerTests: XCTestCase {
    private func assertNormalizes(
        _ text: String, _ expected: String, _ rule: NormalizationRule = NormalizationRule(),
        line: UInt = #line
    ) {
        let result = Normalizer(rule).normalize(text).string
        XCTAssertTrue(
            result.isIdentical(to: expected),
            "\(text.codePoints): \(result.codePoints), not \(expected.codePoints)", line: line)
    }

    func testWhiteSpaceBecomesOneSpace() {
        assertNormalizes("", "")
        assertNormalizes("   ", "")
        assertNormalizes("one  two", "one two")
        assertNormalizes(" one two ", "one two")
        assertNormalizes("one\ttwo\r\nthree\u{B}four\u{C}five", "one two three four five")
        for space in "\u{85}\u{A0}\u{1680}\u{2003}\u{2009}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}"
            .unicodeScalars
        {
            for form in NormalizationRule.Form.allCases {
                assertNormalizes(
                    "\(space)a \(space)b\(space)", "a b", NormalizationRule(form: form))
            }
        }
    }

    func testInvisibleCharactersAreRemoved() {
        assertNormalizes("a\u{0}b\u{7}c\u{1B}d\u{7F}e\u{9D}f", "abcdef")
        assertNormalizes("Do\u{AD}nau\u{200B}dampf\u{2060}schiff\u{FEFF}", "Donaudampfschiff")
        assertNormalizes("\u{202B}a\u{202C}\u{2066}b\u{2069}\u{200E}\u{200F}\u{61C}", "ab")
        assertNormalizes("a\u{34F}b\u{FFF9}c\u{FFFB}", "abc")
        // The two parts of a letter find together.
        assertNormalizes("e\u{200B}\u{301}", "é")
        // Visible format characters and the replacement character stay.
        assertNormalizes("\u{600}\u{661} \u{FFFD}", "\u{600}\u{661} \u{FFFD}")
    }

    func testJoinersStayWhereTheyMatter() {
        assertNormalizes("می\u{200C}خواهم", "می\u{200C}خواهم")
        assertNormalizes("क्\u{200D}ष क्\u{200C}ष", "क्\u{200D}ष क्\u{200C}ष")
        assertNormalizes("ന്\u{200D} ", "ന്\u{200D}")
        assertNormalizes("\u{200D}a \u{200C}b\u{200D} c\u{200D}.", "a b c.")
        assertNormalizes("1\u{200D}2", "12")
        assertNormalizes("a\u{200D}\u{200C}\u{200D}b", "a\u{200D}b")
        for form in NormalizationRule.Form.allCases {
            let rule = NormalizationRule(form: form)
            for emoji in [
                "👩🏽\u{200D}💻", "❤\u{FE0F}\u{200D}🔥", "👨\u{200D}👩\u{200D}👧", "🏳\u{FE0F}\u{200D}🌈",
            ] {
                assertNormalizes("a\(emoji)b \(emoji)", "a\(emoji)b \(emoji)", rule)
            }
        }
        assertNormalizes("👩\u{200D} 💻", "👩 💻")
    }

    func testSelectorsAndTagsStayInEmoji() {
        for kept in [
            "❤\u{FE0F}", "©\u{FE0E}", "1\u{FE0F}\u{20E3}", "#\u{FE0F}\u{20E3}", "ℹ\u{FE0F}",
        ] {
            assertNormalizes(kept, kept)
        }
        assertNormalizes("a\u{FE0F}1\u{FE0F}\u{FE00}", "a1")
        assertNormalizes("葛\u{E0100}", "葛")
        let scotland = "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}"
        assertNormalizes(scotland, scotland)
        assertNormalizes("a\u{E0067}\u{E0062}\u{E007F}b", "ab")
    }

    func testWhatNFKCWouldDamageStays() {
        for kept in [
            "m² und m³, 10¹", "H₂O", "1ᵉʳ", "nº 5, 1ª", "Linux™ ℠", "1½ ¼ ⅞", "① Ⓐ ㊗", "‼ ⁉ ℹ",
            "geht´s ¨ ¯ ¸ ˛", "№5 ℡0800 ℻ ₨500", "wait… ‥", "5″ 3‴", "น้ำ", "ຄຳ ໜ", "և", "ㅋㅋㅋ", "ﷺ ﷼",
        ] {
            assertNormalizes(kept, kept)
        }
    }

    func testCompatibilityCharactersAreFolded() {
        for (text, expected) in [
            ("ﬁnden ﬂoß", "finden floß"), ("ＡＢＣ１２３！", "ABC123!"), ("Ⅷ ⅳ", "VIII iv"),
            ("㎏ ㎡ ㎥", "kg m² m³"), ("ſo", "so"), ("𝗯𝗼𝗹𝗱", "bold"), ("µm", "μm"), ("Å", "Å"),
            ("ﾊﾟ", "パ"), ("col·lecció ŀ", "col·lecció l·"), ("Ǆ ĳ", "DŽ ij"), ("℃", "°C"),
            ("a\u{2011}b", "a\u{2010}b"), ("ﻼ", "لا"), ("⑴", "(1)"), ("︙", "…"), ("ẛ", "ṡ"),
        ] { assertNormalizes(text, expected) }
    }

    func testFormsComposeOrLeaveAlone() {
        let decomposed = "e\u{301}\u{1100}\u{1161}"
        assertNormalizes(decomposed, "é\u{AC00}")
        assertNormalizes(decomposed, "é\u{AC00}", NormalizationRule(form: .nfc))
        assertNormalizes(decomposed, decomposed, NormalizationRule(form: .none))
        assertNormalizes("ﬁ Ａ", "ﬁ Ａ", NormalizationRule(form: .nfc))
        assertNormalizes("q\u{307}\u{323}", "q\u{323}\u{307}")
    }

    func testQuotesAreStraightenedByConfiguration() {
        let text = "l’été, ‘so’, „gut“, “fine” ‚a‛ ʼn ŉ «oui» ‹non› 5′"
        assertNormalizes(text, "l'été, 'so', \"gut\", \"fine\" 'a' 'n 'n «oui» ‹non› 5′")
        assertNormalizes(
            text, "l’été, ‘so’, „gut“, “fine” ‚a‛ ʼn ʼn «oui» ‹non› 5′",
            NormalizationRule(straightensQuotes: false))
    }

    func testConvertChangesTheFormOnly() {
        let text = " \u{A0}\t\u{200B}²e\u{301}’\r\n "
        XCTAssertTrue(Normalizer.convert(text, to: .none).isIdentical(to: text))
        XCTAssertTrue(
            Normalizer.convert(text, to: .nfc).isIdentical(to: " \u{A0}\t\u{200B}²é’\r\n "))
        XCTAssertTrue(Normalizer.convert(text, to: .nfkc).isIdentical(to: "  \t\u{200B}2é’\r\n "))
    }

    /// Longer than what ICU gets at once, with no place to cut where the first piece would end.
    func testLongTexts() {
        for (unit, expected) in [
            ("e\u{301}", "é"), ("\u{1D15E}", "\u{1D157}\u{1D165}"),
            ("\u{1100}\u{1161}\u{11A8}", "각"),
            ("\u{301}", "\u{301}"), ("\u{FDFA}", "صلى الله عليه وسلم"),
        ] {
            let text = "a" + String(repeating: unit, count: 1_200_000 / unit.utf16.count)
            let result = Normalizer.convert(text, to: .nfkc)
            let count = 1_200_000 / unit.utf16.count
            let whole =
                unit == "\u{301}"
                ? "á" + String(repeating: "\u{301}", count: count - 1)
                : "a" + String(repeating: expected, count: count)
            XCTAssertTrue(result.isIdentical(to: whole), unit)
        }
        // Where a piece could begin, a character of one unit stands before one of two.
        let border = String(repeating: "a", count: 1 << 20) + "a😀"
        for form in [NormalizationRule.Form.nfc, .nfkc] {
            XCTAssertTrue(Normalizer.convert(border, to: form).isIdentical(to: border))
        }
    }

    func testRuleIsCodedByDocumentedKeys() throws {
        let rule = NormalizationRule(form: .nfc, straightensQuotes: false)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(rule)
        XCTAssertEqual(
            String(decoding: data, as: UTF8.self), #"{"form":"nfc","straightens_quotes":false}"#)
        XCTAssertEqual(try JSONDecoder().decode(NormalizationRule.self, from: data), rule)

        let marked = NormalizationRule(letterCase: .marked)
        let dataOfMarked = try encoder.encode(marked)
        XCTAssertEqual(
            String(decoding: dataOfMarked, as: UTF8.self),
            #"{"case":"marked","form":"nfkc","straightens_quotes":true}"#)
        XCTAssertEqual(
            try JSONDecoder().decode(NormalizationRule.self, from: dataOfMarked), marked)
    }

    func testNormalizedTextIsComparedByCodePoints() {
        XCTAssertNotEqual(NormalizedText("é"), NormalizedText("e\u{301}"))
        XCTAssertEqual(NormalizedText("é"), NormalizedText("é"))
    }

    private static let rules = NormalizationRule.Form.allCases.flatMap { form in
        [true, false].map { NormalizationRule(form: form, straightensQuotes: $0) }
    }

    private func assertIdempotent(_ text: String, _ normalizer: Normalizer) {
        let once = normalizer.normalize(text)
        let twice = normalizer.normalize(once.string)
        XCTAssertEqual(
            once, twice,
            "\(normalizer.rule): \(text.codePoints): \(once.string.codePoints), then "
                + twice.string.codePoints)
    }

    /// Every assigned code point (all of the private ones mean the same: none here) alone and beside what may join it.
    func testIsIdempotentOverAllCodePoints() {
        let contexts: [(String) -> String] = [
            { $0 }, { "a\($0)b" }, { "\($0)\($0)" }, { "e\u{301}\($0)\u{323}" },
            { "a\u{200D}\($0)\u{200D}b" }, { "👩\u{200D}\($0)\u{200D}💻" },
            { "\($0)\u{FE0F}\u{20E3}" },
            { "\u{94D}\($0)\u{200D} \u{338}" }, { " \($0) " }, { "a\($0)\u{200C}" },
        ]
        let normalizers = Self.rules.map(Normalizer.init)
        for codePoint in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(codePoint) else { continue }
            switch scalar.properties.generalCategory {
            case .unassigned, .privateUse: continue
            default: break
            }
            let character = String(scalar)
            // Most of the assigned are ideographs and Hangul, which have one behaviour each.
            let isUniform =
                (0x3400...0x9FFF).contains(codePoint) || (0xAC00...0xD7A3).contains(codePoint)
                || codePoint >= 0x17000 && codePoint < 0x18D00
                || codePoint >= 0x20000 && codePoint < 0x2F800
                || codePoint >= 0x30000
            if isUniform {
                assertIdempotent(
                    contexts.map { $0(character) }.joined(separator: " x "), normalizers[4])
                continue
            }
            for context in contexts { assertIdempotent(context(character), normalizers[4]) }
            let all = contexts.map { $0(character) }.joined(separator: " x ")
            for normalizer in normalizers { assertIdempotent(all, normalizer) }
        }
    }

    func testIsIdempotentOverRandomStrings() {
        var random = RandomUnicode(seed: 1)
        let normalizers = Self.rules.map(Normalizer.init)
        for _ in 0..<60_000 {
            let text = random.string()
            for normalizer in normalizers { assertIdempotent(text, normalizer) }
        }
    }

    /// Text that is taken as it is, or cleaned character by character as one with a tab may be, must be what the long way
    /// gives, which a tag forces.
    private func assertShortcutsChangeNothing(_ text: String, _ normalizer: Normalizer) {
        let expected = normalizer.normalize(text + " \u{E0067}")
        XCTAssertEqual(normalizer.normalize(text), expected, text.codePoints)
        XCTAssertEqual(normalizer.normalize(text + "\t"), expected, text.codePoints)
    }

    func testShortcutsChangeNothing() {
        var random = RandomUnicode(seed: 2)
        let normalizers = Self.rules.map(Normalizer.init)
        for codePoint in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(codePoint) else { continue }
            for text in ["\(scalar)", "a\(scalar)é"] {
                assertShortcutsChangeNothing(text, normalizers[Int(codePoint) % normalizers.count])
            }
        }
        for codePoint in UInt32(0)..<0x3000 {
            guard let scalar = Unicode.Scalar(codePoint) else { continue }
            for normalizer in normalizers {
                assertShortcutsChangeNothing(
                    "’\(scalar)\u{AD}„\(scalar)\u{A0}\(scalar)x", normalizer)
            }
        }
        for _ in 0..<20_000 {
            let text = random.string(maximumLength: 6)
            for normalizer in normalizers { assertShortcutsChangeNothing(text, normalizer) }
        }
    }

    /// What takes plain text eight bytes at a time sees every control and double space, wherever it stands.
    func testShortcutSeesEveryPlace() {
        let normalizer = Normalizer()
        for length in 1...26 {
            for place in 0..<length {
                for character in (0..<0x80).map({ UInt8($0) }) {
                    for second in [UInt8(ascii: "~"), UInt8(ascii: " ")] {
                        var bytes = Array(repeating: UInt8(ascii: "~"), count: length)
                        bytes[place] = character
                        if place + 1 < length { bytes[place + 1] = second }
                        let text = String(decoding: bytes, as: UTF8.self)
                        XCTAssertEqual(
                            normalizer.normalize(text), normalizer.normalize(text + "\t"))
                    }
                }
            }
        }
    }

    func testResultHoldsNoSpaceTooMany() {
        var random = RandomUnicode(seed: 3)
        let normalizer = Normalizer()
        for _ in 0..<20_000 {
            let bytes = Array(normalizer.normalize(random.string()).string.utf8)
            XCTAssertNotEqual(bytes.first, 0x20)
            XCTAssertNotEqual(bytes.last, 0x20)
            XCTAssertFalse(zip(bytes, bytes.dropFirst()).contains { $0 == 0x20 && $1 == 0x20 })
            XCTAssertFalse(bytes.contains { $0 < 0x20 || $0 == 0x7F })
        }
    }

    /// As many marks as one likes, in the worst order, take no time that could be noticed, and come into canonical order.
    func testLongRunsOfMarks() {
        let above = String(repeating: "\u{301}", count: 100_000)
        let below = String(repeating: "\u{323}", count: 100_000)
        for form in [NormalizationRule.Form.nfc, .nfkc] {
            let converted = Normalizer.convert("q" + above + below, to: form)
            XCTAssertTrue(converted.isIdentical(to: "q" + below + above))
        }
        // Of class 0 itself, but made of two marks.
        let tibetan = String(repeating: "\u{F73}", count: 100_000)
        XCTAssertTrue(
            Normalizer.convert(tibetan, to: .nfc).isIdentical(
                to: String(repeating: "\u{F71}", count: 100_000)
                    + String(repeating: "\u{F72}", count: 100_000)))
        let short = "q" + String(repeating: "\u{301}\u{323}", count: 30)
        let long = "q" + String(repeating: "\u{301}\u{323}", count: 40)
        let added =
            String(repeating: "\u{323}", count: 10) + String(repeating: "\u{301}", count: 10)
        XCTAssertTrue(
            Normalizer.convert(long, to: .nfc).isIdentical(
                to: Normalizer.convert(
                    Normalizer.convert(short, to: .nfc) + added, to: .nfc)))
        let beyond = "\u{1D165}" + String(repeating: "\u{1D16D}\u{1D16E}", count: 50)
        XCTAssertTrue(
            Normalizer.convert(beyond, to: .nfc).isIdentical(
                to: "\u{1D165}" + String(repeating: "\u{1D16E}", count: 50)
                    + String(repeating: "\u{1D16D}", count: 50)))
    }
}
