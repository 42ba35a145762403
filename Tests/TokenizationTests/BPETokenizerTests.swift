import Dispatch
import Foundation
import Kernels
import XCTest

@testable import Tokenization

final class BPETokenizerTests: XCTestCase {
    private static let size = 600

    private func makeTokenizer(_ rule: NormalizationRule = NormalizationRule()) throws
        -> BPETokenizer
    {
        try BPETrainer(vocabularySize: Self.size, languages: ["de", "en", "fr"], rule: rule)
            .train(SampleText.lines)
    }

    private func pieces(_ text: String, _ tokenizer: BPETokenizer) -> [String] {
        tokenizer.encode(tokenizer.normalizer.normalize(text)).map(tokenizer.subword)
    }

    private func assertRoundTrip(
        _ text: NormalizedText, _ tokenizer: BPETokenizer, line: UInt = #line
    ) {
        let tokens = tokenizer.encode(text)
        XCTAssertEqual(tokens.last, tokenizer.vocabulary.eosID, line: line)
        XCTAssertFalse(
            tokens.dropLast().contains { tokenizer.vocabulary.isSpecial($0) }, text.string,
            line: line)
        let decoded = tokenizer.decode(tokens)
        XCTAssertTrue(
            decoded.isIdentical(to: text.string),
            "\(text.string.codePoints): \(decoded.codePoints)", line: line)
    }

    // MARK: Vocabulary

    func testIDsRunInTheDocumentedOrder() throws {
        let vocabulary = try makeTokenizer().vocabulary
        XCTAssertEqual(vocabulary.count, Self.size)
        XCTAssertEqual(vocabulary.subwords.count, Self.size)
        XCTAssertEqual(vocabulary.eosID, 0)
        XCTAssertEqual(vocabulary.bosID(for: "de"), 1)
        XCTAssertEqual(vocabulary.bosID(for: "fr"), 3)
        XCTAssertNil(vocabulary.bosID(for: "it"))
        XCTAssertEqual(
            Array(vocabulary.subwords[..<6]),
            ["</s>", "<2de>", "<2en>", "<2fr>", "<spare0>", "<spare1>"])
        XCTAssertEqual(vocabulary.subwords[11], "<spare7>")
        XCTAssertEqual(vocabulary.subwords[12], "<0x00>")
        XCTAssertEqual(vocabulary.subwords[267], "<0xFF>")
        XCTAssertEqual(vocabulary.subwords[268], "▁")
        XCTAssertTrue(vocabulary.isSpecial(11))
        XCTAssertFalse(vocabulary.isSpecial(12))
        XCTAssertTrue(vocabulary.contains(599))
        XCTAssertFalse(vocabulary.contains(600))
        XCTAssertFalse(vocabulary.contains(-1))
    }

    // MARK: Encoding

    func testEmptyTextIsTheEndAlone() throws {
        let tokenizer = try makeTokenizer()
        XCTAssertEqual(tokenizer.encode(NormalizedText("")), [tokenizer.vocabulary.eosID])
        XCTAssertEqual(tokenizer.decode([tokenizer.vocabulary.eosID]), "")
        XCTAssertEqual(tokenizer.decode([]), "")
    }

    func testFrequentWordsAreWhole() throws {
        let tokenizer = try makeTokenizer()
        XCTAssertEqual(pieces("der", tokenizer), ["▁der", "</s>"])
        XCTAssertEqual(pieces("the der", tokenizer), ["▁the", "▁der", "</s>"])
    }

    func testUnknownCharactersAreSpelledByBytes() throws {
        let tokenizer = try makeTokenizer()
        XCTAssertEqual(
            pieces("😀", tokenizer), ["▁", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>", "</s>"])
        XCTAssertEqual(pieces("▁", tokenizer), ["▁", "<0xE2>", "<0x96>", "<0x81>", "</s>"])
    }

    func testNamesOfSpecialsArePlainText() throws {
        let tokenizer = try makeTokenizer()
        for text in ["</s>", "<s>", "<2de>", "a <2fr> b", "<spare0>", "<0x41>", "▁the", "<unk>"] {
            assertRoundTrip(NormalizedText(text), tokenizer)
        }
    }

    func testDigitsAreSingle() throws {
        let tokenizer = try makeTokenizer()
        XCTAssertEqual(pieces("250", tokenizer).count, pieces("2", tokenizer).count + 2)
    }

    func testRoundTripOfRandomText() throws {
        var random = RandomUnicode(seed: 5)
        for form in NormalizationRule.Form.allCases {
            let tokenizer = try makeTokenizer(
                NormalizationRule(form: form, straightensQuotes: false))
            for _ in 0..<20_000 {
                let text = random.string()
                assertRoundTrip(tokenizer.normalizer.normalize(text), tokenizer)
                // Lossless even for what no normaliser gives: spaces at the ends, controls.
                assertRoundTrip(NormalizedText(text), tokenizer)
            }
        }
    }

    func testRoundTripOfEveryCodePoint() throws {
        let tokenizer = try makeTokenizer()
        var text = String.UnicodeScalarView()
        for codePoint in UInt32(0)...0x10FFFF {
            if let scalar = Unicode.Scalar(codePoint) { text.append(scalar) }
            if codePoint % 512 == 511 {
                assertRoundTrip(NormalizedText(String(text)), tokenizer)
                text.removeAll()
            }
        }
    }

    func testSpacesAreKept() throws {
        let tokenizer = try makeTokenizer()
        for text in [" ", "  ", " a", "a ", "a  b", "\t", "\n a"] {
            assertRoundTrip(NormalizedText(text), tokenizer)
        }
    }

    /// All merges in the order in which they were learned, each from left to right: what encoding means.
    private func encodeNaively(_ segment: String, _ tokenizer: BPETokenizer) -> [String] {
        var parts = segment.unicodeScalars.map { String($0) }
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
        return parts
    }

    func testMergesAsInTheOrderLearned() throws {
        let tokenizer = try makeTokenizer()
        var generator = SeededGenerator(seed: 6)
        let letters = ["t", "h", "e", "r", "s", "c", "n", "i", "d", "l", "o", "u"]
        // Lengths on both sides of where scanning gives way to the heap.
        for length in [1, 2, 3, 7, 8, 9, 22, 23, 24, 25, 26, 63, 200] {
            for _ in 0..<40 {
                let word = (0..<length).map { _ in letters.randomElement(using: &generator) ?? "t" }
                    .joined()
                XCTAssertEqual(
                    pieces(word, tokenizer).dropLast(), encodeNaively("▁" + word, tokenizer)[...])
            }
        }
    }

    func testVeryLongWords() throws {
        let tokenizer = try makeTokenizer()
        for unit in ["Donaudampfschiff", "e\u{301}", "!", "7", "😀", "l'"] {
            let word = String(repeating: unit, count: 1_000_000 / unit.utf8.count)
            assertRoundTrip(tokenizer.normalizer.normalize(word), tokenizer)
        }
    }

    func testMemoryOfWordsChangesNothing() throws {
        let tokenizer = try makeTokenizer()
        let fresh = try makeTokenizer()
        let first = NormalizedText("Who painted the kitchen wall?")
        let expected = tokenizer.encode(first)
        // More words than are kept.
        for start in stride(from: 0, to: 140_000, by: 10_000) {
            let text = NormalizedText(
                (start..<start + 10_000).map { "w\($0)" }.joined(separator: " "))
            XCTAssertTrue(tokenizer.decode(tokenizer.encode(text)).isIdentical(to: text.string))
        }
        XCTAssertEqual(tokenizer.encode(first), expected)
        XCTAssertEqual(
            fresh.encode(NormalizedText("w1 w70000")), tokenizer.encode(NormalizedText("w1 w70000"))
        )
    }

    func testEncodesOnSeveralThreads() throws {
        let tokenizer = try makeTokenizer()
        let texts = SampleText.lines.map(tokenizer.normalizer.normalize)
        let expected = texts.map(tokenizer.encode)
        DispatchQueue.concurrentPerform(iterations: 64) { _ in
            XCTAssertEqual(texts.map { tokenizer.encode($0) }, expected)
        }
    }

    // MARK: Segments

    private func segments(_ word: String) -> [String] {
        let bytes = Array(word.utf8)
        var result: [String] = []
        bytes.withUnsafeBufferPointer { bytes in
            WordSegmenter.forEachSegment(of: bytes) {
                result.append(String(decoding: bytes[$0], as: UTF8.self))
            }
        }
        return result
    }

    func testWordsAreCutIntoSegments() {
        for (word, expected) in [
            ("", [""]), ("word", ["word"]), ("word,", ["word", ","]), ("(so)", ["(", "so", ")"]),
            ("250g", ["2", "5", "0", "g"]), ("...!", ["...!"]), ("a1b", ["a", "1", "b"]),
            ("don't", ["don't"]), ("j'ai", ["j'ai"]), ("l'homme", ["l'", "homme"]),
            ("aujourd'hui.", ["aujourd'", "hui", "."]), ("l’eau", ["l’", "eau"]),
            ("rock'n'roll", ["rock'n'", "roll"]),
            ("'so'", ["'", "so", "'"]), ("Straße–Weg", ["Straße", "–", "Weg"]),
            ("e\u{301}te\u{301}", ["e\u{301}te\u{301}"]), ("\u{301}a", ["\u{301}", "a"]),
            ("हिन्दी", ["हिन्दी"]), ("می\u{200C}خواهم", ["می\u{200C}خواهم"]),
            ("1\u{FE0F}\u{20E3}2", ["1\u{FE0F}\u{20E3}", "2"]),
            ("ok👩\u{200D}💻", ["ok", "👩\u{200D}💻"]), ("x²", ["x", "²"]), ("٣٤", ["٣", "٤"]),
        ] { XCTAssertEqual(segments(word), expected) }
    }

    func testSegmentsJoinToTheWord() {
        var random = RandomUnicode(seed: 7)
        for _ in 0..<20_000 {
            let word = random.string()
            XCTAssertTrue(segments(word).joined().isIdentical(to: word), word.codePoints)
        }
    }

    // MARK: Decoding

    func testDecodingNeverFails() throws {
        let tokenizer = try makeTokenizer()
        XCTAssertEqual(tokenizer.decode([1, 4, 0]), "")
        XCTAssertEqual(tokenizer.decode([12 + 0x41, 0, 12 + 0x42]), "AB")
        XCTAssertEqual(tokenizer.decode([12 + 0xFF]), "\u{FFFD}")
        XCTAssertEqual(tokenizer.decode([12 + 0x41, 1_000_000, -7]), "A\u{FFFD}\u{FFFD}")
        XCTAssertEqual(tokenizer.decode([268, 268, 12 + 0x41]), " A")
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<2_000 {
            _ = tokenizer.decode(
                (0..<20).map { _ in TokenID.random(in: -2...700, using: &generator) })
        }
    }

    // MARK: BPE-dropout

    func testDropoutOfZeroIsPlainEncoding() throws {
        let tokenizer = try makeTokenizer()
        var generator = SeededGenerator(seed: 9)
        for line in SampleText.lines {
            let text = tokenizer.normalizer.normalize(line)
            XCTAssertEqual(
                tokenizer.encode(text, dropout: 0, using: &generator), tokenizer.encode(text))
        }
    }

    func testDropoutOfOneMergesNothing() throws {
        let tokenizer = try makeTokenizer()
        var generator = SeededGenerator(seed: 10)
        for line in SampleText.lines + [SampleText.lines.joined().filter(\.isLetter)] {
            let text = tokenizer.normalizer.normalize(line)
            let tokens = tokenizer.encode(text, dropout: 1, using: &generator)
            XCTAssertEqual(tokenizer.decode(tokens), text.string)
            XCTAssertFalse(tokens.contains { $0 >= tokenizer.vocabulary.firstMergeID })
        }
    }

    func testDropoutVariesAndIsSeeded() throws {
        let tokenizer = try makeTokenizer()
        func variants(_ text: NormalizedText) -> [[TokenID]] {
            var generator = SeededGenerator(seed: 11)
            return (0..<20).map { _ in tokenizer.encode(text, dropout: 0.3, using: &generator) }
        }
        for line in SampleText.lines {
            let text = tokenizer.normalizer.normalize(line)
            let variants = variants(text)
            for variant in variants { XCTAssertEqual(tokenizer.decode(variant), text.string) }
            XCTAssertGreaterThan(Set(variants).count, 10, line)
        }
        // One long word: at each step there is nearly always some merge left, so little varies.
        let word = NormalizedText(SampleText.lines.joined().filter(\.isLetter))
        XCTAssertGreaterThan(Set(variants(word)).count, 1)
        XCTAssertEqual(variants(word), variants(word))
    }

    /// One pair and one merge: merged unless dropped.
    func testDropoutDropsAsOftenAsAsked() throws {
        let tokenizer = try makeTokenizer()
        let merge = try XCTUnwrap(
            tokenizer.vocabulary.merges.first { $0.left == tokenizer.vocabulary.spaceID })
        let text = NormalizedText(tokenizer.subword(merge.right))
        var generator = SeededGenerator(seed: 12)
        let count = (0..<10_000).count { _ in
            tokenizer.encode(text, dropout: 0.2, using: &generator).count == 2
        }
        XCTAssertEqual(Double(count), 8_000, accuracy: 200)
    }

    // MARK: File

    private func withTemporaryFile(_ body: (URL) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("tokenizer-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url)
    }

    func testFileRoundTrip() throws {
        for rule in [NormalizationRule(), NormalizationRule(form: .nfc, straightensQuotes: false)] {
            let tokenizer = try makeTokenizer(rule)
            try withTemporaryFile { url in
                try tokenizer.write(to: url)
                let bytes = try Data(contentsOf: url)
                let again = try BPETokenizer(contentsOf: url)
                XCTAssertEqual(again.normalizer.rule, rule)
                XCTAssertEqual(again.vocabulary.languages, ["de", "en", "fr"])
                XCTAssertEqual(again.vocabulary.subwords, tokenizer.vocabulary.subwords)
                for line in SampleText.lines {
                    let text = tokenizer.normalizer.normalize(line)
                    XCTAssertEqual(again.encode(text), tokenizer.encode(text))
                }
                try again.write(to: url)
                XCTAssertEqual(try Data(contentsOf: url), bytes)
            }
        }
    }

    /// Characters that JSON or Swift's `String` treats in a way of its own.
    func testFileRoundTripOfAwkwardCharacters() throws {
        let line =
            "\"\\ é e\u{301} \u{301} \u{2028} q\u{323}\u{307} \\\" \u{301}\u{301} 한\u{1112}\u{1161} \u{FFFD}"
        let tokenizer = try BPETrainer(
            vocabularySize: 295, languages: ["x"],
            rule: NormalizationRule(form: .none)
        ).train(Array(repeating: line, count: 9))
        try withTemporaryFile { url in
            try tokenizer.write(to: url)
            let again = try BPETokenizer(contentsOf: url)
            XCTAssertTrue(again.fileContents.isIdentical(to: tokenizer.fileContents))
            let text = tokenizer.normalizer.normalize(line)
            XCTAssertEqual(again.encode(text), tokenizer.encode(text))
            assertRoundTrip(text, again)
        }
    }

    private static let file = """
        {
          "format": "mtl-nlp-bpe",
          "version": 1,
          "normalization": {"form": "nfkc", "straightens_quotes": true},
          "languages": ["de", "en"],
          "spare_count": 8,
          "vocabulary_size": 272,
          "characters": ["▁", "a", "b"],
          "merges": ["▁ a", "▁a b"]
        }

        """

    private func load(_ contents: Data) throws {
        try withTemporaryFile { url in
            try contents.write(to: url)
            do {
                _ = try BPETokenizer(contentsOf: url)
            } catch let error as TokenizerFileError {
                XCTAssertTrue(error.description.hasPrefix(url.path + ": "), error.description)
                XCTAssertTrue(error.description.contains(";"), error.description)
                XCTAssertFalse(error.description.contains("\n"), error.description)
                throw error
            }
        }
    }

    func testEveryFlawOfAFileIsNamed() throws {
        XCTAssertNoThrow(try load(Data(Self.file.utf8)))
        for (part, replacement, message) in [
            ("{\n", "", "is not valid JSON"),
            ("\"mtl-nlp-bpe\"", "\"bpe\"", "is not a tokenizer: its format is 'bpe'"),
            ("  \"format\": \"mtl-nlp-bpe\",\n", "", "lacks the key 'format'"),
            (
                "\"version\": 1", "\"version\": 3",
                "has version 3, this program reads versions 1 to 2"
            ),
            ("\"nfkc\"", "\"nfd\"", "'normalization form' has a value that is not known"),
            ("true", "1.5", "'normalization straightens_quotes' is not of the right type"),
            ("\"merges\"", "\"rules\"", "lacks the key 'merges'"),
            ("\"de\", \"en\"", "", "languages is empty"),
            ("\"de\", \"en\"", "\"de\", \"de\"", "language 'de' is there twice"),
            ("\"de\", \"en\"", "\"de\", \"e n\"", "language 'e n' is not a code"),
            ("\"de\", \"en\"", "\"de\", 3", "'languages [1]' is not of the right type"),
            ("\"spare_count\": 8", "\"spare_count\": -1", "spare_count is -1"),
            (
                "\"spare_count\": 8", "\"spare_count\": 7",
                "vocabulary_size is 272, but there are 271 tokens"
            ),
            ("272", "273", "vocabulary_size is 273, but there are 272 tokens"),
            ("\"▁\", \"a\", \"b\"", "", "characters is empty"),
            ("\"▁\", \"a\"", "\"a\", \"▁\"", "'▁' at the beginning"),
            ("\"▁\", \"a\"", "\"▁\", \"▁\", \"a\"", "'▁' at the beginning"),
            ("\"a\", \"b\"", "\"b\", \"a\"", "character 3, 'a', is out of order or twice"),
            ("\"a\", \"b\"", "\"a\", \"a\"", "character 3, 'a', is out of order or twice"),
            ("\"a\", \"b\"", "\"a\", \"bc\"", "character 3, 'bc', is not one code point"),
            ("\"a\", \"b\"", "\"a\", \"\"", "character 3, '', is not one code point"),
            ("\"▁a b\"", "\"▁ab\"", "merge 2, '▁ab', is not two parts"),
            ("\"▁a b\"", "\"▁a b b\"", "merge 2, '▁a b b', is not two parts"),
            ("\"▁a b\"", "\"▁a c\"", "merge 2, '▁a c', has the part 'c', which is no"),
            ("\"▁a b\"", "\"▁b a\"", "has the part '▁b', which is no"),
            ("\"▁a b\"", "\"▁a \"", "has the part '', which is no"),
            ("\"▁a b\"", "\"▁ a\"", "merge 2, '▁ a', gives a subword that exists"),
        ] {
            XCTAssertTrue(Self.file.contains(part), part)
            let contents = Self.file.replacingOccurrences(of: part, with: replacement)
            XCTAssertThrowsError(try load(Data(contents.utf8)), "\(part) -> \(replacement)") {
                error in
                XCTAssertTrue("\(error)".contains(message), "\(error)")
            }
        }
    }

    func testTruncatedAndDamagedFilesAreRefusedOrRead() throws {
        let bytes = Array(Self.file.utf8)
        for count in 0..<bytes.count - 2 {
            XCTAssertThrowsError(try load(Data(bytes[..<count])), "\(count) bytes")
        }
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<1_000 {
            var damaged = bytes
            damaged[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                in: 0...255, using: &generator)
            try? load(Data(damaged))
        }
    }

    func testMissingFilesAndFoldersAreNamed() throws {
        let missing = URL(fileURLWithPath: "no-such-folder/tokenizer.json")
        XCTAssertThrowsError(try BPETokenizer(contentsOf: missing)) { error in
            XCTAssertTrue("\(error)".contains("no-such-folder/tokenizer.json: cannot be read; "))
        }
        XCTAssertThrowsError(try makeTokenizer().write(to: missing)) { error in
            XCTAssertTrue("\(error)".contains("no-such-folder/tokenizer.json: cannot be written; "))
        }
    }
}
