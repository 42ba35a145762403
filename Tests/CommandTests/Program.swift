import Foundation
import XCTest

/// The program as its users run it: the binary that was built beside these tests, in real pipes.
enum Program {
    struct Result {
        /// The exit status, or 128 and the number of the signal that ended the program, as shells say.
        let status: Int32
        let output: String
        let errors: String
    }

    static var url: URL {
        get throws {
            let tests = try XCTUnwrap(Bundle.main.executableURL)
            let url = tests.deletingLastPathComponent().appendingPathComponent("mtl-nlp")
            try XCTSkipUnless(
                FileManager.default.isExecutableFile(atPath: url.path), "skipped: no \(url.path)")
            return url
        }
    }

    /// Runs the program to its end.
    static func run(
        _ arguments: [String], input: some Sequence<UInt8> = [],
        environment: [String: String] = [:], executable: URL? = nil
    ) throws -> Result {
        let program = try RunningProgram(
            arguments, environment: environment, executable: executable)
        program.feed(input)
        let output = program.readOutput()
        return Result(status: program.wait(), output: output, errors: program.errors)
    }

    static func run(
        _ arguments: [String], input: String, environment: [String: String] = [:]
    ) throws -> Result {
        try run(arguments, input: input.utf8, environment: environment)
    }
}

/// The program while it runs.
final class RunningProgram {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    /// A file, so that nobody must read it for the program to go on.
    private let errorFile: URL

    init(
        _ arguments: [String], environment: [String: String] = [:], executable: URL? = nil
    ) throws {
        // A program that ends early must not end the tests with it.
        signal(SIGPIPE, SIG_IGN)
        errorFile = FileManager.default.temporaryDirectory
            .appendingPathComponent("mtl-nlp-\(UUID().uuidString).stderr")
        XCTAssert(FileManager.default.createFile(atPath: errorFile.path, contents: nil))
        process.executableURL = try executable ?? Program.url
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("MTL_NLP_") }
            .merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: errorFile) }

    var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

    func write(_ text: String) throws { try write(text.utf8) }

    func write(_ bytes: some Sequence<UInt8>) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
    }

    /// Writes all of the input and closes it, from another thread: the program may wait for its output to be read.
    func feed(_ bytes: some Sequence<UInt8>) {
        let data = Data(bytes)
        let handle = input.fileHandleForWriting
        Thread.detachNewThread {
            try? handle.write(contentsOf: data)
            try? handle.close()
        }
    }

    func closeInput() throws { try input.fileHandleForWriting.close() }

    /// The output up to the end of a line; what there is when it does not come in a time that no correct program needs.
    func readLine() -> String {
        var line: [UInt8] = []
        let descriptor = output.fileHandleForReading.fileDescriptor
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while line.last != 0x0A, poll(&state, 1, 60_000) == 1 {
            var byte: UInt8 = 0
            guard read(descriptor, &byte, 1) == 1 else { break }
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    func readOutput() -> String {
        String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    /// Nobody reads the output any more.
    func closeOutput() throws { try output.fileHandleForReading.close() }

    func send(_ signalNumber: Int32) { kill(process.processIdentifier, signalNumber) }

    /// The status at the end, as in `Program.Result`.
    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
    }
}
