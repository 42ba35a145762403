import Foundation
import Inference
import Transformer
import XCTest

final class BothTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var model = ""

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        model = try folder.writeModel()
    }

    private let texts = ["A grey cat, see {name}.", "", "What a garden!", "br\u{FFFD}d", "9\t9"]
    private var input: [UInt8] {
        Array("\(texts[0])\r\n\n\(texts[2])\nbr".utf8) + [0xFF] + Array("d\n9\t9".utf8)
    }
    private let warning =
        "mtl-nlp: warning: standard input:4: not UTF-8; what is not was read as U+FFFD\n"

    /// What the library says.
    private func answers(
        _ texts: [String], from source: SourceLanguage = .automatic, alternatives: Int = 1,
        labels: Set<SentimentLabel>? = nil, abstention: Float? = nil
    ) throws -> [Answer] {
        let loaded = try LoadedModel(contentsOf: URL(fileURLWithPath: model))
        return try TextAnalyzer(loaded, threadCount: 1).answers(
            texts,
            AnswerRequest(
                translation: TranslationRequest(
                    to: "de", from: source, options: SearchOptions(alternativeCount: alternatives)),
                sentiment: SentimentRequest(labels: labels, abstentionThreshold: abstention)))
    }

    private func run(_ options: [String], _ input: some Sequence<UInt8>) throws -> Program.Result {
        try Program.run(["both", "--to", "de", "--model", model] + options, input: input)
    }

    private func number(_ value: Float) -> String {
        let text = String(format: "%.4f", value)
        return text == "-0.0000" ? "0.0000" : text
    }

    func testColumns() throws {
        let result = try run([], input)
        let expected = try answers(texts).map { answer in
            let (translation, sentiment) = (answer.translation!, answer.sentiment!)
            return translation.text.replacing("\t", with: " ")
                + "\t\(sentiment.scores.label.name)\t\(number(sentiment.scores.probability))\n"
        }
        XCTAssertEqual(result.output, expected.joined())
        XCTAssertEqual(expected[1], "\tneutral\t1.0000\n")
        XCTAssertEqual(result.errors, warning)
        XCTAssertEqual(result.status, 0)
    }

    func testColumnsOfAlternatives() throws {
        let result = try run(
            [
                "--n-best", "2", "--from=en", "--labels", "negative,positive", "--abstain",
                "0.9999",
            ], "A cat.\n".utf8)
        let answer = try answers(
            ["A cat."], from: .given("en"), alternatives: 2, labels: [.negative, .positive])[0]
        let translations = answer.translation!.alternatives.map {
            "\($0.text)\t\(number($0.score))\t"
        }
        XCTAssertEqual(
            result.output,
            translations.joined() + "abstain\t\(number(answer.sentiment!.scores.probability))\n")
    }

    func testObjects() throws {
        let result = try run(["--jsonl", "--n-best", "2"], input)
        XCTAssertEqual(result.errors, warning)
        var expected: [String] = []
        for (index, answer) in try answers(texts, alternatives: 2).enumerated() {
            let flags = index == 3 ? answer.flags.union(.badUTF8) : answer.flags
            expected.append(object(answer, line: index + 1, texts[index], flags))
        }
        XCTAssertEqual(result.output, expected.map { $0 + "\n" }.joined())
    }

    /// The JSON object for an answer.
    private func object(
        _ answer: Answer, line: Int, _ text: String, _ flags: AnswerFlags
    ) -> String {
        func string(_ text: String) -> String { "\"\(text.replacing("\t", with: #"\t"#))\"" }
        let (translation, scores) = (answer.translation!, answer.sentiment!.scores)
        let alternatives: [String] = translation.alternatives.map {
            #"{"translation":\#(string($0.text)),"score":\#(number($0.score))}"#
        }
        let probabilities: [String] = SentimentLabel.allCases.map {
            #""\#($0.name)":\#(number(scores[$0]))"#
        }
        let names: [String] = flags.names.map(string)
        return #"""
            {"line":\#(line),"text":\#(string(text)),"translation":\#(string(translation.text)),\#
            "translation_score":\#(number(translation.score)),\#
            "alternatives":[\#(alternatives.joined(separator: ","))],\#
            "label":"\#(scores.label.name)","probabilities":{\#(probabilities.joined(separator: ","))},\#
            "score":\#(number(scores[.positive] - scores[.negative])),"language":"und",\#
            "flags":[\#(names.joined(separator: ","))]}
            """#
    }

    /// Each command writes the keys of what it was asked for, in the same order.
    func testKeysOfEachCommand() throws {
        let (translation, sentiment) = (
            ["translation", "translation_score"], ["label", "probabilities", "score"]
        )
        for (arguments, keys) in [
            (["translate", "--to", "de"], translation), (["sentiment"], sentiment),
            (["both", "--to", "de"], translation + sentiment),
        ] {
            let result = try Program.run(
                arguments + ["--jsonl", "--model", model], input: "A cat.\n")
            var place = result.output.startIndex
            for key in ["line", "text"] + keys + ["language", "flags"] {
                let range = try XCTUnwrap(
                    result.output.range(of: "\"\(key)\":", range: place..<result.output.endIndex),
                    "\(key) in \(result.output)")
                place = range.upperBound
            }
            let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
            XCTAssertEqual((object as? [String: Any])?.count, keys.count + 4)
        }
    }

    func testBatchesThreadsAndOrderChangeNothing() throws {
        let texts = (0..<120).map { index in
            index % 9 == 0 ? "" : "\(TinyModel.sentences[index % 10]) {x\(index)} \(index % 7)"
        }
        let input = texts.joined(separator: "\n") + "\n"
        let outputs = try [("1", "64"), ("2", "64"), ("1", "1"), ("2", "1")].map { threads, size in
            try run(
                ["--threads", threads, "--batch-size", size, "--n-best", "2", "--jsonl"], input.utf8
            ).output
        }
        XCTAssertEqual(outputs[0].split(separator: "\n").count, texts.count)
        XCTAssertEqual(Set(outputs).count, 1)

        let plain = try run([], input.utf8).output.components(separatedBy: "\n").dropLast()
        let order = texts.indices.sorted { ($0 * 37 % 120) < ($1 * 37 % 120) }
        let shuffled = try run([], order.map { texts[$0] + "\n" }.joined().utf8).output
        XCTAssertEqual(shuffled, order.map { plain[$0] + "\n" }.joined())
    }

    func testAnswersAtOnceWhoWaits() throws {
        for options in [[], ["--jsonl"], ["--input-jsonl"]] {
            let program = try RunningProgram(["both", "--to", "de", "--model", model] + options)
            for text in ["A cat.", "", "x"] {
                let question = options == ["--input-jsonl"] ? "{\"text\":\"\(text)\"}" : text
                try program.write(question + "\n")
                let answer = program.readLine()
                let alone = try run(options, (question + "\n").utf8).output
                // The number of the line alone differs.
                XCTAssertEqual(
                    answer.replacing(/^\{"line":\d+/, with: ""),
                    alone.replacing(/^\{"line":\d+/, with: ""))
            }
            try program.closeInput()
            XCTAssertEqual(program.readOutput(), "")
            XCTAssertEqual(program.wait(), 0)
        }
    }

    func testWarnsOfTranslationsThatFeelOtherThanTheirText() throws {
        model = try folder.write(
            TinyModel.loaded(sentimentLanguages: ["de", "en"]), as: "both languages")
        let texts = TinyModel.sentences.flatMap { [$0, $0.uppercased(), String($0.reversed())] }
        let input = texts.joined(separator: "\n").utf8
        let plain = try run(["--from", "en"], input)
        let watched = try run(["--from", "en", "--polarity"], input)
        XCTAssertEqual(watched.output, plain.output)
        XCTAssertEqual(plain.errors, "")

        let loaded = try LoadedModel(contentsOf: URL(fileURLWithPath: model))
        let answers = try TextAnalyzer(loaded, threadCount: 1).answers(
            texts,
            AnswerRequest(
                translation: TranslationRequest(to: "de", from: .given("en")),
                sentiment: SentimentRequest(), watchesPolarity: true))
        let flipped = answers.indices.filter { answers[$0].flags.contains(.polarityFlip) }
        XCTAssertFalse(flipped.isEmpty)
        let warnings = flipped.map {
            "mtl-nlp: warning: standard input:\($0 + 1): the translation feels other than the text\n"
        }
        XCTAssertEqual(watched.errors, warnings.joined())

        let objects = try run(["--from", "en", "--polarity", "--jsonl"], input)
        let flagged = objects.output.split(separator: "\n").enumerated()
            .filter { $0.element.contains("\"polarity-flip\"") }.map(\.offset)
        XCTAssertEqual(flagged, flipped)

        model = try folder.write(
            TinyModel.loaded(sentimentLanguages: ["en"]), as: "English")
        XCTAssertEqual(try run(["--from", "en", "--polarity"], input).errors, "")
    }
}
