import Files
import Foundation
import Inference
import LanguageIdentification
import LineFilter
import Logging

/// Answers an input text by text: the filter behind `translate`, `sentiment` and `both`.
final class AnswerFilter {
    private let models: Ensemble
    private let request: AnswerRequest
    private let format: AnswerFormat
    private let options: FilterOptions
    private let analyzer: TextAnalyzer
    private let lookAhead: Int
    private let isQuiet: Bool
    /// Texts that were answered, and how many of the answers are worse than what was asked for.
    private var (answerCount, degradedCount) = (0, 0)
    /// Texts in none of the model's languages.
    private var foreignCount = 0

    /// - Throws: `CommandFailure` and others when there is no usable model.
    init(
        _ models: Ensemble, _ request: AnswerRequest, listsAlternatives: Bool = false,
        inference: InferenceOptions, options: FilterOptions, logging: LoggingOptions
    ) {
        self.models = models
        self.request = request
        self.options = options
        format = AnswerFormat(isJSON: options.isJSON, listsAlternatives: listsAlternatives)
        analyzer = TextAnalyzer(
            models, threadCount: inference.threads.count, batchSize: inference.batchSize)
        lookAhead = inference.lookAhead
        isQuiet = logging.quiet
    }

    /// Answers all of the input.
    ///
    /// - Throws: `CommandFailure` when answers are degraded and that is to be told; what reading and writing throw.
    func run() throws {
        let input = try FilterInput(path: options.input)
        defer { input.close() }
        let output = FilterOutput(path: options.output, separator: options.separator)
        try output.write(besides: input) { writer in
            var progress = isQuiet ? nil : FilterProgress(input, besides: output)
            defer { progress?.end() }
            try answer(input, writer) { progress?.show($0) }
        }
        if foreignCount > 1 {
            logger.warning(
                "\(input.name): \(foreignCount) of \(answerCount) texts are \(inNoLanguage)")
        }
        if options.failOnDegraded, degradedCount > 0 {
            throw CommandFailure(
                .degraded,
                "\(degradedCount) of \(answerCount) answers are degraded; "
                    + (options.isJSON ? "their flags and errors tell why" : "--jsonl tells why"))
        }
    }

    private func answer(
        _ input: FilterInput, _ writer: LineWriter, showProgress: (LineReader) -> Void
    ) throws {
        let reader = LineReader(
            fileDescriptor: input.fileDescriptor, name: input.name, separator: options.separator,
            isStrict: options.strict)
        // Between JSON objects an empty line is one that cannot be read.
        let passages = PassageReader(
            reader, mode: mode, keepsBlankLines: !options.isJSON, isBlank: isBlank)
        try LineFilter.run(passages, writer, lookAhead: lookAhead) { passages in
            passages.lazy.flatMap(\.lines).forEach { warnUnlessUTF8($0, of: input.name) }
            let answers = try answers(to: passages.map(question), in: input.name)
            showProgress(reader)
            return answers
        }
    }

    /// Lines that stay lines are translated one by one, and where nothing but translations is written it does not matter
    /// what paragraphs they are in.
    private var mode: TextMode {
        let isPlainTranslation = request.sentiment == nil && !options.isJSON
        return options.mode == .paragraph && isPlainTranslation ? .line : options.mode
    }

    private func isBlank(_ line: String) -> Bool {
        models.leader.tokenizer.normalizer.normalize(line).string.isEmpty
    }

    private func question(_ passage: Passage) -> Question {
        let isBetweenParagraphs =
            options.mode != mode && passage.lines.allSatisfy { isBlank($0.text) }
        if passage.isBlank || isBetweenParagraphs { return Question(passage, .blankLine) }
        guard options.inputJSONL else {
            let lines =
                mode == .wrapped
                ? [passage.text(joinedBy: " ")] : passage.lines.map(\.text)
            return Question(
                passage, .text(passage.text(joinedBy: "\n"), lines: lines, others: []))
        }
        do {
            let object = try JSONObject(passage.text(joinedBy: "\n"))
            guard let text = object.string("text") else {
                return Question(
                    passage,
                    .problem(object.contains("text") ? "'text' is not a string" : "no 'text'"))
            }
            return Question(passage, .text(text, lines: [text], others: object.members))
        } catch {
            return Question(passage, .problem(error.description))
        }
    }

    private func answers(to questions: [Question], in name: String) throws -> [String] {
        var answers = try analyzer.answers(
            paragraphs: questions.compactMap(\.lines), request,
            identifier: models.leader.languageIdentifier)[...]
        return questions.map { question in
            let passage = question.passage
            let line: String
            switch question.content {
            case .blankLine: line = ""
            case .problem(let problem):
                count(isDegraded: true)
                line = format.line(problem: problem, number: passage.number)
            case .text(let text, _, let others):
                let answer = answers.removeFirst()
                    .adding(passage.isWellFormed ? [] : .badUTF8)
                count(isDegraded: !answer.flags.isDisjoint(with: [.badUTF8, .degenerate]))
                let place = "\(name):\(passage.number)"
                warnIfForeign(answer, to: text, at: place)
                if !options.isJSON { warnOfFlip(answer, at: place) }
                line = format.line(answer, to: text, number: passage.number, others: others)
            }
            return options.keepCRLF && passage.endsInCarriageReturn ? line + "\r" : line
        }
    }

    private func count(isDegraded: Bool) {
        answerCount += 1
        degradedCount += isDegraded ? 1 : 0
    }

    /// Columns have no place for the flag.
    private func warnOfFlip(_ answer: Answer, at place: String) {
        guard answer.flags.contains(.polarityFlip) else { return }
        logger.warning("\(place): the translation feels other than the text")
    }

    /// Names the first text of which nothing good can come.
    private func warnIfForeign(_ answer: Answer, to text: String, at place: String) {
        guard answer.language == nil, models.leader.languageIdentifier != nil,
            ForeignText.applies(to: text)
        else { return }
        foreignCount += 1
        if foreignCount == 1 {
            logger.warning("\(place): \(inNoLanguage); its answer cannot be relied on")
        }
    }

    private var inNoLanguage: String {
        "in none of the model's languages "
            + "(\(models.leader.tokenizer.vocabulary.languages.joined(separator: ", ")))"
    }

    private var logger: Logger { Logger(label: "mtl-nlp") }
}

/// A passage as it is put to the model.
private struct Question {
    enum Content {
        /// A line between paragraphs, which is passed on.
        case blankLine
        /// A text as it was read, the lines it has as the model is to see it, and the JSON members beside it.
        case text(String, lines: [String], others: [JSONObject.Member])
        /// What was read cannot be answered.
        case problem(String)
    }

    let passage: Passage
    let content: Content

    init(_ passage: Passage, _ content: Content) {
        self.passage = passage
        self.content = content
    }

    var lines: [String]? {
        if case .text(_, let lines, _) = content { return lines }
        return nil
    }
}
