import Foundation
import Inference
import XCTest

final class EvaluateTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    func testTranslationIsTranslateAndScore() throws {
        let model = try folder.writeModel()
        let source = try folder.write(
            TinyModel.sentences.map { $0 + "\n" }.joined(), as: "source")
        let translations = try Program.run(
            ["translate", "--to", "de", "--beam", "2", "--model", model],
            input: try String(contentsOfFile: source, encoding: .utf8))
        // Half of the reference is right.
        let lines = translations.output.split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast()
        let reference = try folder.write(
            lines.enumerated().map { ($0 % 2 == 0 ? "\($1)" : "etwas anderes") + "\n" }.joined(),
            as: "reference")
        for json in [[], ["--json"]] {
            let evaluation = try Program.run(
                [
                    "evaluate", "translation", "--to", "de", "--beam", "2", "--model", model,
                    source, reference,
                ]
                    + json)
            let score = try Program.run(
                ["score", "--reference", reference] + json, input: translations.output)
            XCTAssertEqual(evaluation.output, score.output)
            XCTAssertFalse(score.output.isEmpty)
            XCTAssertEqual(evaluation.errors, "")
        }
    }

    /// Who names the language of the sources has all of them translated, as by `translate`.
    func testTheLanguageOfTheSourcesIsBelieved() throws {
        let model = try Program.url.deletingLastPathComponent()
            .appendingPathComponent("mtl-nlp_PretrainedModel.resources/Model").path
        // Of rare words, which the model cannot but change when it is to translate what is in the target language.
        let german = """
            Der Zwischenrufer unterbrach die Bürgermeisterin während der feierlichen Eröffnung.
            Trotz aller Beteuerungen blieb der Untersuchungsrichter unerbittlich.
            Heute scheint die Sonne sehr schön.
            Gestern hat es den ganzen Tag geregnet, und wir sind zu Hause geblieben.
            Meine Schwester arbeitet seit einem Jahr in einer kleinen Bäckerei.
            Können Sie mir bitte sagen, wann der nächste Zug fährt?
            Das Fahrrad steht schon wieder vor der falschen Tür.

            """
        let source = try folder.write(german, as: "source")
        let given = ["--to", "de", "--from", "en", "--beam", "1", "--model", model]
        let translation = try Program.run(["translate"] + given, input: german)
        XCTAssertNotEqual(translation.output, german)
        let evaluation = ["evaluate", "translation", source]
        for (reference, arguments) in [
            (translation.output, given), (german, ["--to", "de", "--model", model]),
        ] {
            let reference = try folder.write(reference, as: "reference")
            let result = try Program.run(evaluation + [reference] + arguments)
            XCTAssert(result.output.contains("100.00"), result.output + result.errors)
            // Without the language, nothing was translated.
            XCTAssertEqual(
                result.errors.contains("source: 7 of 7 lines are in 'de' already"),
                arguments != given, result.errors)
        }
    }

    /// Without weights every text is negative: the first of equally probable labels.
    func testSentimentOfAModelThatKnowsNothing() throws {
        let model = try folder.writeModel(random: false)
        func evaluate(_ text: String, _ arguments: String...) throws -> Program.Result {
            let file = try folder.write(text, as: "labelled.tsv")
            return try Program.run(["evaluate", "sentiment", "--model", model, file] + arguments)
        }
        let named = "a\tnegative\nb\tneutral\nc\tpositive\nd\tnegative\n"
        let result = try evaluate(named)
        XCTAssertEqual(
            result.output,
            """
            accuracy\t0.5000
            macro-F1\t0.2222
            ECE\t0.1667
            confusion\tnegative\tneutral\tpositive
            negative\t2\t0\t0
            neutral\t1\t0\t0
            positive\t1\t0\t0

            """)
        // Two classes only: neutral is left out, and each has a probability of a half.
        for (text, scheme) in [
            ("a\t0\nb\t1\nc\t1\nd\t1\n", nil), ("a\t0\nb\t1\nc\t1\nd\t1\n", "binary"),
            ("a\tnegative\nb\tpositive\nc\tpositive\nd\tpositive\n", nil),
            ("a\t1\nb\t4\nc\t3\nd\t3\n", "five"),
        ] {
            let result =
                try scheme.map { try evaluate(text, "--json", "--classes", $0) }
                ?? evaluate(text, "--json")
            XCTAssertEqual(
                result.output,
                #"{"accuracy":0.25,"confusion":[[1,0,0],[0,0,0],[3,0,0]],"ece":0.25,"macro_f1":0.2}"#
                    + "\n")
            XCTAssertEqual(result.errors, "")
        }
        let restricted = try evaluate(named, "--labels", "negative,positive", "--json")
        XCTAssert(restricted.output.contains(#""confusion":[[2,0,0],[0,0,0],[1,0,0]]"#))
        XCTAssert(restricted.errors.contains("1 texts with labels not in --labels are left out"))
        let unknown = try evaluate("a\tnegative\nb\tmixed\n")
        XCTAssertEqual(unknown.status, 65)
        XCTAssert(unknown.errors.contains("labelled.tsv:2: "), unknown.errors)
    }
}
