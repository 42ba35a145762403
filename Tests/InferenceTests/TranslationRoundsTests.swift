import Foundation
import Kernels
import Tokenization
import XCTest

@testable import Inference

/// What becomes of translations that a forged model gives.
final class TranslationRoundsTests: XCTestCase {
    private static let tokenizer = Result { try TinyModel.tokenizer() }

    /// What the model says to a text, the best first; by default the text in capitals.
    private typealias Answers = [String: [String]]

    private struct Asked: Hashable {
        let text: String
        let blockedNGramSize: Int?
    }

    /// - Parameter second: the answers of searches with repetition blocked.
    private func translate(
        _ texts: [String], _ answers: Answers, second: Answers = [:], refusesCopies: Bool = false,
        maximumLength: Int = 256, options: SearchOptions = SearchOptions()
    ) throws -> (translations: [Translation], rounds: [[Asked]]) {
        let tokenizer = try Self.tokenizer.get()
        let log = Log()
        var rounds = TranslationRounds(
            tokenizer, maximumLength: maximumLength, options: options
        ) { sentences, options in
            let sources = sentences.map(tokenizer.decode)
            log.rounds.append(
                sources.map { Asked(text: $0, blockedNGramSize: options.blockedNGramSize) })
            let answers = options.blockedNGramSize == nil ? answers : second
            return sources.map { source in
                (answers[source] ?? [source.uppercased()]).map { text in
                    let tokens = tokenizer.encode(tokenizer.normalizer.normalize(text)).dropLast()
                    return FinishedHypothesis(
                        tokens: Array(tokens.prefix(maximumLength - 1)), logProbability: -1,
                        rankingScore: -1)
                }
            }
        }
        let partition = TextPartition(tokenizer, maximumLength: maximumLength)
        let sources = texts.map { text in
            TranslationRounds.Source(
                sentences: partition.sentences(text, language: nil), refusesCopies: refusesCopies)
        }
        let targets = rounds.translate(sources)
        let translations = zip(texts, zip(sources, targets)).map { text, answer in
            let profile = TextProfile(text, source: .automatic, target: "de", nil)
            var draft = AnswerDraft(text, profile, modelCount: 1)
            draft.isEmpty = answer.0.sentences.isEmpty
            draft.append(answer.1, separator: "")
            return draft.translation(alternativeCount: options.alternativeCount)
        }
        return (translations, log.rounds)
    }

    private final class Log { var rounds: [[Asked]] = [] }

    private func check(
        _ text: String, _ answers: Answers, second: Answers = [:], gives expected: String,
        _ flags: AnswerFlags = [], refusesCopies: Bool = false, line: UInt = #line
    ) throws {
        let translation = try translate(
            [text], answers, second: second, refusesCopies: refusesCopies
        ).translations[0]
        XCTAssertEqual(translation.text, expected, line: line)
        XCTAssertEqual(translation.flags.names, flags.names, line: line)
    }

    // MARK: Protection

    func testWhatIsKeptIsGivenAsItIs() throws {
        try check("see {a} now", ["see {a} now": ["sieh jetzt {a}"]], gives: "sieh jetzt {a}")
        try check(
            "pay 1,000.5 now", ["pay 1,000.5 now": ["zahl 1.000,5 jetzt"]],
            gives: "zahl 1.000,5 jetzt")
        try check("a dozen", ["a dozen": ["12 Stück"]], gives: "12 Stück")
    }

    func testTheFirstHypothesisThatKeepsEverythingIsTaken() throws {
        try check(
            "see {a} now", ["see {a} now": ["sieh jetzt", "sieh (a) jetzt", "jetzt {a} sehen"]],
            gives: "jetzt {a} sehen")
    }

    func testAlternativesDifferInTheirTexts() throws {
        let answers = ["fine": ["gut", "gut", "schön", "gut", "fein"]]
        for (count, expected) in [
            (1, ["gut"]), (2, ["gut", "schön"]), (3, ["gut", "schön", "fein"]),
            (5, ["gut", "schön", "fein", "fein", "fein"]),
        ] {
            let found = try translate(
                ["fine"], answers, options: SearchOptions(alternativeCount: count))
            XCTAssertEqual(found.translations[0].alternatives.map(\.text), expected)
        }
    }

    func testATextIsCutAtTheSpansThatAreLost() throws {
        try check(
            "Hello {a}, see {b} (now).",
            [
                "Hello {a}, see {b} (now).": ["Hallo, sieh {b} (jetzt)."], "Hello": ["Hallo."],
                "see {b} (now": ["sieh {b} (jetzt"],
            ], gives: "Hallo {a}, sieh {b} (jetzt).", .repaired)
    }

    func testAPieceThatLosesSpansIsCutAtAllOfThem() throws {
        let text = "one {a} two {b} three {c} four"
        let found = try translate(
            [text], [text: ["{b} {c}"], "two {b} three {c} four": ["x {b}"]])
        XCTAssertEqual(found.translations[0].text, "ONE {a} TWO {b} THREE {c} FOUR")
        XCTAssertEqual(
            found.rounds.map { $0.map(\.text) },
            [[text], ["one", "two {b} three {c} four"], ["two", "three", "four"]])
    }

    func testWhatIsInventedIsTakenAway() throws {
        try check("so nice", ["so nice": ["so schön #toll !"]], gives: "so schön !", .repaired)
        try check("see {a}", ["see {a}": ["{a} sieh {a}"]], gives: "{a} sieh", .repaired)
        try check("room 5", ["room 5": ["Raum 5 5"]], gives: "Raum 5", .repaired)
        try check("room 5 has five", ["room 5 has five": ["Raum 5 hat 5"]], gives: "Raum 5 hat 5")
    }

    func testATextWithoutWordsIsCopiedWithoutTheModel() throws {
        let texts =
            (1...31).map(String.init) + [
                "???", "…", ".", "🙂🙂", "#a @b", "{0}: 5 %", "https://x.org",
            ]
        let found = try translate(texts, [:])
        XCTAssertEqual(found.translations.map(\.text), texts)
        XCTAssertTrue(found.translations.allSatisfy { $0.flags == .copied && $0.score == 0 })
        XCTAssertEqual(found.rounds, [])
        XCTAssertEqual(try translate([""], [:]).translations[0].flags, .empty)
    }

    func testSecondAttemptsOfManyTextsAreOneRound() throws {
        let texts = ["see {a}", "see {b}", "fine"]
        let found = try translate(texts, ["see {a}": ["sieh"], "see {b}": ["sieh"]])
        XCTAssertEqual(found.translations.map(\.text), ["SEE {a}", "SEE {b}", "FINE"])
        XCTAssertEqual(found.translations.map(\.flags), [.repaired, .repaired, []])
        XCTAssertEqual(found.rounds.map { $0.map(\.text) }, [texts, ["see", "see"]])
    }

    func testSentencesAreTranslatedByThemselves() throws {
        let found = try translate(
            ["See {a}. Ask  {b}?  Go!"], ["See {a}.": ["SEE {a}."], "Ask {b}?": ["frag"]])
        XCTAssertEqual(found.translations[0].text, "SEE {a}. ASK {b}?  GO!")
        XCTAssertEqual(found.translations[0].flags, .repaired)
        XCTAssertEqual(
            found.rounds.map { $0.map(\.text) }, [["See {a}.", "Ask {b}?", "Go!"], ["Ask"]])
    }

    func testASentenceWithoutWordsIsCopiedAmongOthers() throws {
        let found = try translate(["Look! 12! Go."], [:])
        XCTAssertEqual(found.translations[0].text, "LOOK! 12! GO.")
        XCTAssertEqual(found.translations[0].flags, [])
        XCTAssertEqual(found.rounds.map { $0.map(\.text) }, [["Look!", "Go."]])
    }

    func testSpansLongerThanAPartAreKept() throws {
        let link = "https://example.org/" + String(repeating: "path/", count: 40) + "end"
        let found = try translate(["see \(link) now, \(link)"], [:], maximumLength: 40)
        XCTAssertEqual(found.translations[0].text, "SEE \(link) NOW, \(link)")
    }

    // MARK: Degeneration

    private let loop = "der Hund und der Hund und der Hund und der Hund und der Hund"

    func testALoopIsSearchedForAgain() throws {
        let found = try translate(
            ["the dog", "fine"], ["the dog": [loop]], second: ["the dog": ["der Hund"]])
        XCTAssertEqual(found.translations.map(\.text), ["der Hund", "FINE"])
        XCTAssertEqual(found.translations.map(\.flags), [.degenerate, []])
        XCTAssertEqual(
            found.rounds.last,
            [Asked(text: "the dog", blockedNGramSize: TranslationRounds.blockedNGramSize)])
    }

    func testAnotherHypothesisSparesTheSecondSearch() throws {
        try check("the dog", ["the dog": [loop, "der Hund"]], gives: "der Hund")
    }

    func testAtLastTheSourceIsGiven() throws {
        try check(
            "the dog", ["the dog": [loop]], second: ["the dog": [loop]], gives: "the dog",
            [.degenerate, .copied])
        try check("hm", ["hm": [""]], second: ["hm": ["…"]], gives: "hm", [.degenerate, .copied])
    }

    func testExcessIsSearchedForAgain() throws {
        try check(
            "hm", ["hm": ["ein Mann in einem blauen Hemd steht auf der Straße"]],
            second: ["hm": ["hm ja"]], gives: "hm ja", .degenerate)
    }

    func testACopyIsNoTranslationWhereTheLanguagesDiffer() throws {
        let text = "two painters carry the old ladder"
        try check(text, [text: [text]], gives: text, .copied)
        try check(
            text, [text: [text]], second: [text: ["zwei Maler tragen"]], gives: "zwei Maler tragen",
            .degenerate, refusesCopies: true)
        for name in ["Anna Schmidt", "Berlin", "New York City Marathon"] {
            try check(name, [name: [name]], gives: name, refusesCopies: true)
        }
    }

    func testWhatTheSourceRepeatsMayBeRepeated() throws {
        let text = "no, no, no, no, no!"
        try check(
            text, [text: ["nein, nein, nein, nein, nein!"]], gives: "nein, nein, nein, nein, nein!")
    }

    func testATranslationThatTheModelCutsOffIsMadeOfHalves() throws {
        let text = "the old mill and the small boat, the green bicycle and the cold soup"
        let long = [1, 3, 5].map { TinyModel.sentences[$0] }.joined(separator: " ")
        let tokenizer = try Self.tokenizer.get()
        let maximumLength = tokenizer.encode(tokenizer.normalizer.normalize(text)).count + 1
        let found = try translate([text], [text: [long]], maximumLength: maximumLength)
        XCTAssertEqual(found.translations[0].text, text.uppercased())
        XCTAssertTrue(found.translations[0].flags.contains(.split))
        XCTAssertEqual(
            found.rounds.last?.map(\.text),
            ["the old mill and the small boat,", "the green bicycle and the cold soup"])
    }

    /// A model that ends each part with a period does not make sentences of them.
    func testPartsOfASentenceAreNoSentences() throws {
        let text = "the old mill and the small boat, the green bicycle and the cold soup"
        let found = try translate(
            [text],
            [
                text: ["MILL"], "the old mill and the small boat,": ["Mühle und Boot."],
                "the green bicycle and the cold soup": ["Rad und Suppe."],
            ])
        XCTAssertEqual(found.translations[0].text, "Mühle und Boot, Rad und Suppe")
    }

    func testATranslationThatEndsFarTooSoonIsMadeOfHalves() throws {
        let text = "the old mill and the small boat, the green bicycle and the cold soup"
        let found = try translate([text], [text: ["MILL"]])
        XCTAssertEqual(found.translations[0].text, text.uppercased())
        XCTAssertEqual(found.translations[0].flags, [.split])
        XCTAssertEqual(
            found.rounds.last?.map(\.text),
            ["the old mill and the small boat,", "the green bicycle and the cold soup"])
        // Another hypothesis spares that.
        XCTAssertEqual(
            try translate([text], [text: ["MILL", "ein kleines grünes Boot"]]).translations[0]
                .flags, [])
    }

    // MARK: Properties

    /// Whatever a model of random numbers says, a translation has the spans of its text.
    func testSpansAreKeptInAnyMixture() throws {
        let spans = [
            "{name}", "{{x}}", "%s", "%1$s", "https://example.org/a", "a@b.org", "🙂", "👩‍👩‍👧", "#tag",
            "@anna", "12",
            "1,000.5", "<b>", "</b>", "&amp;", "$1", "A380", "#NAME#", "10:30",
        ]
        let words = ["boat", "mill", "the", "cold", "soup", "Leiter", "grüne", "Hof"]
        let joints = [" ", " ", " ", ", ", ". ", " (", ") ", ": ", "", "! "]
        var generator = SeededGenerator(seed: 23)
        let texts = (0..<120).map { _ in
            (0..<1 + generator.next(below: 14)).map { _ in
                let list = generator.next(below: 2) == 0 ? spans : words
                return list[generator.next(below: list.count)]
                    + joints[generator.next(below: joints.count)]
            }.joined()
        }
        let loaded = try TinyModel.loaded()
        let whole = try Translator(loaded, threadCount: 1).translate(texts, to: "de")
        for (text, translation) in zip(texts, whole) {
            let source = SpanScanner.spans(of: loaded.tokenizer.normalizer.normalize(text).string)
            let comparison = SpanComparison(
                source: source, translation: AnalyzedText(text: translation.text))
            XCTAssertTrue(comparison.isEqual, "\(text) | \(translation) | \(comparison)")
        }
        XCTAssertTrue(whole.contains { $0.flags.contains(.repaired) })
        let other = try Translator(loaded, threadCount: 3, batchSize: 2)
            .translate(texts.reversed(), to: "de")
        XCTAssertEqual(other, whole.reversed())
    }
}
