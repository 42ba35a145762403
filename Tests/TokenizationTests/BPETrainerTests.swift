import Kernels
import XCTest

@testable import Tokenization

final class BPETrainerTests: XCTestCase {
    /// Specials for one language, and bytes.
    private static let reserved = 1 + 1 + BPETrainer.spareCount + 256

    private func train(
        _ lines: [String], _ rule: NormalizationRule = NormalizationRule(), characters: Int,
        merges: Int, threadCount: Int = 1
    ) throws -> BPETokenizer {
        try BPETrainer(
            vocabularySize: Self.reserved + characters + merges, languages: ["de"], rule: rule,
            threadCount: threadCount
        ).train(lines)
    }

    private func merges(_ tokenizer: BPETokenizer) -> [String] {
        tokenizer.vocabulary.merges.map {
            "\(tokenizer.subword($0.left)) \(tokenizer.subword($0.right))"
        }
    }

    /// The counts are (▁, a) 3, (a, b) 3, (▁, c) 2, (c, d) 2; ties go to the lesser left part, the space.
    func testGoldenFile() throws {
        let tokenizer = try train(["ab cd ab", "cd  ab\t"], characters: 5, merges: 4)
        XCTAssertEqual(
            tokenizer.fileContents,
            """
            {
              "format": "mtl-nlp-bpe",
              "version": 1,
              "normalization": {"form": "nfkc", "straightens_quotes": true},
              "languages": ["de"],
              "spare_count": 8,
              "vocabulary_size": 275,
              "characters": [
                "▁",
                "a",
                "b",
                "c",
                "d"
              ],
              "merges": [
                "▁ a",
                "▁a b",
                "▁ c",
                "▁c d"
              ]
            }

            """)
    }

    /// (▁, a) and (▁a, b) 6, (▁, c) and (▁c, d) 2, then the marks: (⇧, ▁ab) 3, (⇪, ▁cd) 2, (⇪, ▁ab) 1.
    func testGoldenFileWithMarks() throws {
        let tokenizer = try train(
            ["Ab ab Ab CD", "AB ab Ab", "CD"], Self.marked, characters: 7, merges: 7)
        XCTAssertEqual(
            tokenizer.fileContents,
            """
            {
              "format": "mtl-nlp-bpe",
              "version": 2,
              "normalization": {"form": "nfkc", "straightens_quotes": true, "case": "marked"},
              "languages": ["de"],
              "spare_count": 8,
              "vocabulary_size": 280,
              "characters": [
                "▁",
                "a",
                "b",
                "c",
                "d",
                "⇧",
                "⇪"
              ],
              "merges": [
                "▁ a",
                "▁a b",
                "⇧ ▁ab",
                "▁ c",
                "▁c d",
                "⇪ ▁cd",
                "⇪ ▁ab"
              ]
            }

            """)
    }

    func testMarksAreBaseCharactersAndTheirSymbolsAreNot() throws {
        let vocabulary = try train(["ab ⇧ ⇪ → ⇧⇪"], Self.marked, characters: 6, merges: 0)
            .vocabulary
        XCTAssertEqual(vocabulary.characters, [0x20, 0x61, 0x62, 0x2192, 0x21E7, 0x21EA])
        XCTAssertEqual(vocabulary.token(of: .title), 270)
        XCTAssertNil(vocabulary.token(spelled: Array("⇧".utf8)))
        let cased = try train(["ab ⇧ ⇪ → ⇧⇪"], characters: 6, merges: 0).vocabulary
        XCTAssertNil(cased.token(of: .title))
        XCTAssertEqual(cased.token(spelled: Array("⇧".utf8)), 270)
    }

    func testMarksJoinWholeWordsOnly() throws {
        let lines = SampleText.lines + SampleText.lines.map { $0.inUpperCase() }
        let vocabulary = try train(
            lines, Self.marked, characters: 46, merges: 500
        ).vocabulary
        let marked = vocabulary.merges.filter { vocabulary.isMarked($0.left) }
        XCTAssertGreaterThan(marked.count, 10)
        let words = Set(
            lines.flatMap { $0.split(separator: " ") }.flatMap {
                word -> [String] in
                var segments: [String] = []
                Array(word.utf8).withUnsafeBufferPointer {
                    SegmentSpeller(Self.marked).forEachSpelling(of: $0) {
                        segments.append(Vocabulary.shown(Array($0)))
                    }
                }
                return segments
            })
        for merge in marked {
            let subword = vocabulary.subword(merge.left) + vocabulary.subword(merge.right)
            XCTAssertTrue(words.contains(subword), subword)
            XCTAssertLessThan(merge.left, vocabulary.firstMergeID, subword)
        }
    }

    func testTiesGoToTheLesserLeftThenRightPart() throws {
        // Digits part letters from the space: each line has one pair, and a pair with the space occurs once only.
        XCTAssertEqual(
            merges(try train(["1ca 2ca 3cb 4cb 5ba 6ba"], characters: 10, merges: 3)),
            ["b a", "c a", "c b"])
        // By UTF-8 bytes, where é comes after z.
        XCTAssertEqual(
            merges(try train(["1éa 2éa 3za 4za 5zé 6zé"], characters: 10, merges: 3)),
            ["z a", "z é", "é a"])
    }

    func testFrequencyGoesBeforeOrder() throws {
        XCTAssertEqual(
            merges(try train(["1ab 2ab 3zy 4zy 5zy"], characters: 10, merges: 2)), ["z y", "a b"])
    }

    func testOverlappingPairs() throws {
        XCTAssertEqual(
            merges(try train(["1aaaa 2aaaa 3aaa"], characters: 5, merges: 2)), ["a a", "aa aa"])
    }

    func testMergesDoNotCrossSegments() throws {
        let tokenizer = try BPETrainer(vocabularySize: 289, languages: ["de"])
            .train(Array(repeating: "so, 42 so, (so) l'homme", count: 50))
        for merge in tokenizer.vocabulary.merges {
            let subword = tokenizer.subword(merge.left) + tokenizer.subword(merge.right)
            let kinds = Set(subword.filter { $0 != "▁" }.map { $0.isLetter || $0 == "'" })
            XCTAssertEqual(kinds.count, 1, subword)
            XCTAssertFalse(subword.contains("42") || subword.contains("'h"), subword)
        }
    }

    func testRareCharactersAndTheBoundaryMarkAreNoBaseCharacters() throws {
        let common = Array(repeating: "abcd", count: 5_000)
        let tokenizer = try BPETrainer(vocabularySize: Self.reserved + 6, languages: ["de"])
            .train(common + ["é"] + Array(repeating: "▁", count: 30))
        XCTAssertEqual(tokenizer.vocabulary.characters, [0x20, 0x61, 0x62, 0x63, 0x64])
    }

    private static let marked = NormalizationRule(letterCase: .marked)

    /// A naive trainer: counts all pairs anew for each merge.
    private func mergesOfNaiveTrainer(
        _ words: [String], _ rule: NormalizationRule = NormalizationRule(), count: Int
    ) -> [String] {
        var segments: [([[UInt8]], Int)] = []
        var counts: [[[UInt8]]: Int] = [:]
        for word in words {
            Array(word.utf8).withUnsafeBufferPointer { bytes in
                SegmentSpeller(rule).forEachSpelling(of: bytes) { segment in
                    var characters: [[UInt8]] = []
                    SegmentSpeller.forEachCharacter(of: segment) { characters.append(Array($0)) }
                    counts[characters, default: 0] += 1
                }
            }
        }
        for (segment, count) in counts { segments.append((segment, count)) }
        var spellings = Set(segments.flatMap(\.0))
        var merges: [String] = []
        while merges.count < count {
            var pairs: [[[UInt8]]: Int] = [:]
            for (segment, count) in segments {
                for pair in zip(segment, segment.dropFirst())
                where segment.count == 2 || !CaseMark.isMark(pair.0[0]) {
                    pairs[[pair.0, pair.1], default: 0] += count
                }
            }
            let best = pairs.filter { !spellings.contains($0.key[0] + $0.key[1]) }
                .min {
                    if $0.value != $1.value { return $0.value > $1.value }
                    return $0.key[0] != $1.key[0]
                        ? $0.key[0].lexicographicallyPrecedes($1.key[0])
                        : $0.key[1].lexicographicallyPrecedes($1.key[1])
                }
            guard let pair = best?.key else { break }
            let joined = pair[0] + pair[1]
            spellings.insert(joined)
            merges.append(pair.map(Vocabulary.shown).joined(separator: " "))
            for index in segments.indices
            where segments[index].0.count == 2 || !CaseMark.isMark(pair[0][0]) {
                var position = 0
                while position + 1 < segments[index].0.count {
                    if segments[index].0[position] == pair[0]
                        && segments[index].0[position + 1] == pair[1]
                    {
                        segments[index].0[position...position + 1] = [joined]
                    }
                    position += 1
                }
            }
        }
        return merges
    }

    func testAgreesWithNaiveTrainer() throws {
        let words = SampleText.lines.flatMap { $0.split(separator: " ").map(String.init) }
        let characterCount = Set(SampleText.lines.joined().unicodeScalars).union([" "]).count
        let expected = mergesOfNaiveTrainer(words, count: 250)
        XCTAssertEqual(expected.count, 250)
        XCTAssertEqual(
            merges(try train(SampleText.lines, characters: characterCount, merges: 250)), expected)

        // Few letters in random words: overlaps, and two ways to one spelling.
        var generator = SeededGenerator(seed: 14)
        let random = (0..<400).map { _ in
            String(
                (0..<Int.random(in: 1...9, using: &generator)).map { _ in
                    "abc".randomElement(using: &generator) ?? "a"
                })
        }
        let expectedOfRandom = mergesOfNaiveTrainer(random, count: 200)
        XCTAssertEqual(
            merges(
                try train(
                    [random.joined(separator: " ")], characters: 4, merges: expectedOfRandom.count)),
            expectedOfRandom)
    }

    func testMarksAgreeWithNaiveTrainer() throws {
        let lines = SampleText.lines + SampleText.lines.map { $0.inUpperCase() }
        let words = lines.flatMap { $0.split(separator: " ").map(String.init) }
        let letters = Set(lines.joined().inLowerCase().unicodeScalars)
        let expected = mergesOfNaiveTrainer(words, Self.marked, count: 400)
        XCTAssertEqual(expected.count, 400)
        XCTAssertGreaterThan(expected.count { $0.hasPrefix("⇪ ") }, 10)
        XCTAssertGreaterThan(expected.count { $0.hasPrefix("⇧ ") }, 1)
        XCTAssertEqual(
            merges(
                // The space is one of the letters; the marks come on top.
                try train(lines, Self.marked, characters: letters.count + 2, merges: 400)),
            expected)
    }

    func testSameBytesForAnyThreadCountAndOrder() throws {
        var generator = SeededGenerator(seed: 15)
        let lines = Array(repeating: SampleText.lines, count: 500).joined().shuffled(
            using: &generator)
        for rule in [NormalizationRule(), Self.marked] {
            let expected = try train(lines, rule, characters: 60, merges: 300).fileContents
            for threadCount in [2, 3, 4, 16] {
                let contents = try train(
                    lines, rule, characters: 60, merges: 300, threadCount: threadCount
                ).fileContents
                XCTAssertTrue(contents.isIdentical(to: expected), "\(threadCount) threads")
            }
            let shuffled = try train(
                lines.shuffled(using: &generator), rule, characters: 60, merges: 300)
            XCTAssertTrue(shuffled.fileContents.isIdentical(to: expected))
        }
    }

    func testImpossibleSizesAndTextsAreExplained() throws {
        func assertFails(_ size: Int, _ languages: [String], _ lines: [String], _ message: String) {
            let trainer = BPETrainer(vocabularySize: size, languages: languages)
            XCTAssertThrowsError(try trainer.train(lines)) { error in
                XCTAssertTrue(error is BPETrainerError)
                XCTAssertEqual("\(error)", message)
            }
        }
        assertFails(
            300, ["de"], [], "the text to learn subwords from is empty; give text")
        assertFails(
            300, ["de"], ["", " \t"], "the text to learn subwords from is empty; give text")
        assertFails(
            100, ["de"], ["ab"],
            "a vocabulary of 100 is too small: specials, bytes and the text's characters take 269; "
                + "ask for at least that many")
        assertFails(
            300, ["de"], ["ab ab"],
            "the text gives a vocabulary of 271 at most, not 300; ask for 271 or fewer, or give more text"
        )
        assertFails(300, [], ["ab"], "languages is empty; name each target language once")
        assertFails(
            300, ["de", "de"], ["ab"],
            "language 'de' is there twice; name each target language once")
    }
}
