import Foundation
import Inference
import Tokenization
import Transformer

/// What a finished model answers to the test sets of a study, and how long it takes.
struct Measurement: Codable {
    /// What decides the answers besides the model.
    struct Rule: Codable, Hashable {
        let beamSize: Int
        /// The SHA-256 of the files of the test sets.
        let digests: [String: String]
        /// How many texts the time is taken on.
        let timedCount: Int
    }

    /// The most texts that the time to answer is taken on.
    static let timedCount = 200

    let rule: Rule
    /// The translations of each test set, in the order of the sets; empty if the task was not trained.
    let translations: [[String]]
    /// The labels of each test set, in the order of the sets; empty if the task was not trained.
    let predictions: [[SentimentLabel]]
    /// For the timed texts with one thread: a task by itself, and both at once.
    let seconds: AnswerSeconds

    struct AnswerSeconds: Codable, Hashable {
        var translation: Double?
        var sentiment: Double?
        var both: Double?
    }

    /// - Parameter tasks: those that the model was trained for.
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
                classifier.classify(set.texts.map(\.text), labels: set.scheme.classes).map(\.label)
            } : []
        seconds = try Self.seconds(
            loaded, Array(tests.timedTexts.prefix(rule.timedCount)), tests, options, tasks,
            batchSize: batchSize)
    }

    /// The median of some rounds; the first one, in which weights are packed, does not count.
    private static func seconds(
        _ loaded: LoadedModel, _ texts: [String], _ tests: StudyTests, _ options: SearchOptions,
        _ tasks: [TrainingTask], batchSize: Int
    ) throws -> AnswerSeconds {
        let analyzer = TextAnalyzer(loaded, threadCount: 1, batchSize: batchSize)
        let target = tests.translation.first?.to ?? loaded.model.configuration.languages[0]
        let translation = TranslationRequest(to: target, from: .given(""), options: options)
        func median(_ request: AnswerRequest) throws -> Double {
            let rounds = try (0..<4).map { _ in
                let start = ContinuousClock.now
                _ = try analyzer.answers(texts, request)
                let elapsed = (ContinuousClock.now - start).components
                return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
            }
            return rounds.dropFirst().sorted()[1]
        }
        var seconds = AnswerSeconds()
        if tasks.contains(.translation) {
            seconds.translation = try median(AnswerRequest(translation: translation))
        }
        if tasks.contains(.sentiment) {
            seconds.sentiment = try median(AnswerRequest(sentiment: SentimentRequest()))
        }
        if tasks.count == TrainingTask.allCases.count {
            seconds.both = try median(
                AnswerRequest(translation: translation, sentiment: SentimentRequest()))
        }
        return seconds
    }
}

/// The test sets of a study.
struct StudyTests {
    let translation: [TranslationTestSet]
    let sentiment: [SentimentTestSet]
    /// The SHA-256 of each file, by its path below the corpora.
    let digests: [String: String]

    /// - Throws: `FileError`.
    init(_ corpora: Recipe.Corpora, folder: URL) throws {
        translation = try corpora.translation.flatMap {
            $0.testSets(of: try $0.read(in: folder).pairs, most: 0)
        }
        sentiment = try corpora.sentiment.flatMap {
            $0.testSets(of: try $0.read(in: folder).texts, most: 0)
        }
        var digests: [String: String] = [:]
        for file in corpora.files where digests[file] == nil {
            digests[file] = try TextFile.sha256(of: folder.appending(path: file))
        }
        self.digests = digests
    }

    /// What the time to answer is taken on: sources of the first translation set, else texts of the first sentiment set.
    var timedTexts: [String] {
        translation.first?.pairs.map(\.source) ?? sentiment.first?.texts.map(\.text) ?? []
    }
}
