import ArgumentParser
import Foundation
import Logging

/// A command that may warn.
protocol LoggingCommand: ParsableCommand {
    var logging: LoggingOptions { get }
}

struct LoggingOptions: ParsableArguments {
    @Flag(help: "Write no warnings and no progress.")
    var quiet = false

    @Flag(help: "Say what is used: version, instruction set, model.")
    var verbose = false

    var level: Logger.Level { quiet ? .error : verbose ? .debug : .info }

    func validate() throws {
        if quiet, verbose {
            throw ValidationError("--quiet and --verbose exclude each other; leave out one of them")
        }
    }
}

struct ThreadOptions: ParsableArguments {
    /// More threads than any machine of today has cores would only use up memory.
    static let range = 1...1024
    private static let variable = "MTL_NLP_THREADS"

    @Option(
        help: ArgumentHelp(
            "The number of threads; the output does not depend on it "
                + "(default: MTL_NLP_THREADS, else one per core).",
            valueName: "n"),
        transform: wholeNumber(in: ThreadOptions.range))
    var threads: Int?

    var count: Int {
        threads ?? (try? Self.environmentCount()) ?? ProcessInfo.processInfo.activeProcessorCount
    }

    func validate() throws { _ = try Self.environmentCount() }

    /// The number that the environment names, if it names one.
    static func environmentCount() throws -> Int? {
        guard let text = environmentValue(variable) else { return nil }
        guard let count = Int(text), range.contains(count) else {
            throw ValidationError(
                "\(variable)=\(text): give a whole number from 1 to \(range.upperBound)")
        }
        return count
    }
}

/// The value of an environment variable; nil if it is unset or empty.
func environmentValue(_ variable: String) -> String? {
    let value = ProcessInfo.processInfo.environment[variable]
    return value == "" ? nil : value
}

/// A reader of option values that must be whole numbers within `range`.
func wholeNumber(in range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
    { text in
        guard let number = Int(text), range.contains(number) else {
            let bounds =
                range.upperBound == .max
                ? "of at least \(range.lowerBound)"
                : "from \(range.lowerBound) to \(range.upperBound)"
            throw ValidationError("give a whole number \(bounds)")
        }
        return number
    }
}
