import Foundation
import XCTest

/// What the program tells of itself: help, manual page, completions.
final class ManualTests: XCTestCase {
    private struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let discussion: String?
        let subcommands: [Command]?
        let shouldDisplay: Bool
    }

    private struct Dump: Decodable {
        let command: Command
    }

    /// All commands of the program but `help`, by what one types.
    private func commands() throws -> [String: Command] {
        let result = try Program.run(["--experimental-dump-help"])
        XCTAssertEqual(result.status, 0, result.errors)
        let dump = try JSONDecoder().decode(Dump.self, from: Data(result.output.utf8))
        var commands: [String: Command] = [:]
        func add(_ command: Command, below parent: String) {
            guard command.commandName != "help" else { return }
            let name = parent + command.commandName
            commands[name] = command
            for child in command.subcommands ?? [] { add(child, below: name + " ") }
        }
        add(dump.command, below: "")
        return commands
    }

    func testEveryCommandHasExamples() throws {
        let commands = try commands()
        XCTAssertGreaterThan(commands.count, 15)
        for (name, command) in commands {
            XCTAssertFalse(command.abstract?.isEmpty ?? true, name)
            let examples = (command.discussion ?? "").split(separator: "\n")
                .filter { $0.hasPrefix("  ") }
            XCTAssert(examples.contains { $0.contains(name) }, "\(name) has no example")
        }
    }

    func testUnknownTopicsAreRefused() throws {
        for topic in [["paint"], ["translate", "paint"], ["tokenizer", "paint"], [""]] {
            let result = try Program.run(["help"] + topic)
            XCTAssertEqual(result.status, 64, "\(topic)")
            XCTAssertEqual(result.output, "")
            XCTAssert(result.errors.hasPrefix("mtl-nlp: There is no command"), result.errors)
        }
        for topic in [[], ["translate"], ["tokenizer", "train"], ["--help"]] {
            let result = try Program.run(["help"] + topic)
            XCTAssertEqual(result.status, 0, "\(topic)")
            XCTAssert(result.output.contains("USAGE: mtl-nlp"), result.output)
        }
    }

    func testTheManualPage() throws {
        let result = try Program.run(["manual"])
        XCTAssertEqual(result.status, 0, result.errors)
        let lines = result.output.split(separator: "\n")
        XCTAssertEqual(lines.first, #".TH MTL\-NLP 1 "" "mtl-nlp 0.1.0""#)
        for section in [
            "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "ENVIRONMENT",
        ] {
            XCTAssert(lines.contains(".SH \(section)"), section)
        }
        for (name, command) in try commands() where name != "mtl-nlp" {
            let heading = ".SS " + name.replacingOccurrences(of: "-", with: "\\-")
            XCTAssertEqual(lines.contains { $0 == heading }, command.shouldDisplay, name)
        }
        XCTAssert(result.output.contains(".TP\n\\fB\\-\\-beam\\fR \\fIn\\fR\n"), result.output)
        // Of lines that begin as requests do, all are.
        let requests = [
            "TH", "SH", "SS", "PP", "TP", "RS", "RE", "nf", "fi", "nh", "ad", "B", "I",
        ]
        for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
            XCTAssert(
                requests.contains { line == ".\($0)" || line.hasPrefix(".\($0) ") }, "\(line)")
        }
    }

    func testCompletions() throws {
        for (shell, word) in [("bash", "complete "), ("zsh", "#compdef"), ("fish", "complete ")] {
            let result = try Program.run(["--generate-completion-script", shell])
            XCTAssertEqual(result.status, 0, result.errors)
            XCTAssert(result.output.contains(word), shell)
            for name in [
                "translate", "sentiment", "both", "verify", "length-penalty", "input-jsonl",
            ] {
                XCTAssert(result.output.contains(name), "\(name) in \(shell)")
            }
        }
    }

    /// Nothing is coloured, nor is there anything else that only terminals understand.
    func testNoEscapeSequences() throws {
        for arguments in [["--help"], ["info"], ["translate"], ["both"], ["verify"], ["manual"]] {
            let result = try Program.run(arguments)
            XCTAssertFalse((result.output + result.errors).contains("\u{1B}"), "\(arguments)")
        }
    }
}
