import ArgumentParser
import Files
import Foundation
import LanguageIdentification
import LineFilter
import Logging
import Training

struct CorpusClean: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Leave out the lines of a corpus that are not worth training on.",
        discussion: """
            Reads lines of source TAB target or, with --labelled, of text TAB label (or three \
            probabilities), plain or compressed with gzip. The lines that stay are written as they \
            were, byte for byte. Standard error tells how many lines went and why. A line that \
            breaks several rules is counted under the first of

              empty          no text, or white space alone
              too_long       more words than --maximum-words
              letters        of pairs: too few letters, see --minimum-letters
              length_ratio   of pairs: one side too long for the other, see --maximum-ratio
              copy           of pairs: the same on both sides, from four words on
              language       surely in another language than --from, --to or --language
              placeholders   of pairs: a link, placeholder, tag or emoji on one side alone
              numbers        of pairs: each side has a number that the other lacks
              conflict       of labels: the text has different ones; all its lines go
              duplicate      the pair, or the text with its label, for the second time

            which all look at text as it is normalised for a model.

              mtl-nlp corpus clean --pairs --from en --to de pairs.tsv.gz > clean.tsv
              paste en.txt de.txt | mtl-nlp corpus clean --rules empty,copy > c.tsv
              mtl-nlp corpus clean --labelled --rejected bad.tsv -o good.tsv reviews.tsv
            """)

    enum Kind: String, EnumerableFlag {
        case pairs, labelled

        static func help(for value: Kind) -> ArgumentHelp? {
            switch value {
            case .pairs: "Lines are a text and its translation (this is the default)."
            case .labelled: "Lines are a text and its label."
            }
        }

        var rules: [CleaningRules.Rule] {
            self == .pairs ? CleaningRules.Rule.ofPairs : CleaningRules.Rule.ofLabelledTexts
        }
    }

    @Flag var kind: Kind = .pairs

    @Option(
        help: ArgumentHelp(
            "The rules to apply, with commas between them (default: all).", valueName: "rules"))
    var rules: String?

    @Option(help: ArgumentHelp("The language of the sources of pairs.", valueName: "language"))
    var from: String?

    @Option(help: ArgumentHelp("The language of the targets of pairs.", valueName: "language"))
    var to: String?

    @Option(help: ArgumentHelp("The language of labelled texts.", valueName: "language"))
    var language: String?

    @Option(
        help: ArgumentHelp("The most words of a text.", valueName: "n"),
        transform: wholeNumber(in: 1...1_000_000))
    var maximumWords = CleaningRules().maximumWords

    @Option(
        help: ArgumentHelp(
            "How many times as long as the other a side may be, in words plus 3 and in characters "
                + "plus 10.", valueName: "ratio"))
    var maximumRatio = CleaningRules().maximumRatio

    @Option(
        help: ArgumentHelp(
            "The least share of letters in what is not white space.", valueName: "share"))
    var minimumLetters = CleaningRules().minimumLetters

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write this file (default: standard output). It replaces an older one at the end, "
                + "whole or not at all.", valueName: "file"), completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Write the other lines to this file (-: standard output), each behind its reason and a "
                + "TAB.",
            valueName: "file"), completion: .file())
    var rejected: String?

    @Flag(help: "Print the counts as JSON on standard output; needs --output.")
    var json = false

    @Argument(help: "The corpus (default: standard input).", completion: .file())
    var input: String?

    @OptionGroup var identifier: LanguageIdentifierOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        if maximumRatio.isNaN || maximumRatio < 1 {
            throw ValidationError("--maximum-ratio \(maximumRatio): give a number of at least 1")
        }
        guard (0..<1).contains(minimumLetters) else {
            throw ValidationError(
                "--minimum-letters \(minimumLetters): give a number from 0 to less than 1")
        }
        switch kind {
        case .pairs where language != nil:
            throw ValidationError("--language is of labelled texts; use --from and --to")
        case .labelled where from != nil || to != nil:
            throw ValidationError("--from and --to are of pairs; use --language")
        default: break
        }
        if try chosenRules?.contains(.language) ?? false, !hasLanguage {
            throw ValidationError(
                "the rule 'language' needs \(kind == .pairs ? "--from or --to" : "--language")")
        }
    }

    private var hasLanguage: Bool { from != nil || to != nil || language != nil }

    /// The rules that are named; nil if none are.
    private var chosenRules: [CleaningRules.Rule]? {
        get throws {
            let names = rules?.split(separator: ",", omittingEmptySubsequences: false)
            return try names?.map { name in
                guard let rule = CleaningRules.Rule(rawValue: String(name)),
                    kind.rules.contains(rule)
                else {
                    let known = kind.rules.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError(
                        "unknown rule '\(name)' of --\(kind.rawValue); there are \(known)")
                }
                return rule
            }
        }
    }

    func run() throws {
        let source = try FilterInput(path: input)
        defer { source.close() }
        let lines = try corpusLines(source)
        let cleaning = try clean(lines, of: source.name)
        try write(lines, cleaning, source)
        let logger = Logger(label: "mtl-nlp")
        logger.info("\(source.name): \(cleaning.summary)")
        if cleaning.keptCount == 0, cleaning.lineCount > 0 {
            let advice =
                kind == .pairs && !hasLanguage
                ? "; if the lines are labelled texts, give --labelled" : ""
            logger.warning("\(source.name): no line is kept\(advice)")
        }
        if json {
            try writeResult(
                json: Report(
                    lines: cleaning.lineCount, kept: cleaning.keptCount,
                    removed: cleaning.removed))
        }
    }

    private struct Report: Encodable {
        let lines: Int
        let kept: Int
        let removed: [String: Int]
    }

    private func clean(_ lines: [String], of file: String) throws -> CorpusCleaning {
        var rules = CleaningRules()
        rules.rules = try chosenRules
        rules.maximumWords = maximumWords
        rules.maximumRatio = maximumRatio
        rules.minimumLetters = minimumLetters
        let identifier =
            hasLanguage && rules.contains(.language) ? try identifier.load() : nil
        try refuseUnknownLanguages(identifier)
        return switch kind {
        case .pairs:
            try CorpusCleaning(
                pairs: lines, file: file, rules, identifier: identifier, source: from, target: to,
                threadCount: threads.count)
        case .labelled:
            try CorpusCleaning(
                labelled: lines, file: file, rules, identifier: identifier, language: language,
                threadCount: threads.count)
        }
    }

    /// - Throws: `CommandFailure` for a language that the identifier cannot tell from others.
    private func refuseUnknownLanguages(_ identifier: LanguageIdentifier?) throws {
        guard let identifier else { return }
        for code in [from, to, language].compactMap(\.self)
        where !identifier.languages.contains(code) {
            throw CommandFailure(
                .usage,
                "the language identifier does not know '\(code)', but "
                    + "\(identifier.languages.joined(separator: ", ")); leave the language out, or "
                    + "name another --identifier")
        }
    }

    private func write(
        _ lines: [String], _ cleaning: CorpusCleaning, _ source: FilterInput
    ) throws {
        let output = FilterOutput(path: output)
        let standardOutput = FilterOutput(path: nil)
        if json,
            [output, rejected.map { FilterOutput(path: $0) }].compactMap(\.self)
                .contains(where: { $0.path == nil || $0.mixes(with: standardOutput) })
        {
            throw CommandFailure(
                .usage, "--json: standard output has the counts; name files for the lines")
        }
        if let rejected = rejected.map({ FilterOutput(path: $0) }) {
            if rejected.mixes(with: output) {
                throw CommandFailure(
                    .usage,
                    "\(rejected.path ?? "-"): the lines that stay and the others go to the same "
                        + "file; name two")
            }
            try rejected.write(besides: source) { writer in
                for (line, rule) in zip(lines, cleaning.breaches) {
                    if let rule { try writer.write("\(rule.rawValue)\t\(line)") }
                }
                try writer.flush()
            }
        }
        try output.write(besides: source) { writer in
            for (line, rule) in zip(lines, cleaning.breaches) where rule == nil {
                try writer.write(line)
            }
            try writer.flush()
        }
    }
}

extension CorpusCleaning {
    /// The counts on one line.
    fileprivate var summary: String {
        let reasons = CleaningRules.Rule.allCases.compactMap { rule in
            removed[rule.rawValue].map { ", \($0) \(rule.rawValue)" }
        }
        return "\(lineCount) lines, \(keptCount) kept" + reasons.joined()
    }
}
