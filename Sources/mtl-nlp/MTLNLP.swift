import ArgumentParser
import Foundation
import Kernels
import Logging

@main
struct MTLNLP: ParsableCommand {
    static let exitCodes: [(code: String, meaning: String)] = [
        ("0", "done"), ("1", "done but --fail-on-degraded was given and lines are"),
        ("64", "wrong usage"), ("65", "malformed data"), ("66", "missing file"), ("69", "no model"),
        ("71", "out of memory"), ("73", "the output exists"), ("74", "reading or writing failed"),
        ("130", "stopped by SIGINT"), ("143", "stopped by SIGTERM"),
    ]

    static let environment: [(variable: String, meaning: String)] = [
        ("MTL_NLP_MODEL", "The model's folder, where --model names none."),
        ("MTL_NLP_THREADS", "The number of threads, where --threads gives none."),
        ("MTL_NLP_CORPORA", "The folder of the corpora, where --corpora names none."),
        ("MTL_NLP_ISA", "The instruction set to use, instead of the best there is."),
    ]

    static let configuration = CommandConfiguration(
        commandName: "mtl-nlp",
        abstract: "Translates text and says how it feels; trains the model for both.",
        discussion: """
            Most commands are filters: one line of standard output answers one line of standard \
            input, in the same order.

              echo "A man is riding a bike." | mtl-nlp translate --to de
              echo "What a wonderful film!" | mtl-nlp sentiment
              mtl-nlp both --to de --jsonl < remarks.txt

            The model is the folder given with --model, else the one that MTL_NLP_MODEL names, \
            else the one that comes with the program. MTL_NLP_ISA forces an instruction set: \
            generic, x86-64-v3, x86-64-v4, x86-64-v4-bf16 or x86-64-v4-amx.

            Exit codes: \(exitCodes.map { "\($0.code) \($0.meaning)" }.joined(separator: ", ")).

            --generate-completion-script bash (or zsh, fish) prints what makes the shell complete \
            commands and options; 'make install' puts it where shells look.
            """,
        version: "0.1.0",
        subcommands: [
            Translate.self, Sentiment.self, Both.self, Normalize.self, TokenizerCommand.self,
            LanguageCommand.self, CorpusCommand.self, Train.self, StudyCommand.self, Score.self,
            Evaluate.self, Calibrate.self, Average.self, Info.self, Verify.self, Benchmark.self,
            Manual.self,
        ])

    static func main() {
        reserveStandardStreams()
        // Over the limit of `ulimit -f` a write fails as on a full disk, and what is half a file is taken away.
        signal(SIGXFSZ, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try refuseUnknownCommand(arguments)
            var command = try parseAsRoot(arguments)
            try refuseRepeatedOptions(arguments, of: command)
            let level = (command as? any LoggingCommand)?.logging.level ?? .info
            LoggingSystem.bootstrap { _ in StandardErrorLog(logLevel: level) }
            try InstructionSet.validateEnvironment()
            Logger(label: "mtl-nlp").debug(
                "version \(configuration.version), \(InstructionSet.current.rawValue)")
            if let notice = InstructionSet.notice {
                Logger(label: "mtl-nlp").warning("\(notice)")
            }
            try command.run()
        } catch {
            Foundation.exit(report(error).rawValue)
        }
    }

    /// Says what happened, in one line, and returns the status to exit with.
    private static func report(_ error: any Error) -> ExitStatus {
        let status = ExitStatus(error)
        switch status {
        case .success:  // --help and --version
            let lines = fullMessage(for: error).split(
                separator: "\n", omittingEmptySubsequences: false)
            do { try writeResult(lines.map(String.init)) } catch { return report(error) }
        case .brokenPipe: break
        default:
            let lines = message(for: error).split(whereSeparator: \.isNewline)
            let text = lines.joined(separator: " ")
            StandardError.write(sentence(text + (fileHint(text) ?? ""), advice(for: error)))
        }
        return status
    }

    /// What to do with the name of a file or folder where none is expected.
    private static func fileHint(_ message: String) -> String? {
        let parts = message.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "Unexpected argument " else { return nil }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: String(parts[1]), isDirectory: &isFolder)
        else { return nil }
        return isFolder.boolValue
            ? "; each model's folder is named with --model" : "; read a file with <"
    }

    private static func sentence(_ message: String, _ advice: String?) -> String {
        guard let advice else { return message }
        return message.hasSuffix("?")
            ? "\(message) See \(advice)"
            : "\(message.hasSuffix(".") ? message.dropLast() : message[...]); see \(advice)"
    }

    /// Where the argument parser says that help is; nothing after errors of others, which give their own advice.
    private static func advice(for error: any Error) -> String? {
        let hint = "See '"
        let lines = fullMessage(for: error).split(whereSeparator: \.isNewline)
        guard let line = lines.last?.drop(while: { $0 == " " }), line.hasPrefix(hint) else {
            return nil
        }
        return "'" + line.dropFirst(hint.count).prefix { $0 != "'" } + "'"
    }
}
