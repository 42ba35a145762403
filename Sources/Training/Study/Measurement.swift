import Inference
import Kernels
import Transformer

/// What a finished model answers to the test sets of a study, and how long it takes.
struct Measurement: Codable {
    /// What decides the answers besides the model.
    struct Rule: Codable, Hashable {
        /// The definitions of the test sets: answers stand in their order.
        let tests: Recipe.Corpora
        /// The SHA-256 of the files of the test sets.
        let digests: [String: String]
        let beamSize: Int
        /// In which the model answers.
        let precision: InferencePrecision
        /// The most texts that times are taken on.
        let timedCount: Int

        init(_ study: Study, digests: [String: String]) {
            tests = study.tests
            self.digests = digests
            beamSize = study.beamSize
            precision = LoadedModel.defaultPrecision
            timedCount = 200
        }
    }

    let rule: Rule
    /// The translations of each test set, in the order of the sets; empty if the task was not trained.
    let translations: [[String]]
    /// The labels of each test set, in the order of the sets; empty if the task was not trained.
    let predictions: [[SentimentLabel]]
    /// To answer the timed texts, with one thread.
    let answerSeconds: TaskSeconds
    /// Of these, to bring the tokens of the texts through the encoder.
    let encoderSeconds: TaskSeconds
}

extension Measurement {
    /// - Parameters:
    ///   - loaded: in the precision of the rule.
    ///   - tasks: those that the model was trained for.
    init(
        _ loaded: LoadedModel, _ tests: StudyTests, _ rule: Rule, tasks: [TrainingTask],
        batchSize: Int, threadCount: Int
    ) throws {
        self.rule = rule
        let options = SearchOptions(beamSize: rule.beamSize)
        let analyzer = TextAnalyzer(loaded, threadCount: threadCount, batchSize: batchSize)
        translations =
            tasks.contains(.translation)
            ? try tests.translation.map { set in
                let request = TranslationRequest(
                    to: set.to, from: .given(set.from), options: options)
                return try analyzer.answers(
                    set.pairs.map(\.source), AnswerRequest(translation: request)
                ).map { $0.translation?.text ?? "" }
            } : []
        let classifier = SentimentClassifier(
            loaded, threadCount: threadCount, batchSize: batchSize)
        predictions =
            tasks.contains(.sentiment)
            ? tests.sentiment.map { set in
                classifier.classify(set.texts.map(\.text), labels: set.classes).map(\.label)
            } : []
        let texts = Array(tests.timedTexts.prefix(rule.timedCount))
        answerSeconds = try Self.answerSeconds(
            loaded, texts, tests, options, tasks, batchSize: batchSize)
        encoderSeconds = Self.encoderSeconds(loaded, texts, tasks, batchSize: batchSize)
    }

    private static func answerSeconds(
        _ loaded: LoadedModel, _ texts: [String], _ tests: StudyTests, _ options: SearchOptions,
        _ tasks: [TrainingTask], batchSize: Int
    ) throws -> TaskSeconds {
        let analyzer = TextAnalyzer(loaded, threadCount: 1, batchSize: batchSize)
        let languages = loaded.model.configuration.languages
        // The language is told: finding it out takes a time that is not the model's. A text that is in the target
        // language already would only be copied.
        let source = tests.timedLanguage
        let target =
            tests.translation.first?.to ?? languages.first { $0 != source } ?? languages[0]
        let translation = TranslationRequest(to: target, from: .given(source), options: options)
        return try TaskSeconds(tasks) { tasks in
            let request = AnswerRequest(
                translation: tasks.contains(.translation) ? translation : nil,
                sentiment: tasks.contains(.sentiment) ? SentimentRequest() : nil)
            _ = try analyzer.answers(texts, request)
        }
    }

    private static func encoderSeconds(
        _ loaded: LoadedModel, _ texts: [String], _ tasks: [TrainingTask], batchSize: Int
    ) -> TaskSeconds {
        let maximumLength = loaded.model.configuration.maximumLength
        let tokenizer = loaded.tokenizer
        let sentences = texts.map {
            Array(tokenizer.encode(tokenizer.normalizer.normalize($0)).prefix(maximumLength))
        }
        let batches = stride(from: 0, to: sentences.count, by: batchSize).map {
            Batch(Array(sentences[$0..<min($0 + batchSize, sentences.count)]))
        }
        let workspace = Workspace(threadCount: 1)
        let pass = loaded.pass(workspace)
        return TaskSeconds(tasks) { tasks in
            for batch in batches {
                let mark = workspace.arena.mark
                _ = loaded.model.encode(batch, for: tasks, pass)
                workspace.arena.release(to: mark)
            }
        }
    }
}
