import Foundation
import Kernels
import XCTest

final class ExitStatusTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    /// A command that must fail: its status, and words of the one line on standard error.
    private func assertFails(
        _ arguments: [String], _ status: Int32, _ words: String,
        environment: [String: String] = [:], line: UInt = #line
    ) throws {
        let result = try Program.run(arguments, input: "A cat.\n".utf8, environment: environment)
        XCTAssertEqual(result.status, status, result.errors, line: line)
        XCTAssertEqual(result.output, "", line: line)
        XCTAssert(result.errors.hasPrefix("mtl-nlp: "), result.errors, line: line)
        XCTAssert(result.errors.contains(words), result.errors, line: line)
        XCTAssertEqual(result.errors.filter(\.isNewline).count, 1, result.errors, line: line)
    }

    /// The program itself fits into this address space; a training step of the reference shape does not.
    func testOutOfMemory() throws {
        let script = "ulimit -v 600000; exec \"$0\" \"$@\""
        let program = try RunningProgram(
            ["-c", script, Program.url.path, "benchmark", "training", "--threads", "1"],
            executable: URL(fileURLWithPath: "/bin/sh"))
        XCTAssertEqual(program.wait(), 71, program.errors)
        XCTAssert(
            program.errors.hasPrefix("mtl-nlp: out of memory: ")
                && program.errors.contains(" bytes were asked for; "), program.errors)
        XCTAssertEqual(program.errors.filter(\.isNewline).count, 1, program.errors)
    }

    /// A program that gives up for want of memory leaves no file behind.
    func testOutOfMemoryLeavesTheOldFile() throws {
        let model = try folder.writeModel()
        let output = try folder.write("precious", as: "output")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        let input = TinyModel.sentences.map { $0 + "\n" }.joined()
        func status(_ limit: String) throws -> Int32 {
            try Program.run(
                [
                    "-c", "\(limit)exec \"$0\" \"$@\"", Program.url.path, "translate", "--to", "de",
                    "--model", model, "--beam", "256", "--threads", "1", "--output", output,
                ],
                input: input.utf8, executable: URL(fileURLWithPath: "/bin/sh")
            ).status
        }
        // How much the program takes before it begins the file, and how much then, differs from one machine to another.
        for megabytes in stride(from: 100, through: 200, by: 10) {
            let status = try status("ulimit -v \(megabytes * 1000); ")
            XCTAssertEqual(
                Set(try FileManager.default.contentsOfDirectory(atPath: folder.url.path)),
                Set(files), "\(megabytes) MB: status \(status)")
            if status == 0 { break }
            XCTAssertEqual(try String(contentsOfFile: output, encoding: .utf8), "precious")
        }
        XCTAssertEqual(try status(""), 0)
    }

    func testUsage() throws {
        let model = try folder.writeModel()
        let translate = ["translate", "--to", "de", "--model", model]
        try assertFails(["translate"], 64, "--to")
        try assertFails(["paint"], 64, "There is no command 'paint'; there are translate, ")
        try assertFails(["paint", "--to", "de"], 64, "There is no command 'paint'")
        try assertFails(
            ["--quiet", "translate", "--to", "de"], 64, "Write '--quiet' behind the command")
        for group in ["language", "tokenizer", "corpus", "evaluate"] {
            try assertFails([group], 64, "'\(group)' needs a command behind it: ")
        }
        let text = try folder.write("text\n", as: "text")
        try assertFails(translate + [text], 64, "'\(text)'; read a file with <")
        try assertFails(["info", model], 64, "named with --model")
        try assertFails(translate + ["--bream", "3"], 64, "? See 'mtl-nlp translate --help'")
        try assertFails(translate + ["--to", "en"], 64, "'--to' is given more than once")
        try assertFails(translate + ["--beam", "2", "--beam=2"], 64, "'--beam'")
        try assertFails(translate + ["extra"], 64, "extra")
        for (option, values) in [
            "--threads": ["0", "-1", "x", ""], "--batch-size": ["0"], "--beam": ["0", "1.5"],
            "--precision": ["fp16", ""],
            "--length-penalty": ["-1", "nan", "inf", "a"], "--max-length": ["0"], "--n-best": ["0"],
        ] {
            for value in values {
                try assertFails(translate + ["\(option)=\(value)"], 64, option)
            }
        }
        try assertFails(
            ["translate", "--to", "xx", "--model", model], 64, "the model knows de, en")
        try assertFails(translate + ["--from", "xx"], 64, "unknown language 'xx'")
        try assertFails(
            ["translate", "--to", "auto", "--model", model], 64, "unknown language 'auto'")
        try assertFails(translate + ["--from", "de"], 64, "--from and --to are both 'de'")
        try assertFails(
            ["sentiment", "--labels", "good", "--model", model], 64, "'good' is no label")
        try assertFails(["sentiment", "--labels", "", "--model", model], 64, "negative, neutral")
        let both = ["both", "--to", "de", "--model", model]
        try assertFails(["both"], 64, "--to")
        try assertFails(both + ["--to=en"], 64, "'--to' is given more than once")
        try assertFails(both + ["-0", "--null"], 64, "'--null' is given more than once")
        try assertFails(both + ["--mode", "page"], 64, "'wrapped'")
        for value in ["-0.1", "1.1", "nan", "x"] {
            try assertFails(both + ["--abstain=\(value)"], 64, "from 0 to 1")
        }
        for mode in ["paragraph", "wrapped"] {
            try assertFails(
                both + ["--mode", mode, "--input-jsonl"], 64, "leave out --input-jsonl")
            try assertFails(both + ["--mode", mode, "-0"], 64, "leave out --null")
        }
        try assertFails(both + ["-0", "--keep-crlf"], 64, "--keep-crlf has no meaning")
        try assertFails(both + ["--quiet", "--verbose"], 64, "exclude each other")
        try assertFails(["normalize", "--form", "nfd"], 64, "nfkc")
        try assertFails(["tokenizer", "encode", "--dropout", "2"], 64, "from 0 to 1")
        try assertFails(["tokenizer", "encode", "--seed", "2"], 64, "--dropout")
        try assertFails(["evaluate", "sentiment", "--classes", "two", "x.tsv"], 64, "binary")
    }

    func testEnvironment() throws {
        let model = try folder.writeModel()
        let arguments = ["sentiment", "--model", model]
        try assertFails(arguments, 64, "MTL_NLP_THREADS=0", environment: ["MTL_NLP_THREADS": "0"])
        try assertFails(arguments, 64, "MTL_NLP_ISA=abacus", environment: ["MTL_NLP_ISA": "abacus"])
        for level in InstructionSet.allCases where !level.isAvailable {
            let name = level.rawValue
            try assertFails(
                arguments, 64,
                "MTL_NLP_ISA=\(name): not available on this processor; use one of generic",
                environment: ["MTL_NLP_ISA": name])
        }
        let environment = ["MTL_NLP_THREADS": "3", "MTL_NLP_ISA": "generic", "MTL_NLP_MODEL": ""]
        XCTAssertEqual(try Program.run(arguments, environment: environment).status, 0)
    }

    func testMissingFiles() throws {
        let missing = folder.path("missing")
        let file = try folder.write("text\n", as: "text")
        try assertFails(["sentiment", "--model", missing], 66, missing)
        try assertFails(["sentiment"], 66, missing, environment: ["MTL_NLP_MODEL": missing])
        try assertFails(["sentiment", "--model", file], 66, file)
        try assertFails(["tokenizer", "encode", "--tokenizer", missing], 66, missing)
        try assertFails(["score", "--reference", missing, file], 66, missing)
        try assertFails(["score", "--reference", file, missing], 66, missing)
        try assertFails(["evaluate", "sentiment", missing], 66, missing)
        try assertFails(["train", missing, "--output", folder.path("run")], 66, missing)
    }

    func testMalformedData() throws {
        let file = try folder.write("{", as: "text")
        try assertFails(["tokenizer", "encode", "--tokenizer", file], 65, file)
        let model = try folder.writeModel()
        try Data("{}".utf8).write(to: URL(fileURLWithPath: model + "/config.json"))
        try assertFails(["sentiment", "--model", model], 65, "config.json")
        try assertFails(["train", file, "--output", folder.path("run")], 65, "text:")
    }

    func testFailingOutput() throws {
        let text = try folder.write(TinyModel.sentences.joined(separator: "\n"), as: "text")
        let train = ["tokenizer", "train", "--vocabulary-size", "340", text, "--output"]
        try assertFails(train + [folder.url.path], 74, "name a file")
        try assertFails(["tokenizer", "encode", "--tokenizer", folder.url.path], 74, "be read")
        let model = try folder.writeModel()
        let card = URL(fileURLWithPath: model + "/card.json")
        try FileManager.default.removeItem(at: card)
        try FileManager.default.createDirectory(at: card, withIntermediateDirectories: true)
        try assertFails(
            ["sentiment", "--model", model], 74, "card.json: cannot read: Is a directory")
        try assertFails(train + [folder.path("no/file")], 66, "make the folder first")
        for arguments in [
            ["normalize"], ["--help"], ["translate", "--help"], ["--version"],
            ["--generate-completion-script", "bash"],
        ] {
            try assertTellsThatTheDiskIsFull(arguments, input: text)
        }
    }

    private func assertTellsThatTheDiskIsFull(_ arguments: [String], input text: String) throws {
        let full = try XCTUnwrap(FileHandle(forWritingAtPath: "/dev/full"))
        let process = Process()
        process.executableURL = try Program.url
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: text))
        process.standardOutput = full
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        XCTAssertEqual(process.terminationStatus, 74)
        XCTAssertEqual(
            String(decoding: message, as: UTF8.self),
            "mtl-nlp: standard output: cannot write: No space left on device; "
                + "free some space and run it again\n"
        )
    }

    func testHelpAndVersionAreResults() throws {
        for arguments in [
            ["--help"], ["translate", "--help"], ["help", "sentiment"],
            ["tokenizer", "train", "--help"],
        ] {
            let result = try Program.run(arguments)
            XCTAssertEqual(result.status, 0)
            XCTAssert(result.output.contains("USAGE: mtl-nlp"), result.output)
            XCTAssertEqual(result.errors, "")
        }
        let version = try Program.run(["--version"])
        XCTAssertEqual(version.output, "0.1.0\n")
        XCTAssertEqual(version.status, 0)
    }
}
