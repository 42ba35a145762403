import Foundation
import Kernels
import Tokenization
import XCTest

@testable import Training

final class BatchSamplerTests: XCTestCase {
    func testAnEpochHoldsEveryExampleOnce() {
        let plan = makePlan(weights: [1, 1], epoch: 3)
        XCTAssertEqual(examples(of: plan).sorted(), Array(0..<1000))
    }

    func testNoBatchPassesTheBudget() {
        let plan = makePlan(weights: [1, 1], epoch: 0)
        let totals = (0..<plan.batchCount).map { tokens(in: plan[$0]) }
        XCTAssertLessThanOrEqual(totals.max() ?? 0, budget)
        XCTAssertGreaterThan(totals.reduce(0, +) / plan.batchCount, budget * 8 / 10)
    }

    func testAnExampleOverTheBudgetStandsAlone() {
        let sizes = [5, 500, 5, 5].map { ExampleSize(tokenCount: $0, sourceTokenCount: 0) }
        let plan = EpochPlan(
            sizes: sizes, corpora: [[0, 1, 2, 3]], weights: [1], budget: 20, seed: 1, epoch: 0)
        let batches = (0..<plan.batchCount).map { plan[$0].sorted() }
        XCTAssertEqual(batches.sorted { $0.count < $1.count }, [[1], [0, 2, 3]])
    }

    func testBatchesHoldExamplesOfSimilarLength() {
        let plan = makePlan(weights: [1, 1], epoch: 0)
        for batch in 0..<plan.batchCount {
            let lengths = plan[batch].map { sizes[Int($0)].tokenCount }
            XCTAssertLessThanOrEqual((lengths.max() ?? 0) - (lengths.min() ?? 0), 6)
        }
    }

    func testWeightsRepeatAndThinOut() {
        let plan = makePlan(weights: [2, 0.25], epoch: 0)
        let counts = Dictionary(examples(of: plan).map { ($0, 1) }, uniquingKeysWith: +)
        XCTAssertEqual((0..<600).map { counts[$0] ?? 0 }, Array(repeating: 2, count: 600))
        let second = counts.filter { $0.key >= 600 }
        XCTAssertEqual(second.count, 100)
        XCTAssertEqual(Set(second.values), [1])
    }

    func testAThinnedCorpusComesRoundInItsEpochs() {
        let seen = (0..<4).flatMap { examples(of: makePlan(weights: [1, 0.25], epoch: $0)) }
        XCTAssertEqual(Set(seen), Set(0..<1000))
    }

    func testEpochsAndSeedsDiffer() {
        XCTAssertEqual(batches(of: makePlan(epoch: 1)), batches(of: makePlan(epoch: 1)))
        XCTAssertNotEqual(batches(of: makePlan(epoch: 1)), batches(of: makePlan(epoch: 2)))
        XCTAssertNotEqual(batches(of: makePlan(epoch: 1)), batches(of: makePlan(epoch: 1, seed: 8)))
    }

    /// A stored position means the same batch in every version of this program.
    func testTheOrderIsFixed() {
        let sizes = (0..<8).map { ExampleSize(tokenCount: $0 + 1, sourceTokenCount: 0) }
        let plan = EpochPlan(
            sizes: sizes, corpora: [Array(0..<8)], weights: [1], budget: 9, seed: 5, epoch: 0)
        XCTAssertEqual(batches(of: plan), [[5], [6], [7], [3, 4], [0, 1, 2]])
    }

    func testAResumedSamplerGoesOnAsTheOther() throws {
        var whole = makeSampler()
        let perEpoch = whole.batchCount
        for stop in [0, 1, perEpoch - 1, perEpoch, perEpoch + 1, 2 * perEpoch + 3] {
            var first = makeSampler()
            for _ in 0..<stop { _ = first.next() }
            let stored = try JSONEncoder().encode(first.position)
            let position = try JSONDecoder().decode(TaskPosition.self, from: stored)
            var second = makeSampler(at: position)
            for _ in 0..<perEpoch + 2 { XCTAssertEqual(first.next(), second.next()) }
            XCTAssertEqual(first.position, second.position)
        }
        let draws = (0..<3 * perEpoch).map { _ in whole.next() }
        XCTAssertEqual(Set(draws.map(\.position.epoch)).count, 3)
    }

    // MARK: Examples of a task

    func testExamplesAreTheTextsSubwords() throws {
        let tokenizer = try makeTokenizer()
        let texts = makeTexts(tokenizer)
        let data = TranslationData(
            texts, tokenizer: tokenizer, maximumLength: 100, bpeDropout: 0, threadCount: 2)
        let examples = data.examples(
            BatchSampler.Draw(position: TaskPosition(), indices: [3, 0]), seed: 1)
        XCTAssertEqual(
            examples,
            [3, 0].map {
                TranslationExample(
                    source: tokenizer.encode(texts[$0].source),
                    target: tokenizer.encode(texts[$0].target), languageIndex: 1)
            })
        XCTAssertEqual(data.sizes[3].tokenCount, Int32(examples[0].target.count))
        XCTAssertEqual(data.sizes[3].sourceTokenCount, Int32(examples[0].source.count))
        XCTAssertEqual(data.tooLongCount, 0)
    }

    func testTooLongTextsAreLeftOutAndCounted() throws {
        let tokenizer = try makeTokenizer()
        let texts = makeTexts(tokenizer)
        let all = TranslationData(
            texts, tokenizer: tokenizer, maximumLength: 1000, bpeDropout: 0, threadCount: 1)
        let lengths = all.sizes.map { max($0.tokenCount, $0.sourceTokenCount) }
        let limit = lengths.sorted()[lengths.count / 2]
        let some = TranslationData(
            texts, tokenizer: tokenizer, maximumLength: Int(limit), bpeDropout: 0.9, threadCount: 1)
        XCTAssertEqual(some.tooLongCount, lengths.count { $0 > limit })
        XCTAssertEqual(some.texts.count + some.tooLongCount, texts.count)
        // BPE-dropout may not make a text longer than the model takes either.
        let draw = BatchSampler.Draw(
            position: TaskPosition(), indices: some.texts.indices.map { Int32($0) })
        for example in some.examples(draw, seed: 4) {
            XCTAssertLessThanOrEqual(max(example.source.count, example.target.count), Int(limit))
        }
    }

    func testDropoutIsAnewEachEpochAndTheSameAtEachRun() throws {
        let tokenizer = try makeTokenizer()
        let texts = makeTexts(tokenizer).map {
            SentimentText(
                text: $0.source, target: .init(.neutral, of: [.neutral]), corpusIndex: 0)
        }
        let data = SentimentData(
            texts, tokenizer: tokenizer, maximumLength: 100, bpeDropout: 0.5, threadCount: 1)
        func examples(epoch: Int, seed: UInt64, threadCount: Int = 1) -> [SentimentExample] {
            SentimentData(
                texts, tokenizer: tokenizer, maximumLength: 100, bpeDropout: 0.5,
                threadCount: threadCount
            ).examples(
                BatchSampler.Draw(
                    position: TaskPosition(epoch: epoch), indices: texts.indices.map { Int32($0) }),
                seed: seed)
        }
        XCTAssertEqual(examples(epoch: 0, seed: 1), examples(epoch: 0, seed: 1, threadCount: 3))
        // A text that an epoch has several times is cut differently each time.
        let longest = try XCTUnwrap(
            data.sizes.indices.max { data.sizes[$0].tokenCount < data.sizes[$1].tokenCount })
        let copies = (0..<2).flatMap { batch in
            data.examples(
                BatchSampler.Draw(
                    position: TaskPosition(batch: batch),
                    indices: [Int32](repeating: Int32(longest), count: 4)), seed: 1)
        }
        XCTAssertGreaterThan(Set(copies.map(\.tokens)).count, 4)
        XCTAssertNotEqual(examples(epoch: 0, seed: 1), examples(epoch: 1, seed: 1))
        XCTAssertNotEqual(examples(epoch: 0, seed: 1), examples(epoch: 0, seed: 2))
        for (example, text) in zip(examples(epoch: 0, seed: 1), data.texts) {
            XCTAssertEqual(tokenizer.decode(example.tokens), text.text.string)
        }
    }

    func testWordDropoutLeavesWordsOutAndKeepsTheirOrder() throws {
        let tokenizer = try makeTokenizer()
        let texts = makeTexts(tokenizer).map {
            SentimentText(
                text: $0.source, target: .init(.neutral, of: [.neutral]), corpusIndex: 0)
        }
        var augmentation = TextAugmentation()
        augmentation.wordDropout = 0.4
        let data = SentimentData(
            texts, tokenizer: tokenizer, maximumLength: 100, bpeDropout: 0,
            augmentation: augmentation, threadCount: 1)
        let draw = BatchSampler.Draw(
            position: TaskPosition(), indices: data.texts.indices.map { Int32($0) })
        var keptCount = 0, wordCount = 0
        for (example, text) in zip(data.examples(draw, seed: 3), data.texts) {
            let words = text.text.string.split(separator: " ")
            let kept = tokenizer.decode(example.tokens).split(separator: " ")
            XCTAssertFalse(kept.isEmpty)
            var rest = words[...]
            for word in kept {
                guard let place = rest.firstIndex(of: word) else {
                    return XCTFail("\(kept) is no part of \(words)")
                }
                rest = rest[(place + 1)...]
            }
            keptCount += kept.count
            wordCount += words.count
        }
        XCTAssertLessThan(keptCount, wordCount)
        XCTAssertGreaterThan(Double(keptCount), 0.4 * Double(wordCount))
    }

    /// What tasks are drawn by is what an epoch costs.
    func testTheTokensOfAnEpoch() throws {
        let tokenizer = try makeTokenizer()
        let data = TranslationData(
            makeTexts(tokenizer), tokenizer: tokenizer, maximumLength: 100, bpeDropout: 0,
            threadCount: 2)
        var batches = TaskBatches(data, weights: [2], budget: 40, seed: 9)
        let tokenCount = (0..<batches.batchCount).reduce(0) { sum, _ in
            sum + batches.next().reduce(0) { $0 + $1.target.count }
        }
        XCTAssertEqual(data.epochTokenCount(weights: [2]), Double(tokenCount))
    }

    func testResumedBatchesAreTheSame() throws {
        let tokenizer = try makeTokenizer()
        let data = TranslationData(
            makeTexts(tokenizer), tokenizer: tokenizer, maximumLength: 100, bpeDropout: 0.2,
            threadCount: 2)
        var whole = TaskBatches(data, weights: [1], budget: 40, seed: 9)
        for _ in 0..<7 { _ = whole.next() }
        var resumed = TaskBatches(
            data, weights: [1], budget: 40, seed: 9, position: whole.position)
        for _ in 0..<7 { XCTAssertEqual(whole.next(), resumed.next()) }
    }

    /// Made ahead, the batches and the places where a run could stop are those of batches made when they are asked for.
    func testPreparedBatchesAreTheSame() throws {
        let tokenizer = try makeTokenizer()
        let data = TranslationData(
            makeTexts(tokenizer), tokenizer: tokenizer, maximumLength: 100, bpeDropout: 0.2,
            threadCount: 2)
        var batches = TaskBatches(data, weights: [1], budget: 40, seed: 9)
        let prepared = PreparedBatches(batches)
        XCTAssertEqual(prepared.position, batches.position)
        for _ in 0..<20 {
            XCTAssertEqual(prepared.next(), batches.next())
            XCTAssertEqual(prepared.position, batches.position)
        }
    }

    private func makeTokenizer() throws -> BPETokenizer {
        try BPETrainer(vocabularySize: 300, languages: ["de", "en"]).train(sentences)
    }

    private func makeTexts(_ tokenizer: BPETokenizer) -> [TranslationText] {
        sentences.indices.map { index in
            TranslationText(
                source: tokenizer.normalizer.normalize(sentences[index]),
                target: tokenizer.normalizer.normalize(sentences[(index + 1) % sentences.count]),
                languageIndex: 1, corpusIndex: 0)
        }
    }

    private let sentences = [
        "the baker sells bread", "the baker bakes the best bread in the village every morning",
        "a letter lies on the table", "the letters", "bread and butter lie on the tables",
        "every villager buys a better butter", "the table is better than the baker's",
    ]

    // MARK: -

    private let budget = 300

    /// 1 to 60 tokens.
    private let sizes: [ExampleSize] = {
        var generator = SeededGenerator(seed: 2)
        return (0..<1000).map { _ in
            ExampleSize(
                tokenCount: Int32(1 + generator.next(below: 60)),
                sourceTokenCount: Int32(1 + generator.next(below: 60)))
        }
    }()

    private func makePlan(weights: [Double] = [1, 1], epoch: Int, seed: UInt64 = 7) -> EpochPlan {
        EpochPlan(
            sizes: sizes, corpora: [Array(0..<600), Array(600..<1000)], weights: weights,
            budget: budget, seed: seed, epoch: epoch)
    }

    private func makeSampler(at position: TaskPosition = TaskPosition()) -> BatchSampler {
        BatchSampler(
            sizes: sizes, corpusIndices: sizes.indices.map { $0 < 600 ? 0 : 1 },
            weights: [1.5, 0.5], budget: budget, seed: 7, position: position)
    }

    private func batches(of plan: EpochPlan) -> [[Int32]] {
        (0..<plan.batchCount).map { Array(plan[$0]) }
    }

    private func examples(of plan: EpochPlan) -> [Int32] { batches(of: plan).flatMap { $0 } }

    private func tokens(in batch: ArraySlice<Int32>) -> Int {
        batch.reduce(0) { $0 + Int(sizes[Int($1)].tokenCount) }
    }
}
