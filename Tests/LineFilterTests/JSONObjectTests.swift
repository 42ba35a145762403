import Foundation
import Kernels
import LineFilter
import XCTest

final class JSONObjectTests: XCTestCase {
    /// Some editors write one at the start of a file. Elsewhere it is a character that JSON has no place for.
    func testAByteOrderMarkIsPassedOver() throws {
        let object = try JSONObject("\u{FEFF} {\"text\": \"\u{FEFF}a\"}")
        XCTAssertEqual(object.string("text"), "\u{FEFF}a")
        for text in ["\u{FEFF}", "\u{FEFF}\u{FEFF}{}", "{}\u{FEFF}", "{\u{FEFF}}"] {
            XCTAssertThrowsError(try JSONObject(text), text)
        }
    }

    /// The members of an object, written behind none.
    private func copy(_ text: String) throws -> String {
        JSONValue.text([], followedBy: try JSONObject(text).members)
    }

    func testMembersKeepTheirSpelling() throws {
        for members in [
            "", #""a":1"#, #""z":1e400,"a":1.0,"m":-0.00E+5"#,
            #""n":123456789012345678901234567890"#,
            #""nested":{"b": [1, {"c" : null}], "a":"\u0041"},"t":true,"f":false"#,
            "\"\u{301}\":\"\u{301}\u{2028}\"", #""\u0041\/":"\ud83d\ude00\"\\""#,
        ] {
            XCTAssertEqual(try copy("{\(members)}"), "{\(members)}")
        }
        XCTAssertEqual(
            try copy(" { \"a\" :\t[ 1 ] , \"b\"\r: \"x\" }\r"), "{\"a\":[ 1 ],\"b\":\"x\"}")
    }

    func testOfSeveralMembersWithOneKeyTheLastCounts() throws {
        let object = try JSONObject(#"{"text":1,"b":1,"te\u0078t":"x","b":2,"text":"y"}"#)
        XCTAssertEqual(object.string("text"), "y")
        XCTAssertEqual(object.members.map(\.key), ["b", "text"])
        // What only looks the same is not the same key.
        XCTAssertEqual(try copy("{\"e\u{301}\":1,\"\u{E9}\":2}"), "{\"e\u{301}\":1,\"\u{E9}\":2}")
    }

    func testStringsAreDecoded() throws {
        for (spelling, text) in [
            (#""""#, ""), (#""a\n\t\u00e4\ud83d\ude00\/\"""#, "a\n\tä😀/\""),
            ("\"\u{301}\"", "\u{301}"),
            (#""\u0000""#, "\u{0}"),
        ] {
            XCTAssertEqual(try JSONObject("{\"text\":\(spelling)}").string("text"), text)
        }
        for value in ["1", "null", "[\"x\"]", "{}"] {
            let object = try JSONObject("{\"text\":\(value)}")
            XCTAssertNil(object.string("text"))
            XCTAssert(object.contains("text"))
        }
        XCTAssertFalse(try JSONObject("{}").contains("text"))
    }

    func testOursWin() throws {
        let others = try JSONObject(#"{"line":"x","id":1}"#).members
        XCTAssertEqual(
            JSONValue.text([("line", .integer(1))], followedBy: others), #"{"line":1,"id":1}"#)
    }

    func testWhatIsNoObjectIsExplained() {
        for (text, problem) in [
            ("", "'{' expected at byte 1"), ("[1]", "'{' expected at byte 1"),
            ("{\"a\":1} x", "the end expected at byte 9"),
            ("{", "a key in quotes expected at byte 2"),
            ("{a:1}", "a key in quotes expected at byte 2"),
            ("{\"a\" 1}", "':' expected at byte 6"),
            ("{\"a\":1", "',' or '}' expected at byte 7"),
            ("{\"a\":1,}", "a key in quotes expected at byte 8"),
            ("{\"a\":[1,]}", "a value expected at byte 9"),
            ("{\"a\":01}", "',' or '}' expected at byte 7"),
            ("{\"a\":-}", "a value expected at byte 7"),
            ("{\"a\":1.}", "a digit expected at byte 8"),
            ("{\"a\":1e}", "a digit expected at byte 8"),
            ("{\"a\":+1}", "a value expected at byte 6"),
            ("{\"a\":NaN}", "a value expected at byte 6"),
            ("{\"a\":nul}", "'null' expected at byte 9"), ("{\"a\":\"x", "'\"' expected at byte 8"),
            ("{\"a\":\"\t\"}", "an escape instead of a control character expected at byte 7"),
            (#"{"a":"\x"}"#, "an escape expected at byte 8"),
            (#"{"a":"\u12g4"}"#, "a hexadecimal digit expected at byte 11"),
            (#"{"a":"\ud800"}"#, "the second half of a surrogate pair expected at byte 13"),
            (#"{"a":"\ud800\u0041"}"#, "the second half of a surrogate pair expected at byte 19"),
            (#"{"a":"\udc00"}"#, "the first half of a surrogate pair expected at byte 13"),
        ] {
            XCTAssertThrowsError(try JSONObject(text), text) {
                XCTAssertEqual("\($0)", "not a JSON object: \(problem)")
            }
        }
    }

    func testDeepNestingIsRefused() throws {
        func nested(_ depth: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
                + "}"
        }
        XCTAssertEqual(try copy(nested(511)), nested(511))
        for text in [nested(512), nested(100_000), String(repeating: "{\"a\":", count: 100_000)] {
            XCTAssertThrowsError(try JSONObject(text)) {
                XCTAssert("\($0)".contains("no deeper nesting"), "\($0)")
            }
        }
    }

    func testLineBreaksAreEscaped() {
        let breaks = "\n\r\t\u{0}\u{B}\u{C}\u{1C}\u{7F}\u{85}\u{2028}\u{2029}\"\\/ä😀"
        XCTAssertEqual(
            JSONValue.string(breaks).text,
            #""\n\r\t\u0000\u000b\u000c\u001c\u007f\u0085\u2028\u2029\"\\/ä😀""#)
        XCTAssertEqual(
            JSONValue.object([("a", .array([.integer(-2), .number("1.50")])), ("b", .object([]))])
                .text,
            #"{"a":[-2,1.50],"b":{}}"#)
    }

    /// Random texts that are nearly JSON: the verdict is Foundation's, and what is accepted comes through with the same
    /// meaning.
    func testAgreesWithFoundation() throws {
        var generator = SeededGenerator(seed: 23)
        let pieces = [
            "{", "}", "[", "]", ":", ",", "\"", "\"a\"", "\"text\":", "\\", "\\u00e4", "\\ud83d",
            "\\ude00", "0", "-", "1.5", "e3", "true", "null", " ", "\t", "\u{301}", "😀", "x",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let text: String
            if Bool.random(using: &generator) {
                text = object(&generator, depth: 0)
            } else {
                var bytes = Array(object(&generator, depth: 0))
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let piece = pieces.randomElement(using: &generator)!
                bytes.replaceSubrange(
                    place..<min(place + Int.random(in: 0...2, using: &generator), bytes.count),
                    with: piece)
                text = String(bytes)
            }
            let foundation = try? JSONSerialization.jsonObject(with: Data(text.utf8))
            guard let expected = foundation as? [String: Any] else {
                XCTAssertThrowsError(try JSONObject(text), text)
                continue
            }
            // Foundation lets a comma stand before the end of a container.
            if text.contains(/,\s*[\]}]/) { continue }
            accepted += 1
            let copied = try JSONSerialization.jsonObject(with: Data(try copy(text).utf8))
            XCTAssertEqual(copied as? NSDictionary, expected as NSDictionary, text)
        }
        XCTAssertGreaterThan(accepted, 6000)
    }

    private func object(_ generator: inout SeededGenerator, depth: Int) -> String {
        let members = (0..<Int.random(in: 0...3, using: &generator)).map { index in
            "\(space(&generator))\"k\(index)\"\(space(&generator)):\(value(&generator, depth: depth + 1))"
        }
        return "{\(members.joined(separator: ","))}"
    }

    private func value(_ generator: inout SeededGenerator, depth: Int) -> String {
        let texts = [
            "0", "-1.25e2", "true", "false", "null", "\"\"", "\"ä\\n\\ud83d\\ude00\"",
            "\"\u{301}\"",
            "[]", "17",
        ]
        var text = texts.randomElement(using: &generator)!
        if depth < 4, Bool.random(using: &generator) {
            text =
                Bool.random(using: &generator)
                ? object(&generator, depth: depth)
                : "[\(value(&generator, depth: depth + 1)),\(value(&generator, depth: depth + 1))]"
        }
        return space(&generator) + text + space(&generator)
    }

    private func space(_ generator: inout SeededGenerator) -> String {
        ["", "", " ", "\t\r"].randomElement(using: &generator)!
    }
}
