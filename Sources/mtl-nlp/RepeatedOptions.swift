import ArgumentParser

/// A command with options that may be given several times.
protocol RepeatingCommand: ParsableCommand {
    /// By their long names, as `--model`.
    static var repeatableOptions: Set<String> { get }
}

/// Refuses a command line that gives an option twice which its command takes once: the argument parser would silently take
/// the last one.
///
/// - Throws: `ValidationError`.
func refuseRepeatedOptions(_ arguments: [String], of command: any ParsableCommand) throws {
    let repeatable = (type(of: command) as? any RepeatingCommand.Type)?.repeatableOptions ?? []
    let longNames: [Substring: Substring] = ["-0": "--null", "-o": "--output"]
    let options = arguments.prefix { $0 != "--" }
        .map { $0.prefix { $0 != "=" } }
        .map { longNames[$0] ?? $0 }
        .filter { $0.hasPrefix("--") }
    var seen: Set<Substring> = []
    for option in options where !repeatable.contains(String(option)) {
        guard seen.insert(option).inserted else {
            throw ValidationError("The option '\(option)' is given more than once; give it once")
        }
    }
}
