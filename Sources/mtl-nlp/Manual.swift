import ArgumentParser

/// Prints the manual page, for `make install`.
struct Manual: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the manual page.",
        discussion: """
              mtl-nlp manual > mtl-nlp.1
            """,
        shouldDisplay: false)

    func run() throws {
        try writeResult(
            ManualPage(
                dump: MTLNLP._dumpHelp(), version: MTLNLP.configuration.version,
                exitCodes: MTLNLP.exitCodes.map { ($0.code, $0.meaning) },
                environment: MTLNLP.environment.map { ($0.variable, $0.meaning) }
            ).lines)
    }
}
