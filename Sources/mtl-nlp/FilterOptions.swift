import ArgumentParser
import LineFilter

/// What the commands that answer texts read and write, and how.
struct FilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Read this file (default, and -: standard input).", valueName: "file"),
        completion: .file())
    var input: String?

    @Option(
        help: ArgumentHelp(
            "Write this file (default, and -: standard output). It replaces an older one at the end, "
                + "whole or not at all; a device or a pipe is written as the answers come.",
            valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "What a text is: a line; a paragraph, up to a blank line, whose lines stay lines in "
                + "the output of 'translate' and in JSON; or one whose lines are joined first "
                + "(wrapped).",
            valueName: "mode"))
    var mode = TextMode.line

    @Flag(
        name: [.customShort("0"), .customLong("null")],
        help: "NUL ends a text and its answer, in place of a line feed.")
    var null = false

    @Flag(help: "Answer with a JSON object on each line.")
    var jsonl = false

    @Flag(
        name: .customLong("input-jsonl"),
        help: "Read JSON objects and answer each 'text' with one (implies --jsonl).")
    var inputJSONL = false

    @Flag(
        name: .customLong("keep-crlf"),
        help: "End an answer with CR LF where its line ended so.")
    var keepCRLF = false

    @Flag(help: "Stop at a line that is not UTF-8.")
    var strict = false

    @Flag(help: "Exit with 1 if lines are degraded: see above.")
    var failOnDegraded = false

    var isJSON: Bool { jsonl || inputJSONL }
    var separator: RecordSeparator { null ? .nul : .lineFeed }

    func validate() throws {
        if mode != .line, inputJSONL || null {
            throw ValidationError(
                "--mode \(mode.rawValue) needs plain lines; "
                    + "leave out --\(inputJSONL ? "input-jsonl" : "null")")
        }
        if null, keepCRLF {
            throw ValidationError("--keep-crlf has no meaning with --null; leave out one of them")
        }
    }

    /// The help that is common to the commands.
    static let discussion = """
        A line is answered at once if no more input is waiting; otherwise lines are answered in \
        batches. Only a line feed ends a line, and a carriage return before it is dropped. Bytes \
        that are not UTF-8 are read as U+FFFD, with a warning.

        With --jsonl each answer is an object: line (from 1), text, what was asked for, language, \
        and flags: empty, bad-utf8, split (a sentence was cut into parts: too long, or \
        translated only in part), repaired (what must not be translated was put back, or what was \
        made up taken away), copied, target-language (the text was in it already), degenerate \
        (the model was at a loss; this is a second choice), polarity-flip, low-confidence. \
        translation_score is the log-probability per token, on average; score is from -1 \
        (negative) to 1 (positive); language is und where none can be told. With --input-jsonl the \
        other members of the input object follow as they were typed, but for those with the name \
        of one of ours; a line that is no such object is answered with line and error.

        Degraded are lines with bad-utf8 or degenerate, and those with an error.
        """
}

extension TextMode: ExpressibleByArgument {}
