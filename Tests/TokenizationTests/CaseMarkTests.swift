import Foundation
import Kernels
import XCTest

@testable import Tokenization

final class CaseMarkTests: XCTestCase {
    private static let rule = NormalizationRule(letterCase: .marked)

    private func makeTokenizer(
        _ rule: NormalizationRule = CaseMarkTests.rule, _ lines: [String] = SampleText.lines,
        size: Int = 600
    ) throws -> BPETokenizer {
        try BPETrainer(vocabularySize: size, languages: ["de", "en", "fr"], rule: rule).train(lines)
    }

    private func pieces(_ text: String, _ tokenizer: BPETokenizer) -> [String] {
        tokenizer.encode(tokenizer.normalizer.normalize(text)).dropLast().map(tokenizer.subword)
    }

    private func assertRoundTrip(
        _ text: NormalizedText, _ tokenizer: BPETokenizer, dropout: Double = 0, line: UInt = #line
    ) {
        var generator = SeededGenerator(seed: 21)
        let tokens = tokenizer.encode(text, dropout: dropout, using: &generator)
        let decoded = tokenizer.decode(tokens)
        XCTAssertTrue(
            decoded.isIdentical(to: text.string),
            "\(text.string.codePoints): \(decoded.codePoints)", line: line)
    }

    // MARK: Words

    private func segments(_ word: String) -> [String] {
        var result: [String] = []
        Array(word.utf8).withUnsafeBufferPointer {
            SegmentSpeller(Self.rule).forEachSpelling(of: $0) {
                result.append(Vocabulary.shown(Array($0)))
            }
        }
        return result
    }

    func testWordsAreMarkedOrStay() {
        for (word, expected) in [
            ("", ["▁"]), ("haus", ["▁haus"]), ("Haus", ["⇧▁haus"]), ("HAUS", ["⇪▁haus"]),
            ("I", ["⇧▁i"]), ("A", ["⇧▁a"]), ("Ä", ["⇧▁ä"]), ("AB", ["⇪▁ab"]),
            ("iPhone", ["▁iPhone"]),
            ("McDonald", ["▁McDonald"]), ("USBs", ["▁USBs"]), ("camelCase", ["▁camelCase"]),
            ("E-Mail", ["⇧▁e", "-", "⇧mail"]), ("E-MAIL", ["⇧▁e", "-", "⇪mail"]),
            ("(So)", ["▁(", "⇧so", ")"]), ("U.S.", ["⇧▁u", ".", "⇧s", "."]),
            ("B2B", ["⇧▁b", "2", "⇧b"]), ("12", ["▁1", "2"]), ("'", ["▁'"]),
            ("L'été", ["⇧▁l'", "été"]), ("L'Été", ["⇧▁l'", "⇧été"]), ("L'ÉTÉ", ["⇧▁l'", "⇪été"]),
            ("O'Neill", ["⇧▁o'", "⇧neill"]), ("Qu'on", ["⇧▁qu'on"]), ("QU'ON", ["⇪▁qu'on"]),
            ("Don't", ["⇧▁don't"]), ("DON'T", ["⇪▁don't"]), ("Don'T", ["▁Don'T"]),
            ("AUJOURD'hui", ["⇪▁aujourd'", "hui"]), ("aujourd'HUI", ["▁aujourd'", "⇪hui"]),
            ("Straße", ["⇧▁straße"]), ("STRASSE", ["⇪▁strasse"]), ("STRAßE", ["▁STRAßE"]),
            ("GROẞ", ["▁GROẞ"]), ("ẞ", ["▁ẞ"]), ("ß", ["▁ß"]),
            ("İzmir", ["▁İzmir"]), ("İ", ["▁İ"]), ("ISTANBUL", ["⇪▁istanbul"]), ("ı", ["▁ı"]),
            ("Σ", ["⇧▁σ"]), ("ΟΔΟΣ", ["⇪▁οδος"]), ("Οδός", ["⇧▁οδός"]), ("ΣΑΣ", ["⇪▁σας"]),
            // A final sigma where none belongs.
            ("Σςα", ["⇧▁σςα"]), ("ς", ["▁ς"]), ("Москва", ["⇧▁москва"]),
            ("Ǆep", ["⇧▁ǆep"]), ("ǅep", ["▁ǅep"]), ("ǆep", ["▁ǆep"]), ("Ŭǆ", ["⇧▁ŭǆ"]),
            ("E\u{301}cole", ["⇧▁e\u{301}cole"]), ("E\u{301}A\u{301}", ["⇪▁e\u{301}a\u{301}"]),
            ("\u{301}A", ["▁\u{301}", "⇧a"]), ("Α\u{345}", ["⇧▁α\u{345}"]),
            ("ΑΒ\u{345}", ["▁ΑΒ\u{345}"]), ("ᾼ", ["▁ᾼ"]), ("\u{212A}", ["▁\u{212A}"]),
            ("Ⓐ", ["▁Ⓐ"]), ("Ⅷ", ["▁Ⅷ"]), ("日本", ["▁日本"]), ("A日本", ["⇧▁a日本"]),
            ("\u{10400}\u{10428}", ["⇧▁\u{10428}\u{10428}"]),
            ("\u{10400}\u{10401}", ["⇪▁\u{10428}\u{10429}"]), ("\u{1C90}", ["⇧▁\u{10D0}"]),
        ] { XCTAssertEqual(segments(word), expected, word) }
    }

    func testTextOfAnyCaseSharesItsSubwords() throws {
        let lines = Array(repeating: SampleText.lines, count: 2).joined()
        let tokenizer = try makeTokenizer(Self.rule, Array(lines), size: 700)
        func unmarked(_ text: String) -> [String] {
            pieces(text, tokenizer).map { $0.filter { $0 != "⇧" && $0 != "⇪" } }.filter { $0 != "" }
        }
        for line in SampleText.lines {
            let lower = line.inLowerCase()
            XCTAssertEqual(unmarked(line), pieces(lower, tokenizer))
            XCTAssertEqual(unmarked(line.inUpperCase()), pieces(lower, tokenizer))
        }
    }

    func testFrequentWordsAreWholeWithTheirMark() throws {
        let lines = Array(repeating: "Der Mann, der alte Mann, kam.", count: 9)
        let tokenizer = try makeTokenizer(Self.rule, lines, size: 298)
        XCTAssertEqual(pieces("Der Mann der", tokenizer), ["⇧▁der", "⇧▁mann", "▁der"])
        XCTAssertEqual(pieces("DER", tokenizer), ["⇪", "▁der"])
        XCTAssertEqual(pieces("Derer", tokenizer).prefix(2), ["⇧", "▁der"])
        XCTAssertEqual(pieces("Mannen-Der", tokenizer).prefix(2), ["⇧", "▁mann"])
    }

    // MARK: Round trips

    /// Letters whose case is one of a kind, and what stands between words.
    private static let awkward: [Unicode.Scalar] = Array(
        "aabAABéÉßẞİıIiΣσςΑαǄǅǆŉǰﬁÅᾳᾼΐꭰᎠაᲐ\u{10400}\u{10428}\u{301}\u{308}\u{307}\u{345}\u{200D}''’-5.,日ⒶⅧ⇧⇪▁  "
            .unicodeScalars)

    private func randomText(_ generator: inout SeededGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...14, using: &generator) {
            text.append(Self.awkward.randomElement(using: &generator) ?? "a")
        }
        return String(text)
    }

    func testRoundTripOfRandomText() throws {
        var generator = SeededGenerator(seed: 16)
        var random = RandomUnicode(seed: 17)
        for form in NormalizationRule.Form.allCases {
            let tokenizer = try makeTokenizer(
                NormalizationRule(form: form, straightensQuotes: false, letterCase: .marked))
            for index in 0..<30_000 {
                let text = index % 3 == 0 ? random.string() : randomText(&generator)
                let dropout = index % 2 == 0 ? 0.5 : 0
                assertRoundTrip(tokenizer.normalizer.normalize(text), tokenizer, dropout: dropout)
                assertRoundTrip(NormalizedText(text), tokenizer, dropout: dropout)
            }
        }
    }

    func testRoundTripOfTextInAnyCase() throws {
        let tokenizer = try makeTokenizer()
        let texts =
            SampleText.lines + [
                "", " ", "L'été à l'Île d'O'Neill", "E-Mail an A. Müller-Lüdenscheidt", "I", "A",
                "⇧ ⇪ ⇧▁The ⇪▁usb", "iPhone camelCase HTMLElement", "\u{FFFD} \u{E000}",
            ]
        for text in texts {
            for text in [text, text.inUpperCase(), text.inLowerCase(), text.capitalized] {
                assertRoundTrip(tokenizer.normalizer.normalize(text), tokenizer)
                assertRoundTrip(tokenizer.normalizer.normalize(text), tokenizer, dropout: 1)
            }
        }
    }

    func testRoundTripOfEveryCodePointOfScripts() throws {
        let tokenizer = try makeTokenizer()
        var text = String.UnicodeScalarView()
        for codePoint in UInt32(0)...0x1FFFF {
            if let scalar = Unicode.Scalar(codePoint) {
                // As a word, as its beginning and as its end.
                text += [" ", scalar, " ", scalar, "b", " ", "A", scalar] as [Unicode.Scalar]
            }
            if codePoint % 512 == 511 {
                assertRoundTrip(NormalizedText(String(text)), tokenizer)
                text.removeAll()
            }
        }
    }

    func testVeryLongWords() throws {
        let tokenizer = try makeTokenizer()
        for unit in ["DONAU", "A'", "AB'CDE", "A5", "ÄÖ"] {
            let word = String(repeating: unit, count: 300_000 / unit.utf8.count)
            assertRoundTrip(NormalizedText(word), tokenizer)
        }
    }

    // MARK: Merging

    /// All merges of letters in the order in which they were learned, then that of the mark.
    private func encodeNaively(
        _ spelling: String, _ tokenizer: BPETokenizer, _ subwords: Set<String>
    ) -> [String] {
        var parts = spelling.unicodeScalars.map { String($0) }
        let mark = ["⇧", "⇪"].contains(parts.first) ? parts.removeFirst() : nil
        for merge in tokenizer.vocabulary.merges {
            let (left, right) = (tokenizer.subword(merge.left), tokenizer.subword(merge.right))
            var index = 0
            while index + 1 < parts.count {
                if parts[index] == left && parts[index + 1] == right {
                    parts[index] += parts.remove(at: index + 1)
                }
                index += 1
            }
        }
        guard let mark else { return parts }
        let isMerged = parts.count == 1 && subwords.contains(mark + parts[0])
        return isMerged ? [mark + parts[0]] : [mark] + parts
    }

    func testMarksAreMergedLast() throws {
        let lines = SampleText.lines + SampleText.lines.map { $0.inUpperCase() }
        let tokenizer = try makeTokenizer(Self.rule, lines, size: 700)
        let subwords = Set(tokenizer.vocabulary.subwords)
        var generator = SeededGenerator(seed: 18)
        let letters = ["t", "h", "e", "r", "s", "c", "n", "i", "d", "l", "o", "u"]
        let words =
            lines.joined(separator: " ").split(separator: " ").map(String.init)
            // Lengths on both sides of where scanning gives way to the heap.
            + [1, 2, 3, 7, 22, 23, 24, 25, 63, 200].flatMap { length in
                (0..<10).map { _ in
                    (0..<length).map { _ in letters.randomElement(using: &generator) ?? "t" }
                        .joined()
                }
            }
        for word in words {
            for word in [word, word.inUpperCase(), word.capitalized] {
                XCTAssertEqual(
                    pieces(word, tokenizer),
                    segments(word).flatMap { encodeNaively($0, tokenizer, subwords) })
            }
        }
    }

    func testDropoutLeavesMarksAloneToo() throws {
        let tokenizer = try makeTokenizer(
            Self.rule, Array(repeating: "Ab ab", count: 9), size: 276)
        XCTAssertEqual(pieces("Ab", tokenizer), ["⇧▁ab"])
        var generator = SeededGenerator(seed: 19)
        let text = NormalizedText("Ab")
        var counts: [[String]: Int] = [:]
        for _ in 0..<10_000 {
            let tokens = tokenizer.encode(text, dropout: 0.2, using: &generator)
            counts[tokens.dropLast().map(tokenizer.subword), default: 0] += 1
        }
        // Each merge is done if it is not dropped at the one step in which it is possible.
        XCTAssertEqual(Double(counts[["⇧▁ab"]] ?? 0), 5_120, accuracy: 250)
        XCTAssertEqual(Double(counts[["⇧", "▁ab"]] ?? 0), 1_280, accuracy: 200)
        XCTAssertEqual(Double(counts[["⇧", "▁a", "b"]] ?? 0), 1_600, accuracy: 200)
        XCTAssertEqual(Double(counts[["⇧", "▁", "a", "b"]] ?? 0), 2_000, accuracy: 200)
    }

    // MARK: Decoding

    func testMarksOutOfPlaceDecodeToSomethingSensible() throws {
        let tokenizer = try makeTokenizer()
        let vocabulary = tokenizer.vocabulary
        func decode(_ pieces: [String]) throws -> String {
            tokenizer.decode(
                try pieces.map { piece in
                    TokenID(try XCTUnwrap(vocabulary.subwords.firstIndex(of: piece), piece))
                })
        }
        for (pieces, expected) in [
            (["⇧"], ""), (["⇪"], ""), (["⇪", "⇧"], ""), (["▁", "a", "⇧"], "a"),
            (["⇧", "</s>"], ""), (["⇧", "▁"], ""), (["⇧", "▁", "▁", "a"], " a"),
            (["⇪", "⇧", "▁", "a", "b"], "Ab"), (["⇧", "⇪", "▁", "a", "b"], "AB"),
            (["▁", "h", "⇪", "a", "u", "▁", "s"], "hAU s"), (["▁", "h", "⇧", "a", "u"], "hAu"),
            (["⇪", "▁", "5", "a"], "5a"), (["⇧", "▁", ".", "a"], ".a"),
            (["⇪", "<2de>", "▁", "a"], "A"), (["⇪", "a", "b", "5", "c"], "AB5c"),
            (["⇧", "<0xC3>", "<0xA9>"], "É"), (["⇧", "<0xC3>"], "\u{FFFD}"),
            (["⇧", "<0xE2>", "⇪", "<0x96>"], "\u{FFFD}\u{FFFD}"),
            (["<0xFE>", "▁", "a"], "\u{FFFD} a"), (["⇪", "<0xFF>", "a"], "\u{FFFD}a"),
            (["⇪", "▁", "<0xC3>", "<0x9F>"], "SS"),
        ] { XCTAssertEqual(try decode(pieces), expected, "\(pieces)") }
        XCTAssertEqual(tokenizer.decode([1_000_000, -7]), "\u{FFFD}\u{FFFD}")
        var generator = SeededGenerator(seed: 20)
        let marks = CaseMark.allCases.compactMap(vocabulary.token(of:))
        for _ in 0..<5_000 {
            _ = tokenizer.decode(
                (0..<20).map { _ in
                    Bool.random(using: &generator)
                        ? marks.randomElement(using: &generator) ?? 0
                        : TokenID.random(in: -2...700, using: &generator)
                })
        }
    }

    /// The bytes that spell marks are as wrong as any other in a vocabulary without.
    func testBytesOfMarksAreNoUTF8() throws {
        let tokenizer = try makeTokenizer(NormalizationRule())
        let first = tokenizer.vocabulary.firstByteID
        XCTAssertEqual(
            tokenizer.decode([first + 0xE2, first + 0xFE, first + 0xFF, first + 0x41]),
            "\u{FFFD}\u{FFFD}\u{FFFD}A")
    }

    // MARK: File

    private func load(_ contents: String) throws -> BPETokenizer {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("tokenizer-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data(contents.utf8).write(to: url)
        return try BPETokenizer(contentsOf: url)
    }

    func testFileRoundTrip() throws {
        let tokenizer = try makeTokenizer()
        let again = try load(tokenizer.fileContents)
        XCTAssertEqual(again.normalizer.rule, Self.rule)
        XCTAssertTrue(again.fileContents.isIdentical(to: tokenizer.fileContents))
        XCTAssertNil(again.difference(from: tokenizer))
        for line in SampleText.lines {
            let text = tokenizer.normalizer.normalize(line)
            XCTAssertEqual(again.encode(text), tokenizer.encode(text))
        }
        XCTAssertEqual(
            try makeTokenizer(NormalizationRule()).difference(from: tokenizer),
            "another normalisation than that")
    }

    private static let file = """
        {
          "format": "mtl-nlp-bpe",
          "version": 2,
          "normalization": {"form": "nfkc", "straightens_quotes": true, "case": "marked"},
          "languages": ["de"],
          "spare_count": 8,
          "vocabulary_size": 273,
          "characters": ["▁", "a", "⇧", "⇪"],
          "merges": ["▁ a", "⇧ ▁a", "⇪ a"]
        }

        """

    func testEveryFlawOfAFileIsNamed() throws {
        XCTAssertEqual(pieces("A a-AA", try load(Self.file)).prefix(2), ["⇧▁a", "▁a"])
        for (part, replacement, message) in [
            ("2,\n  \"norm", "1,\n  \"norm", "has version 1, which knows no marks of case; "),
            ("\"marked\"", "\"lower\"", "'normalization case' has a value that is not known; "),
            (", \"⇪\"", "", "characters lack '⇪', a mark of case; "),
            ("⇪ a", "a ⇪", "merge 3, 'a ⇪', has a mark of case that is not its left part; "),
            ("⇪ a", "⇧▁a a", "merge 3, '⇧▁a a', has a mark of case that is not its left part; "),
            ("⇪ a", "⇪ ⇧▁a", "merge 3, '⇪ ⇧▁a', has a mark of case that is not its left part; "),
        ] {
            XCTAssertTrue(Self.file.contains(part), part)
            let contents = Self.file.replacingOccurrences(of: part, with: replacement)
            XCTAssertThrowsError(try load(contents), "\(part) -> \(replacement)") { error in
                XCTAssertTrue("\(error)".contains(message), "\(error)")
            }
        }
    }

    /// Without marks the symbols are characters like others, and a file that has them is what it was.
    func testSymbolsInAVocabularyWithoutMarks() throws {
        let contents = Self.file.replacingOccurrences(of: ", \"case\": \"marked\"", with: "")
            .replacingOccurrences(of: "\"version\": 2", with: "\"version\": 1")
        let tokenizer = try load(contents)
        XCTAssertEqual(pieces("⇧ ⇪a A", tokenizer), ["▁", "⇧", "▁", "⇪", "a", "▁", "<0x41>"])
        assertRoundTrip(NormalizedText("⇧ ⇪a A"), tokenizer)
    }
}
