import Foundation
import XCTest

final class TextModeTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var model = ""

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        model = try folder.writeModel()
    }

    private let input =
        "\nA grey cat\r\nsleeps.\r\n\r\n \t\nWhat a\ngarden!\n\u{200B}\n\nOne line.\nLast"

    private func run(
        _ arguments: [String], _ input: String, line: UInt = #line
    ) throws -> String {
        let result = try Program.run(arguments + ["--model", model], input: input)
        XCTAssertEqual(result.status, 0, result.errors, line: line)
        XCTAssertEqual(result.errors, "", line: line)
        return result.output
    }

    /// The answers to single lines.
    private func answers(_ arguments: [String], _ texts: [String]) throws -> [String] {
        try run(arguments, texts.joined(separator: "\n")).components(separatedBy: "\n").dropLast()
    }

    func testWrappedLinesAreJoined() throws {
        let joined = ["A grey cat sleeps.", "What a garden!", "One line. Last"]
        for arguments in [["translate", "--to", "de"], ["sentiment"], ["both", "--to", "de"]] {
            let answers = try answers(arguments, joined)
            XCTAssertEqual(
                try run(arguments + ["--mode", "wrapped"], input),
                "\n\(answers[0])\n\n\n\(answers[1])\n\n\n\(answers[2])\n", "\(arguments)")
        }
    }

    func testLinesOfParagraphsStayLines() throws {
        let translate = ["translate", "--to", "de"]
        let (lines, paragraph) = (
            try run(translate, input), try run(translate + ["--mode=paragraph"], input)
        )
        XCTAssertEqual(paragraph, lines)
        XCTAssertEqual(lines.filter { $0 == "\n" }.count, 11)
    }

    /// What is blank is blank, however many translations are asked for.
    func testBlankLinesHaveNoAlternatives() throws {
        for mode in ["paragraph", "wrapped"] {
            let output = try run(
                ["translate", "--to", "de", "--n-best", "2", "--mode", mode], "A cat.\n\nA dog.\n")
            let lines = output.components(separatedBy: "\n")
            XCTAssertEqual(lines.map { $0.split(separator: "\t").count }, [4, 0, 4, 0], mode)
            XCTAssertEqual(lines[1], "", mode)
        }
    }

    func testAParagraphHasOneSentiment() throws {
        let answers = try answers(
            ["sentiment"], ["A grey cat sleeps.", "What a garden!", "One line. Last"])
        XCTAssertEqual(
            try run(["sentiment", "--mode", "paragraph", "--keep-crlf"], input),
            "\n\(answers[0])\r\n\r\n\n\(answers[1])\n\n\n\(answers[2])\n")
    }

    func testObjectsOfParagraphs() throws {
        let translations = try answers(
            ["translate", "--to", "de"], ["A grey cat", "sleeps.", "What a", "garden!"])
        let labels = try answers(["sentiment"], ["A grey cat sleeps.", "What a garden!"])
        let lines = try run(["both", "--to", "de", "--mode=paragraph", "--jsonl"], input)
            .split(separator: "\n")
        XCTAssertEqual(lines.count, 3)
        for (index, number) in [2, 6].enumerated() {
            let object = try XCTUnwrap(
                JSONSerialization.jsonObject(with: Data(lines[index].utf8)) as? [String: Any])
            XCTAssertEqual(object["line"] as? Int, number)
            XCTAssertEqual(
                object["text"] as? String, ["A grey cat\nsleeps.", "What a\ngarden!"][index])
            XCTAssertEqual(
                object["translation"] as? String,
                translations[(2 * index)...(2 * index + 1)].joined(separator: "\n"))
            let label = try XCTUnwrap(object["label"] as? String)
            XCTAssertEqual(label, labels[index].prefix { $0 != "\t" }.description)
        }
        let translated = try run(["translate", "--to", "de", "--mode=paragraph", "--jsonl"], input)
        let object =
            try JSONSerialization.jsonObject(
                with: Data(translated.prefix { $0 != "\n" }.utf8)) as? [String: Any]
        XCTAssertEqual(
            object?["translation"] as? String, translations[...1].joined(separator: "\n"))
        XCTAssertNil(object?["label"])
        let columns = try run(["both", "--to", "de", "--mode=paragraph"], input)
            .components(separatedBy: "\n")
        XCTAssertEqual(
            columns[1],
            translations[...1].joined(separator: " ") + "\t" + labels[0])
    }

    /// The score is the mean over tokens: a line that is copied does not count.
    func testTheScoreOfAParagraph() throws {
        func score(_ input: String) throws -> Double? {
            // What the toy model says is given up, and has no score.
            let result = try Program.run(
                ["translate", "--to", "de", "--mode=paragraph", "--jsonl"], input: input)
            let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
            return (object as? [String: Any])?["translation_score"] as? Double
        }
        let alone = try XCTUnwrap(score("A man is riding a bike."))
        XCTAssertLessThan(alone, 0)
        XCTAssertEqual(try score("A man is riding a bike.\n5"), alone)
    }

    /// A long paragraph is cut into sentences as its language asks, whatever paragraphs stand behind it.
    func testTheSentimentOfALongParagraphDoesNotDependOnOthers() throws {
        let long = String(
            repeating: "Am 3. Mai kam Frau Meier z. B. mit ihren Kindern in den Garten. "
                + "Der 2. Film war leider langweilig und schlecht, sagte Hr. Huber. ", count: 8)
        let answers = try ["\n", "\n\nA dog.\nA cat.\n\n"].map { others in
            // The toy model knows no languages.
            let result = try Program.run(
                ["both", "--from", "en", "--to", "fr", "--mode", "paragraph", "--beam", "1"],
                input: long + others)
            XCTAssertEqual(result.status, 0, result.errors)
            return result.output.prefix { $0 != "\n" }
        }
        XCTAssertEqual(answers[0], answers[1])
    }

    /// Who writes a paragraph and the blank line behind it gets the answer.
    func testAnswersAtTheEndOfAParagraph() throws {
        let program = try RunningProgram(["sentiment", "--mode=wrapped", "--model", model])
        try program.write("A grey cat\nsleeps.\n\n")
        XCTAssertEqual(
            [program.readLine(), program.readLine()],
            [try run(["sentiment"], "A grey cat sleeps."), "\n"])
        try program.closeInput()
        XCTAssertEqual(program.readOutput(), "")
    }
}
