import Foundation
import XCTest

final class NormalizeTests: XCTestCase {

    func testNormalisesEveryLine() throws {
        let long = String(repeating: "a  b ", count: 50_000)
        let input =
            Array("\u{FB01}sh \u{A0} \u{201C}x\u{201D}\t\r\n\n\(long)\nbad ".utf8) + [0xE2, 0x82]
        let folder = try TemporaryFolder()
        let result = try Program.run(
            ["normalize", "--model", folder.writeModel()], input: input)
        let longAnswer = String(repeating: "a b ", count: 50_000).dropLast()
        XCTAssertEqual(result.output, "fish \"x\"\n\n\(longAnswer)\nbad \u{FFFD}\n")
        XCTAssertEqual(
            result.errors,
            "mtl-nlp: warning: standard input:4: not UTF-8; what is not was read as U+FFFD\n")
        XCTAssertEqual(result.status, 0)
    }

    func testFormOnlyChangesNothingElse() throws {
        let input = " e\u{301}\u{FB01}\t\u{2028}\u{0}\u{201C} \r\n\r\r\nlast\r"
        let composed = " \u{E9}\u{FB01}\t\u{2028}\u{0}\u{201C} \r\n\r\r\nlast\r\n"
        for (form, output) in [
            ("none", input + "\n"), ("nfc", composed),
            ("nfkc", composed.replacing("\u{FB01}", with: "fi")),
        ] {
            let result = try Program.run(
                ["normalize", "--form-only", "--form", form], input: input)
            XCTAssertEqual(Array(result.output.utf8), Array(output.utf8), form)
        }
    }

    func testTheRuleIsTheModels() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write(TinyModel.sentences.joined(separator: "\n"), as: "text")
        let tokenizer = folder.path("tokenizer.json")
        let training = try Program.run(
            [
                "tokenizer", "train", "--vocabulary-size", "340", "--form", "nfc", "--output",
                tokenizer, text,
            ])
        XCTAssertEqual(training.errors, "")
        let result = try Program.run(["normalize", "--tokenizer", tokenizer], input: "\u{FB01}sh")
        XCTAssertEqual(result.output, "\u{FB01}sh\n")
        let other = try Program.run(
            ["normalize", "--tokenizer", tokenizer, "--form", "nfkc"], input: "\u{FB01}sh")
        XCTAssertEqual(other.output, "fish\n")
    }
}
