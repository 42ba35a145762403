import ArgumentParser

/// Refuses `help` about a command that does not exist: the argument parser would show the help of what it knows.
///
/// - Throws: `ValidationError`.
func refuseUnknownHelpTopic(_ arguments: [String]) throws {
    guard arguments.first == "help" else { return }
    var command: any ParsableCommand.Type = MTLNLP.self
    for name in arguments.dropFirst() where !name.hasPrefix("-") {
        let commands = command.configuration.subcommands
        guard let next = commands.first(where: { $0._commandName == name }) else {
            throw ValidationError("There is no command '\(name)'")
        }
        command = next
    }
}
