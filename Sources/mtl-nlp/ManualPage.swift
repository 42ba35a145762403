import Foundation

/// The manual page of the program, made from the help of its commands: text for `man`, in the macros of man(7).
struct ManualPage {
    /// What the argument parser tells of a command, of which it has more in its JSON.
    struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }

            let kind: String
            let isOptional: Bool
            let isRepeating: Bool
            let shouldDisplay: Bool
            let names: [Name]?
            let valueName: String?
            let abstract: String?
        }

        let commandName: String
        let shouldDisplay: Bool
        let abstract: String?
        let discussion: String?
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    private struct Dump: Decodable {
        let command: Command
    }

    private let root: Command
    private let version: String
    private let exitCodes: [(name: String, meaning: String)]
    private let environment: [(name: String, meaning: String)]

    /// - Parameter dump: the JSON that the argument parser makes of the program's root command.
    init(
        dump: String, version: String, exitCodes: [(name: String, meaning: String)],
        environment: [(name: String, meaning: String)]
    ) throws {
        root = try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command
        self.version = version
        self.exitCodes = exitCodes
        self.environment = environment
    }

    var lines: [String] {
        let name = root.commandName
        return [
            #".TH \#(Self.escaped(name.uppercased())) 1 "" "\#(name) \#(version)""#,
            // Neither hyphens nor spaces between words that are stretched.
            ".nh", ".ad l",
            ".SH NAME", "\(Self.escaped(name)) \\- \(Self.escaped(root.abstract ?? ""))",
            ".SH SYNOPSIS", ".B \(Self.escaped(name))", ".I command", "[option ...]",
            ".SH DESCRIPTION",
        ] + Self.paragraphs(root.discussion) + [".SH COMMANDS"]
            + (root.subcommands ?? []).flatMap { Self.section($0, of: name) }
            + [".SH EXIT STATUS"] + exitCodes.flatMap(Self.entry)
            + [".SH ENVIRONMENT"] + environment.flatMap(Self.entry)
    }

    private static func entry(_ name: String, _ meaning: String) -> [String] {
        [".TP", bold(name), line(meaning)]
    }

    /// A command, and then those below it; what is hidden is left out.
    private static func section(_ command: Command, of parent: String) -> [String] {
        guard command.shouldDisplay, command.commandName != "help" else { return [] }
        let name = "\(parent) \(command.commandName)"
        let arguments = (command.arguments ?? []).filter { argument in
            argument.shouldDisplay
                && !(argument.names ?? []).contains { ["help", "version"].contains($0.name) }
        }
        let synopsis = ([bold(name)] + arguments.map(usage)).joined(separator: " ")
        return [".SS \(escaped(name))", synopsis, ".PP", line(command.abstract ?? "")]
            + paragraphs(command.discussion) + arguments.flatMap(entry)
            + (command.subcommands ?? []).flatMap { section($0, of: name) }
    }

    private static func usage(_ argument: Command.Argument) -> String {
        var text = form(argument)
        if argument.isRepeating { text += " ..." }
        return argument.isOptional ? "[\(text)]" : text
    }

    private static func entry(_ argument: Command.Argument) -> [String] {
        [".TP", form(argument), line(argument.abstract ?? "")]
    }

    /// An option with its value, or the value alone.
    private static func form(_ argument: Command.Argument) -> String {
        let value =
            argument.kind == "flag" ? nil : argument.valueName.map { "\\fI\(escaped($0))\\fR" }
        let names = (argument.names ?? []).map { name in
            bold(name.kind == "long" ? "--\(name.name)" : "-\(name.name)")
        }
        let option = names.isEmpty ? nil : names.joined(separator: ", ")
        return [option, value].compactMap(\.self).joined(separator: " ")
    }

    /// The paragraphs of a help text: a line each, empty lines between; indented lines are examples.
    private static func paragraphs(_ text: String?) -> [String] {
        var lines: [String] = []
        var isExample = false
        for text in (text ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
            if text.hasPrefix("  ") != isExample, !text.isEmpty {
                isExample.toggle()
                lines += isExample ? [".PP", ".RS 2", ".nf"] : [".fi", ".RE"]
            }
            lines.append(text.isEmpty ? ".PP" : line(isExample ? text.dropFirst(2) : text))
        }
        return (lines.isEmpty ? [] : [".PP"]) + lines + (isExample ? [".fi", ".RE"] : [])
    }

    private static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }

    /// A line of text, which no mark at its start makes a request.
    private static func line(_ text: some StringProtocol) -> String {
        let text = escaped(text)
        return text.first == "." || text.first == "'" ? "\\&\(text)" : text
    }

    private static func escaped(_ text: some StringProtocol) -> String {
        text.replacingOccurrences(of: "\\", with: "\\e").replacingOccurrences(of: "-", with: "\\-")
    }
}
