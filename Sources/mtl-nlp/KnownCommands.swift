import ArgumentParser

/// Refuses a command that does not exist, and options before a command: the argument parser would blame what follows, or
/// show the help of what it knows.
///
/// - Throws: `ValidationError`.
func refuseUnknownCommand(_ arguments: [String]) throws {
    guard let first = arguments.first else { return }
    if first.hasPrefix("-") {
        let names = MTLNLP.configuration.subcommands.map { $0._commandName }
        // Three hyphens begin what the shell's completion asks.
        guard !first.hasPrefix("---"), !["-h", "--help", "--version"].contains(first),
            let name = arguments.first(where: names.contains)
        else { return }
        throw ValidationError("Write '\(first)' behind the command '\(name)'")
    }
    let isHelp = first == "help"
    var command: any ParsableCommand.Type = MTLNLP.self
    for name in isHelp ? arguments.dropFirst() : arguments.prefix(1)
    where !name.hasPrefix("-") {
        let commands = command.configuration.subcommands
        guard let next = commands.first(where: { $0._commandName == name }) else {
            let names = commands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
            let choice = names.isEmpty ? "" : "; there are \(names.joined(separator: ", "))"
            throw ValidationError("There is no command '\(name)'\(choice)")
        }
        command = next
    }
}
