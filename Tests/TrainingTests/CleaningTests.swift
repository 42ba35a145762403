import Foundation
import Kernels
import LanguageIdentification
import Tokenization
import XCTest

@testable import Training

final class CleaningTests: XCTestCase {
    private typealias Rule = CleaningRules.Rule

    /// Sure of the words of two sentences, and of nothing else.
    private static let identifier: LanguageIdentifier = {
        var weights = [Float](repeating: 0, count: 3 * LanguageFeatures.bucketCount)
        for (language, text) in [english, german].enumerated() {
            for bucket in LanguageFeatures(text).buckets {
                weights[3 * Int(bucket) + language] += 1
            }
        }
        return LanguageIdentifier(languages: ["en", "de"], weights: weights, temperature: 0.01)
    }()
    private static let english = "the baker sells very good bread"
    private static let german = "der Bäcker verkauft sehr gutes Brot"

    private func breaches(
        _ pairs: [(String, String)], _ rules: CleaningRules = CleaningRules(), from: String? = nil,
        to: String? = nil, threadCount: Int = 2
    ) -> [Rule?] {
        let normalizer = Normalizer()
        return PairCleaner(rules, identifier: Self.identifier, source: from, target: to).breaches(
            of: pairs.map { (normalizer.normalize($0.0), normalizer.normalize($0.1)) },
            threadCount: threadCount)
    }

    private func breaches(
        labelled texts: [(String, String)], _ rules: CleaningRules = CleaningRules(),
        language: String? = nil, threadCount: Int = 2
    ) -> [Rule?] {
        let normalizer = Normalizer()
        return LabelledTextCleaner(rules, identifier: Self.identifier, language: language)
            .breaches(
                of: texts.map { (normalizer.normalize($0.0), $0.1) }, threadCount: threadCount)
    }

    // MARK: Pairs

    func testWhatEachRuleRejects() {
        let long = Array(repeating: "word", count: 129).joined(separator: " ")
        for (source, target, rule) in [
            ("", "nichts", Rule.empty), ("nothing", " \u{A0}\t", .empty),
            (long, long.replacing("word", with: "Wort"), .tooLong),
            ("12:30 - 14:45 !!", "von halb eins an", Rule.letters),
            ("one two", "1 / 2 ...", .letters),
            ("Yes, of course I do.", "J", .lengthRatio),
            ("a b c d e f g h i j", "abcdefghijklmnopqrst", .lengthRatio),
            ("This is not translated.", "this is not translated.", .copy),
            ("See https://a.example/b now", "Siehe https://a.example/c jetzt", .placeholders),
            ("Delete %s files", "Dateien löschen", .placeholders),
            ("Delete files", "%s Dateien löschen", .placeholders),
            ("It costs 15 euros now", "Es kostet jetzt 16 Euro", .numbers),
        ] {
            XCTAssertEqual(breaches([(source, target)]), [rule], source)
        }
    }

    func testWhatMayStay() {
        for (source, target) in [
            ("Hi.", "Guten Tag!"), ("New York City", "New York City"), ("OK", "OK"),
            ("It costs 1,000.5 euros", "Es kostet 1.000,5 Euro"),
            ("I have three dogs", "Ich habe 3 Hunde"), ("Delete %s files", "%s Dateien löschen"),
            ("I'm 19.", "Ich bin 19."), ("It was 5:30 pm.", "Il était 17h30."),
            ("Ça va ?", "¿Qué tal?"), ("你好吗", "How are you"),
        ] {
            XCTAssertEqual(breaches([(source, target)]), [nil], source)
        }
    }

    func testAPairMayStandThereOnce() {
        XCTAssertEqual(
            breaches([
                ("a cat", "une"), ("a cat", "un chat"), ("a  cat", "un chat"), ("a cat", "une"),
            ]),
            [nil, nil, .duplicate, .duplicate])
    }

    func testTheLanguageOfEachSide() {
        let (english, german) = (Self.english, Self.german)
        XCTAssertEqual(breaches([(english, german)], from: "en", to: "de"), [nil])
        XCTAssertEqual(breaches([(german, english)], from: "en", to: "de"), [.language])
        XCTAssertEqual(breaches([(english, english + "!")], to: "de"), [.language])
        // Unknown languages are not checked, and too few words say nothing.
        XCTAssertEqual(breaches([(german, english)], from: "fr", to: "it"), [nil])
        XCTAssertEqual(breaches([("der Bäcker", "the baker")], from: "en", to: "de"), [nil])
    }

    func testRulesMayBeLeftOut() {
        var rules = CleaningRules()
        rules.rules = [.duplicate]
        XCTAssertEqual(breaches([("", "x"), ("", "x")], rules), [nil, .duplicate])
        rules.rules = []
        XCTAssertEqual(breaches([("", "x"), ("", "x")], rules), [nil, nil])
    }

    func testLimitsAreThoseOfTheRules() {
        var rules = CleaningRules()
        rules.maximumWords = 2
        XCTAssertEqual(breaches([("one two", "un deux"), ("a b c", "d")], rules), [nil, .tooLong])
        rules = CleaningRules()
        rules.maximumRatio = 1
        XCTAssertEqual(
            breaches([("four", "vier"), ("five", "cinq!")], rules), [nil, .lengthRatio])
        rules = CleaningRules()
        rules.minimumLetters = 0
        XCTAssertEqual(breaches([("...", "!!!")], rules), [nil])
    }

    /// What stays is clean, whatever was in it, and how many threads look does not matter.
    func testRandomPairs() {
        var generator = SeededGenerator(seed: 21)
        let pairs = (0..<600).map { _ in
            (Self.randomText(&generator), Self.randomText(&generator))
        }
        let found = breaches(pairs, from: "en", to: "de")
        XCTAssertEqual(found, breaches(pairs, from: "en", to: "de", threadCount: 5))
        let kept = zip(pairs, found).filter { $0.1 == nil }.map(\.0)
        XCTAssertGreaterThan(kept.count, 20)
        XCTAssertGreaterThan(Set(found.compactMap(\.self)).count, 4)
        XCTAssert(breaches(kept, from: "en", to: "de").allSatisfy { $0 == nil })
    }

    // MARK: Labelled texts

    func testLabelledTexts() {
        XCTAssertEqual(
            breaches(labelled: [
                ("good", "positive"), ("so so", "neutral"), ("good", "positive"), (" ", "neutral"),
                ("so  so", "negative"), (":-)", "positive"), ("so so", "neutral"),
            ]),
            [nil, .conflict, .duplicate, .empty, .conflict, nil, .conflict])
        XCTAssertEqual(
            breaches(
                labelled: [(Self.german, "neutral"), (Self.english, "neutral")], language: "en"),
            [.language, nil])
    }

    /// Without the rule of conflicts a text may have several labels.
    func testALabelledTextWithAnotherLabelIsNoDuplicate() {
        var rules = CleaningRules()
        rules.rules = [.duplicate]
        XCTAssertEqual(
            breaches(
                labelled: [("so so", "neutral"), ("so so", "negative"), ("so  so", "neutral")],
                rules),
            [nil, nil, .duplicate])
    }

    func testRandomLabelledTexts() {
        var generator = SeededGenerator(seed: 22)
        let texts = (0..<600).map { _ in
            (Self.randomText(&generator), "label \(generator.next(below: 2))")
        }
        let found = breaches(labelled: texts)
        XCTAssertEqual(found, breaches(labelled: texts, threadCount: 1))
        let kept = zip(texts, found).filter { $0.1 == nil }.map(\.0)
        XCTAssertGreaterThan(kept.count, 20)
        XCTAssert(found.contains(.conflict))
        XCTAssert(breaches(labelled: kept).allSatisfy { $0 == nil })
        XCTAssertEqual(
            Set(kept.map { Normalizer().normalize($0.0) }).count, kept.count)
    }

    /// Few words, so that they repeat, among anything that Unicode has.
    private static func randomText(_ generator: inout SeededGenerator) -> String {
        let words = [
            "bread", "Brot", "%s", "15", "https://a.example", "😀", "the", "der", " ", "\u{301}",
        ]
        return (0..<generator.next(below: 5)).map { _ in
            if generator.next(below: 8) > 0 { return words[generator.next(below: words.count)] }
            let scalar = Unicode.Scalar(UInt32(generator.next(below: 0x11_0000)))
            return scalar.map { String($0) } ?? "?"
        }.joined(separator: " ")
    }

    // MARK: In a recipe

    private func recipe(_ corpora: String) throws -> Recipe {
        try Recipe(
            yaml: """
                name: clean
                init: base
                corpora: {
                \(corpora)}
                hold_out: {fraction: 0.01}
                curriculum:
                  - name: all
                    tasks: {translation: 1}
                    steps: 1
                    batch_tokens: 1
                    schedule: {name: constant, learning_rate: 1}

                """, file: "clean.yml")
    }

    private static let corpora = """
        cleaning: {rules: [duplicate, length_ratio]},
        translation: [
          {name: a, pairs: pairs.tsv, from: en, to: de},
          {name: b, pairs: pairs.tsv, from: en, to: de, cleaning: none},
          {name: c, pairs: pairs.tsv, from: en, to: de,
           cleaning: {rules: [language], identifier: own.safetensors}}],
        sentiment: [{name: d, file: texts.tsv, labels: binary, language: en, hold_out: false}]
        """

    func testTheCorporaOfARecipeAreCleaned() throws {
        let folder = try TemporaryFolder()
        let pairs = ["Go!\tGeh!", "Go!\tGeh!", "Stop!\tHalt, und zwar sofort und auf der Stelle!"]
        let text = (pairs + ["\(Self.german)\t\(Self.english)"]).joined(separator: "\n")
        _ = try folder.write(text.utf8, as: "pairs.tsv")
        _ = try folder.write("fine\t1\nfine\t1\nbad\t0\nbad\t1\n".utf8, as: "texts.tsv")
        try Self.identifier.write(to: folder.url.appending(path: "own.safetensors"))
        let recipe = try recipe(Self.corpora)
        XCTAssertFalse(recipe.needsOwnIdentifier)
        let corpora = try TrainingCorpora(
            recipe, folder: folder.url, normalizer: Normalizer(), languages: ["de"],
            threadCount: 2)
        XCTAssertEqual(
            corpora.counts.map(\.removed),
            [["duplicate": 1, "length_ratio": 1], [:], ["language": 1], ["duplicate": 1]])
        XCTAssertEqual(corpora.counts.map(\.training), [2, 4, 3, 3])
        XCTAssertEqual(
            corpora.counts[0].description,
            "a: 2 to train on, 0 held, 0 dropped for a held text, 0 empty, 1 duplicate, "
                + "1 length_ratio")
        XCTAssertNotNil(try recipe.fileDigestsWithoutModel(in: folder.url)["own.safetensors"])
    }

    func testARecipeWithoutALanguageIdentifierIsRefused() throws {
        let recipe = try recipe(
            "cleaning: all, translation: [{name: a, pairs: p.tsv, from: en, to: de}]")
        XCTAssertTrue(recipe.needsOwnIdentifier)
        let file = URL(fileURLWithPath: "/clean.yml")
        XCTAssertThrowsError(try recipe.check(languageIdentifier: nil, file: file)) { error in
            XCTAssertEqual(
                "\(error)",
                "/clean.yml: cleaning has the rule 'language', but no language identifier comes "
                    + "with the program; name one with cleaning.identifier, or leave the rule out")
        }
        XCTAssertNoThrow(try recipe.check(languageIdentifier: file, file: file))
    }

    func testRulesThatARecipeMayNotHave() {
        for (cleaning, problem) in [
            (
                "some",
                "clean.yml:4: corpora.cleaning is 'some', which is unknown; choose one of: all, none"
            ),
            (
                "{rules: [ratio]}",
                "clean.yml:4: corpora.cleaning.rules[0] is 'ratio', which is unknown; choose one "
                    + "of: empty, too_long, letters, length_ratio, copy, language, placeholders, "
                    + "numbers, conflict, duplicate"
            ),
            (
                "{maximum_ratio: 0.5}",
                "clean.yml:4: corpora.cleaning.maximum_ratio is '0.5', not a number of at least 1"
            ),
            (
                "{minimum_letters: 1}",
                "clean.yml:4: corpora.cleaning.minimum_letters is '1', not a number of at least 0 "
                    + "and less than 1"
            ),
        ] {
            let corpora =
                "cleaning: \(cleaning), translation: [{name: a, pairs: p, from: en, to: de}]"
            XCTAssertThrowsError(try recipe(corpora), cleaning) { error in
                XCTAssertEqual("\(error)", problem)
            }
        }
    }
}

extension Recipe {
    fileprivate func fileDigestsWithoutModel(in folder: URL) throws -> [String: String] {
        var recipe = self
        recipe.initialModel = nil
        return try recipe.fileDigests(in: folder)
    }
}
