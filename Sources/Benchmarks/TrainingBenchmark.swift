import Files
import Foundation
import Kernels
import Tokenization
import Training
import Transformer

/// Training steps of translation with the reference shape.
public struct TrainingBenchmark {
    /// Sentence pairs to train on: a file of sentences and one of their translations, line by line.
    public struct Text: Sendable {
        let source: URL
        let target: URL

        public init(source: URL, target: URL) {
            self.source = source
            self.target = target
        }
    }

    /// Target tokens.
    private static let batchTokens = 4000
    /// Pairs of random sentences, enough for many different batches.
    private static let pairCount = 8192
    private static let seed: UInt64 = 1

    private let effort: Effort
    private let threadCount: Int
    private let text: Text?

    /// - Parameter text: without it, sentences are random tokens with the lengths of Multi30k.
    public init(_ effort: Effort, threadCount: Int, text: Text? = nil) {
        self.effort = effort
        self.threadCount = threadCount
        self.text = text
    }

    /// - Throws: `FileError` for the text, `BPETrainerError` if it is too short to learn a vocabulary from.
    public func figures(_ report: (Figure) throws -> Void) throws {
        let batches = try text.map(batches) ?? randomBatches()
        for precision in Precision.allCases { try report(figure(batches, precision)) }
    }

    /// The median of the steps' rates.
    func figure(_ batches: [[TranslationExample]], _ precision: Precision) -> Figure {
        let languages = BenchmarkModel.languages
        let steps = TranslationSteps(
            Model(effort.sizes.configuration(languages: languages)),
            startTokens: languages.indices.map { TokenID(1 + $0) }, precision: precision,
            threadCount: threadCount)
        var next = 0
        let rate = effort.median {
            let batch = batches[next % batches.count]
            next += 1
            let tokenCount = batch.reduce(0) { $0 + $1.target.count }
            return Double(tokenCount) / elapsedSeconds { steps.run(batch) }
        }
        return Figure(
            "training", .targetTokensPerSecond, rate, precision: precision.rawValue,
            threads: Workspace.runningThreadCount(of: threadCount), batch: batchTokens)
    }

    private var batchTokens: Int { Self.batchTokens / effort.divisor }

    /// Batches of sentences of similar length, as training makes them.
    func randomBatches() -> [[TranslationExample]] {
        var generator = SeededGenerator(seed: Self.seed)
        func tokens(_ lengths: SentenceLengths) -> [TokenID] {
            RandomSentence.tokens(
                length: lengths.next(&generator), vocabularySize: effort.sizes.vocabularySize,
                &generator)
        }
        let examples = (0..<Self.pairCount / effort.divisor).map { _ in
            TranslationExample(
                source: tokens(.trainingSource), target: tokens(.trainingTarget), languageIndex: 0)
        }
        var sampler = BatchSampler(
            sizes: examples.map(\.size), corpusIndices: examples.map { _ in 0 }, weights: [1],
            budget: batchTokens, seed: Self.seed)
        return (0..<sampler.batchCount).map { _ in
            sampler.next().indices.map { examples[Int($0)] }
        }
    }

    /// The batches of an epoch, in subwords that are learned from the text.
    private func batches(of text: Text) throws -> [[TranslationExample]] {
        let pairs = try ParallelCorpus.read(source: text.source, target: text.target)
        let tokenizer = try BPETrainer(
            vocabularySize: effort.sizes.vocabularySize, languages: BenchmarkModel.languages,
            threadCount: threadCount
        ).train(pairs.map(\.source) + pairs.map(\.target))
        let texts = pairs.map { pair in
            TranslationText(
                source: tokenizer.normalizer.normalize(pair.source),
                target: tokenizer.normalizer.normalize(pair.target), languageIndex: 0,
                corpusIndex: 0)
        }
        let data = TranslationData(
            texts, tokenizer: tokenizer, maximumLength: Effort.Sizes.maximumLength,
            bpeDropout: 0, threadCount: threadCount)
        guard !data.texts.isEmpty else {
            throw FileError(
                .malformed, text.source,
                "no pair is short enough; give sentences of at most "
                    + "\(Effort.Sizes.maximumLength) tokens")
        }
        var batches = TaskBatches(
            data, weights: [1], budget: batchTokens, seed: Self.seed)
        return (0..<batches.batchCount).map { _ in batches.next() }
    }
}
