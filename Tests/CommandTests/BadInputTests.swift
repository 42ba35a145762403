import Foundation
import XCTest

/// What each kind of bad input gets: standard output, standard error and exit code.
///
/// The model has no weights, so that every text with words is negative with probability 1/3.
final class BadInputTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var model = ""

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        model = try folder.writeModel(random: false)
    }

    /// One row of the table.
    private func check(
        _ name: String, _ options: [String] = [], input: String, _ output: String,
        errors: String = "", status: Int32 = 0
    ) throws {
        try check(
            name, options, bytes: Array(input.utf8), output, errors: errors, status: status)
    }

    private func check(
        _ name: String, _ options: [String] = [], bytes: [UInt8], _ output: String,
        errors: String = "", status: Int32 = 0
    ) throws {
        let result = try Program.run(["sentiment", "--model", model] + options, input: bytes)
        XCTAssertEqual(
            Array(result.output.utf8), Array(output.utf8), "\(name): \(result.output.prefix(400))")
        XCTAssertEqual(result.errors, errors, name)
        XCTAssertEqual(result.status, status, name)
    }

    private let negative = "negative\t0.3333\n"
    private let neutral = "neutral\t1.0000\n"

    private func warning(_ line: Int) -> String {
        "mtl-nlp: warning: standard input:\(line): not UTF-8; what is not was read as U+FFFD\n"
    }

    func testLines() throws {
        let two = negative + negative
        try check("nothing", input: "", "")
        try check("an empty line", input: "\n", neutral)
        try check(
            "blank lines", input: " \n\t\r\n\u{A0}\u{3000}\n\u{200B}\n\u{FEFF}",
            String(repeating: neutral, count: 5))
        try check("no line feed at the end", input: "a\nb", two)
        try check("carriage returns in a line and at its end", input: "a\rb\r\r\nc\r", two)
        try check(
            "carriage returns kept", ["--keep-crlf"], input: "a\r\n\r\nb\nc\r",
            "negative\t0.3333\r\nneutral\t1.0000\r\nnegative\t0.3333\nnegative\t0.3333\r\n")
        try check(
            "NUL and other line breaks are data",
            input: "a\u{0}\u{2028}\u{2029}\u{85}\u{B}\u{C}b\n",
            negative)
        try check("controls alone are no text", input: "\u{0}\u{7}\u{1B}\u{2028}\n", neutral)
        try check("the model's own words", input: "</s>\n<s> <2de>\n", two)
        try check(
            "more words than the model takes", input: String(repeating: "word ", count: 20_000),
            negative)
        try check("one word without end", input: String(repeating: "w", count: 100_000), negative)
        try check(
            "marks on one letter", input: "e" + String(repeating: "\u{301}", count: 5_000), negative
        )
    }

    func testBytesThatAreNotUTF8() throws {
        let (two, three) = (negative + negative, negative + negative + negative)
        let bad: [UInt8] = [0x61, 0x0A, 0xFF, 0x0A, 0x62]
        let degraded = "mtl-nlp: 1 of 3 answers are degraded; --jsonl tells why\n"
        try check("a byte", bytes: bad, three, errors: warning(2))
        try check(
            "a sequence cut off by the end", bytes: [0x61, 0xE2, 0x82], negative,
            errors: warning(1))
        try check(
            "a sequence cut off by a line feed", bytes: [0xC3, 0x0A, 0xA4, 0x0A], two,
            errors: warning(1) + warning(2))
        try check("a surrogate", bytes: [0xED, 0xA0, 0x80, 0x0A], negative, errors: warning(1))
        try check("no warning", ["--quiet"], bytes: [0xFF], negative)
        try check(
            "an error", ["--strict"], bytes: bad, negative,
            errors: "mtl-nlp: standard input:2: not UTF-8; convert it first\n", status: 65)
        try check("strict about nothing else", ["--strict"], input: "a\r\n\u{0}ä\u{FFFD}\n", two)
        try check(
            "degraded", ["--fail-on-degraded"], bytes: bad, three, errors: warning(2) + degraded,
            status: 1)
        try check("not degraded", ["--fail-on-degraded"], input: "a\n\n", negative + neutral)
    }

    func testRecordsBetweenNULs() throws {
        try check("nothing", ["-0"], input: "", "")
        try check(
            "line feeds are data", ["-0"], input: "a\nb\r\n\u{0}\u{0}\n\u{0}c",
            "negative\t0.3333\u{0}neutral\t1.0000\u{0}neutral\t1.0000\u{0}negative\t0.3333\u{0}")
        try check(
            "bad bytes", ["--null"], bytes: [0x61, 0x00, 0xFF, 0x00],
            "negative\t0.3333\u{0}negative\t0.3333\u{0}", errors: warning(2))
        try check("JSON", ["-0", "--jsonl"], input: "a\nb\u{0}", object(1, #"a\nb"#) + "\u{0}")
    }

    func testJSONLines() throws {
        try check(
            "lines", ["--jsonl"], bytes: [0x61, 0x0D, 0x0A, 0xFF],
            "\(object(1, "a"))\n\(object(2, "\u{FFFD}", #""bad-utf8""#))\n", errors: warning(2))
        let option = ["--input-jsonl"]
        let a = object(1, "a")
        try check("nothing", option, input: "", "")
        try check("an object", option, input: #"{"text":"a"}"#, "\(a)\n")
        try check("CR LF", option, input: "{\"text\":\"a\"}\r\n", "\(a)\n")
        let empty = #"""
            {"line":1,"text":"","label":"neutral","probabilities":{"negative":0.0000,\#
            "neutral":1.0000,"positive":0.0000},"score":0.0000,"language":"und","flags":["empty"]}

            """#
        try check("an empty text", option, input: #"{"text":""}"#, empty)
        let others = #""b":[1, 2.0 ,"\u0041"],"n":12345678901234567890,"z":-0}"#
        try check(
            "other members", option, input: #"{"z":1e400, "text":"a","line":"ours",\#(others)"#,
            "\(a.dropLast()),\(others)\n")
        try check(
            "a number that no type holds", option, input: #"{"z":1e400, "text":"a"}"#,
            "\(a.dropLast()),\"z\":1e400}\n")
        try check(
            "escapes", option, input: #"{"text":"\u2028\"\n\u0000\ud83d\ude00\/"}"#,
            object(1, #"\u2028\"\n\u0000😀/"#) + "\n")
        let bytes = Array("{\"text\":\"".utf8) + [0xFF] + Array("\",\"id\":1}".utf8)
        try check(
            "bad bytes", option, bytes: bytes,
            object(1, "\u{FFFD}", #""bad-utf8""#).dropLast() + ",\"id\":1}\n", errors: warning(1))
    }

    func testLinesThatAreNoObject() throws {
        let option = ["--input-jsonl"]
        let (first, second) = (syntaxError(1, "'{'", 1), syntaxError(2, "'{'", 1))
        try check(
            "not JSON", option, input: "\ntext\n{\"text\":\"a\"}\n",
            first + second + object(3, "a") + "\n")
        try check(
            "no object", option, input: "[\"text\"]\n\"text\"\nnull\n",
            first + second + syntaxError(3, "'{'", 1))
        try check(
            "no text", option, input: "{}\n{\"Text\":\"a\"}\n",
            error(1, "no 'text'") + error(2, "no 'text'"))
        try check(
            "text that is none", option, input: "{\"text\":null}\n{\"text\":\"a\",\"text\":[]}\n",
            error(1, "'text' is not a string") + error(2, "'text' is not a string"))
        try check(
            "half a surrogate pair", option, input: #"{"text":"\ud800"}"#,
            syntaxError(1, "the second half of a surrogate pair", 16))
        try check(
            "nested without end", option,
            input: #"{"text":"a","b":"# + String(repeating: "[", count: 100_000),
            syntaxError(1, "no deeper nesting", 528))
        try check("cut off", option, input: #"{"text":"a"#, syntaxError(1, #"'\"'"#, 11))
        try check(
            "degraded", option + ["--fail-on-degraded"], input: "x\n{\"text\":\"a\"}",
            first + object(2, "a") + "\n",
            errors: "mtl-nlp: 1 of 2 answers are degraded; their flags and errors tell why\n",
            status: 1)
    }

    private func error(_ line: Int, _ problem: String) -> String {
        "{\"line\":\(line),\"error\":\"\(problem)\"}\n"
    }

    private func syntaxError(_ line: Int, _ expected: String, _ byte: Int) -> String {
        error(line, "not a JSON object: \(expected) expected at byte \(byte)")
    }

    /// The object for a text with words, both text and flags spelled as in JSON.
    private func object(_ line: Int, _ text: String, _ flags: String = "") -> String {
        #"""
        {"line":\#(line),"text":"\#(text)","label":"negative","probabilities":{"negative":0.3333,\#
        "neutral":0.3333,"positive":0.3333},"score":0.0000,"language":"und","flags":[\#(flags)]}
        """#
    }
}
