import ArgumentParser

/// Refuses a command line that gives an option twice: the argument parser would silently take the last one.
///
/// - Throws: `ValidationError`.
func refuseRepeatedOptions(_ arguments: [String]) throws {
    let options = arguments.prefix { $0 != "--" }
        .map { $0 == "-0" ? "--null" : $0 }
        .filter { $0.hasPrefix("--") }
        .map { $0.prefix { $0 != "=" } }
    var seen: Set<Substring> = []
    for option in options where !seen.insert(option).inserted {
        throw ValidationError("The option '\(option)' is given more than once; give it once")
    }
}
