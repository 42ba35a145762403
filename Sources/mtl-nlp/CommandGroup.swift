import ArgumentParser

/// A command that holds others and does nothing by itself: the argument parser would print help into the output.
protocol CommandGroup: ParsableCommand {}

extension CommandGroup {
    func run() throws {
        let names = Self.configuration.subcommands.map { $0._commandName }
        throw ValidationError(
            "'\(Self._commandName)' needs a command behind it: \(names.joined(separator: ", "))")
    }
}
