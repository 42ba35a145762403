import Foundation
import XCTest

/// `--input` and `--output`.
final class FilterFileTests: XCTestCase {
    private var folder: TemporaryFolder!
    private var sentiment: [String] = []
    private let answer = "negative\t0.3333\n"

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        sentiment = ["sentiment", "--model", try folder.writeModel(random: false)]
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)
    }

    /// What is in the folder besides the model.
    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
            .filter { $0 != "model" }.sorted()
    }

    func testFromFileToFile() throws {
        let input = try folder.write("A cat.\n\nA dog.", as: "in")
        for old in [nil, "old"] {
            if let old { _ = try folder.write(old, as: "out") }
            let result = try Program.run(
                sentiment + ["--input", input, "--output", folder.path("out")], input: "unread\n")
            XCTAssertEqual(result.status, 0, result.errors)
            XCTAssertEqual(result.output + result.errors, "")
            XCTAssertEqual(try text("out"), "\(answer)neutral\t1.0000\n\(answer)")
            XCTAssertEqual(try names(), ["in", "out"])
        }
    }

    /// Runs a line of the shell, which calls the program `$0`, its arguments `$@` and the folder `$FOLDER`.
    private func shell(_ script: String, _ arguments: [String]) throws -> Program.Result {
        try Program.run(
            ["-c", script, Program.url.path] + arguments,
            environment: ["FOLDER": folder.url.path], executable: URL(fileURLWithPath: "/bin/sh"))
    }

    /// Standard output stays what it is, also where its name is given: nothing around the answers is lost.
    func testTheNameOfStandardOutput() throws {
        let arguments = sentiment + ["--input", try folder.write("A cat.\n", as: "in")]
        let inFile = "{ echo above; \"$0\" \"$@\" --output /dev/stdout; echo below; }"
        for script in [inFile, inFile + " >\"$FOLDER\"/out; cat \"$FOLDER\"/out"] {
            let result = try shell(script, arguments)
            XCTAssertEqual(result.output, "above\n\(answer)below\n")
            XCTAssertEqual(result.errors, "")
        }
    }

    func testDevicesAndPipesAreWritten() throws {
        let input = try folder.write("A cat.\n", as: "in")
        let null = try Program.run(sentiment + ["--input", input, "--output", "/dev/null"])
        XCTAssertEqual(null.status, 0, null.errors)
        XCTAssertEqual(null.output + null.errors, "")
        let pipe = try shell(
            "mkfifo \"$FOLDER\"/pipe; cat \"$FOLDER\"/pipe & \"$0\" \"$@\" --output \"$FOLDER\"/pipe; wait",
            sentiment + ["--input", input])
        XCTAssertEqual(pipe.output, answer)
        XCTAssertEqual(pipe.errors, "")
        let full = try Program.run(sentiment + ["--input", input, "--output", "/dev/full"])
        XCTAssertEqual(full.status, 74)
        XCTAssertEqual(
            full.errors,
            "mtl-nlp: /dev/full: cannot write: No space left on device; "
                + "free some space and run it again\n")
    }

    /// A limit on the size of files is met as a full disk is.
    func testTheLimitOfFiles() throws {
        let input = try folder.write(String(repeating: "A cat.\n", count: 1_000), as: "in")
        let result = try shell(
            "ulimit -f 1; \"$0\" \"$@\" --output \"$FOLDER\"/out", sentiment + ["--input", input])
        XCTAssertEqual(result.status, 74)
        XCTAssert(result.errors.hasPrefix("mtl-nlp: "), result.errors)
        XCTAssertEqual(try names(), ["in"])
    }

    func testAHyphenIsAStandardStream() throws {
        let result = try Program.run(
            sentiment + ["--input", "-", "--output", "-"], input: "A cat.\n")
        XCTAssertEqual(result.output, answer)
        XCTAssertEqual(result.errors, "")
        XCTAssertEqual(try names(), [])
    }

    /// A file that is opened does not get the number of a stream that is closed.
    func testClosedStreams() throws {
        let input = try folder.write("A cat.\n", as: "in")
        let closedOutput = try shell("\"$0\" \"$@\" >&-", sentiment + ["--input", input])
        XCTAssertEqual(closedOutput.status, 74)
        XCTAssertEqual(
            closedOutput.errors,
            "mtl-nlp: standard output: cannot write: Bad file descriptor; "
                + "check the file and run it again\n")
        XCTAssertEqual(try text("in"), "A cat.\n")
        let closedInput = try shell(
            "\"$0\" \"$@\" <&-", sentiment + ["--output", folder.path("out")])
        XCTAssertEqual(closedInput.status, 74)
        XCTAssertEqual(try names(), ["in"])
    }

    func testWarningsNameTheFile() throws {
        let input = folder.path("in")
        try Data([0x61, 0x0A, 0xFF]).write(to: URL(fileURLWithPath: input))
        let result = try Program.run(sentiment + ["--input", input])
        XCTAssertEqual(result.output, answer + answer)
        XCTAssertEqual(
            result.errors,
            "mtl-nlp: warning: \(input):2: not UTF-8; what is not was read as U+FFFD\n")
    }

    func testARunThatFailsLeavesTheOldFile() throws {
        let input = folder.path("in")
        try Data([0x61, 0x0A, 0xFF]).write(to: URL(fileURLWithPath: input))
        let output = try folder.write("old", as: "out")
        let result = try Program.run(
            sentiment + ["--strict", "--input", input, "--output", output])
        XCTAssertEqual(result.status, 65)
        XCTAssertEqual(result.output, "")
        XCTAssertEqual(result.errors, "mtl-nlp: \(input):2: not UTF-8; convert it first\n")
        XCTAssertEqual(try text("out"), "old")
        XCTAssertEqual(try names(), ["in", "out"])
    }

    func testADegradedFileIsWritten() throws {
        let result = try Program.run(
            sentiment + ["--quiet", "--fail-on-degraded", "--output", folder.path("out")],
            input: [0xFF])
        XCTAssertEqual(result.status, 1)
        XCTAssertEqual(try text("out"), answer)
    }

    func testASignalLeavesTheOldFile() throws {
        for (number, status) in [(SIGINT, Int32(130)), (SIGTERM, 143), (SIGHUP, 129)] {
            let output = try folder.write("old", as: "out")
            let program = try RunningProgram(sentiment + ["--output", output])
            // The warning tells that there is something that could be left behind.
            try program.write([0xFF, 0x0A])
            for _ in 0..<600 where program.errors.isEmpty { usleep(100_000) }
            XCTAssertEqual(try names().count, 2)
            program.send(number)
            XCTAssertEqual(program.wait(), status)
            XCTAssertEqual(program.errors.filter(\.isNewline).count, 1, program.errors)
            XCTAssertEqual(try text("out"), "old")
            XCTAssertEqual(try names(), ["out"])
        }
    }

    func testOneFileIsNotReadAndWritten() throws {
        let file = try folder.write("A cat.\n", as: "file")
        let link = folder.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        for (input, output) in [(file, file), (file, link), (link, file)] {
            let result = try Program.run(sentiment + ["--input", input, "--output", output])
            XCTAssertEqual(result.status, 64)
            XCTAssertEqual(
                result.errors,
                "mtl-nlp: \(output): input and output are the same file; name another output\n")
        }
        XCTAssertEqual(try text("file"), "A cat.\n")
        XCTAssertEqual(try redirected([], input: file, output: file), 64)
        XCTAssertEqual(try redirected(["--output", file], input: file, output: "/dev/null"), 64)
        XCTAssertEqual(try text("file"), "A cat.\n")
    }

    /// The status of a run with redirected streams, the output appended to.
    private func redirected(_ options: [String], input: String, output: String) throws -> Int32 {
        let process = Process()
        process.executableURL = try Program.url
        process.arguments = sentiment + options
        process.standardInput = try XCTUnwrap(FileHandle(forReadingAtPath: input))
        let handle = try XCTUnwrap(FileHandle(forUpdatingAtPath: output))
        if output != "/dev/null" { _ = try handle.seekToEnd() }
        process.standardOutput = handle
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func testWhatCannotBeUsedIsNamed() throws {
        let input = try folder.write("A cat.\n", as: "in")
        let path = folder.url.path
        let noFolder = "No such file or directory; make the folder first"
        let isFolder = "Is a directory; name a file, not a folder"
        let cases: [(options: [String], status: Int32, problem: String)] = [
            (["--input", "\(path)/no"], 66, "\(path)/no: no such file; check the path"),
            (["--input", path], 74, "\(path): cannot read: \(isFolder)"),
            (
                ["--input", input, "--output", "\(path)/no/out"], 66,
                "\(path)/no/out: cannot write: \(noFolder)"
            ),
            (["--input", input, "--output", path], 74, "\(path): cannot write: \(isFolder)"),
        ]
        for (options, status, problem) in cases {
            let result = try Program.run(sentiment + options)
            XCTAssertEqual(result.status, status, "\(options)")
            XCTAssertEqual(result.output, "")
            XCTAssertEqual(result.errors, "mtl-nlp: \(problem)\n")
        }
        XCTAssertEqual(try names(), ["in"])
    }

    /// On a terminal one sees how far a file is; nothing is left of it in the end.
    func testProgressOnATerminal() throws {
        let script = "/usr/bin/script"
        try XCTSkipUnless(
            FileManager.default.isExecutableFile(atPath: script), "skipped: no \(script)")
        let input = try folder.write(String(repeating: "A cat.\n", count: 3000), as: "in")
        for (option, isShown) in [("--verbose", true), ("--quiet", false)] {
            let arguments =
                sentiment + [option, "--input", input, "--output", folder.path("out")]
            let command = try ([Program.url.path] + arguments).map { "'\($0)'" }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: script)
            process.arguments = ["-qec", command.joined(separator: " "), "/dev/null"]
            let output = Pipe()
            process.standardOutput = output
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let shown = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            XCTAssertEqual(process.terminationStatus, 0, shown)
            let progress = shown.firstMatch(of: /\r\x1B\[K\d+ lines, \d+ %, \d+ lines\/s/)
            XCTAssertEqual(progress != nil, isShown, shown)
            XCTAssertEqual(shown.hasSuffix("\r\u{1B}[K"), isShown, shown)
        }
    }
}
