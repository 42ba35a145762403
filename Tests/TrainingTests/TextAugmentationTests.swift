import Kernels
import Tokenization
import Transformer
import XCTest

@testable import Training

final class TextAugmentationTests: XCTestCase {
    private let sentences = [
        "The baker sells Bread in Paris", "the best bread of the village", "Letters lie on Tables",
        "one two three four five six seven", "Every villager buys Butter",
    ]

    private func tokenizer() throws -> BPETokenizer {
        try BPETrainer(vocabularySize: 300, languages: ["de", "en"]).train(sentences)
    }

    private func augmentation(
        _ change: (inout TextAugmentation) -> Void
    ) -> TextAugmentation {
        var augmentation = TextAugmentation()
        change(&augmentation)
        return augmentation
    }

    /// What the model sees of sentences and their translations, the next sentences, in some epochs.
    private func pairs(
        _ augmentation: TextAugmentation, maximumLength: Int = 500, threadCount: Int = 1,
        seed: UInt64 = 1
    ) throws -> [[(source: String, target: String)]] {
        let tokenizer = try tokenizer()
        let texts = sentences.indices.map { index in
            TranslationText(
                source: tokenizer.normalizer.normalize(sentences[index]),
                target: tokenizer.normalizer.normalize(sentences[(index + 1) % sentences.count]),
                languageIndex: 0, corpusIndex: 0)
        }
        let data = TranslationData(
            texts, tokenizer: tokenizer, maximumLength: maximumLength, bpeDropout: 0,
            augmentation: augmentation, threadCount: threadCount)
        return (0..<20).map { epoch in
            let indices = data.texts.indices.map { Int32($0) }
            let draw = BatchSampler.Draw(
                position: TaskPosition(epoch: epoch), indices: indices)
            return data.examples(draw, seed: seed).map {
                (tokenizer.decode($0.source), tokenizer.decode($0.target))
            }
        }
    }

    func testCapitalsAreTranslatedAsCapitalsAndTheRestAsItShouldBe() throws {
        var seen: [String: Int] = [:]
        for epoch in try pairs(augmentation { $0.caseChange = 1 }) {
            for (index, pair) in epoch.enumerated() {
                let source = sentences[index]
                let target = sentences[(index + 1) % sentences.count]
                switch pair.source {
                case source.inUpperCase():
                    XCTAssertEqual(pair.target, target.inUpperCase())
                    seen["upper", default: 0] += 1
                case source.inLowerCase():
                    XCTAssertEqual(pair.target, target)
                    seen["lower", default: 0] += 1
                default:
                    XCTAssertEqual(pair.source, CaseForm.title.apply(to: source))
                    XCTAssertEqual(pair.target, target)
                    seen["title", default: 0] += 1
                }
            }
        }
        XCTAssertEqual(seen.count, 3)
        XCTAssertGreaterThan(seen.values.min() ?? 0, 20)
    }

    func testTheProbabilityIsKept() throws {
        let epochs = try pairs(augmentation { $0.caseChange = 0.2 })
        let changed = epochs.flatMap { $0.enumerated() }
            .count { $0.element.source != sentences[$0.offset] }
        // Some sentences are in the case that was drawn already.
        XCTAssertLessThan(changed, 35)
        XCTAssertGreaterThan(changed, 5)
        for epoch in try pairs(TextAugmentation()) {
            XCTAssertEqual(epoch.map(\.source), sentences)
        }
    }

    /// In capitals a text has more tokens, and then it may be too long.
    func testAnExampleThatWouldBeTooLongStaysAsItIs() throws {
        let tokenizer = try tokenizer()
        let longest =
            sentences.map { tokenizer.encode(tokenizer.normalizer.normalize($0)).count }
            .max() ?? 0
        for epoch in try pairs(augmentation { $0.caseChange = 1 }, maximumLength: longest) {
            for text in epoch.flatMap({ [$0.source, $0.target] }) {
                XCTAssertLessThanOrEqual(
                    tokenizer.encode(tokenizer.normalizer.normalize(text)).count, longest)
            }
        }
    }

    func testChangesAreAFunctionOfSeedEpochAndExample() throws {
        let augmentation = augmentation { $0.caseChange = 0.5 }
        func sources(threadCount: Int = 1, seed: UInt64 = 1) throws -> [[String]] {
            try pairs(augmentation, threadCount: threadCount, seed: seed).map { $0.map(\.source) }
        }
        let first = try sources()
        XCTAssertEqual(first, try sources(threadCount: 3))
        XCTAssertNotEqual(first, try sources(seed: 2))
        XCTAssertGreaterThan(Set(first).count, 10)
    }

    func testWordsChangePlacesWithTheirNeighbours() throws {
        let words = (0..<2000).map { "w\($0)" }
        var generator = SeededGenerator(seed: 3)
        let text = NormalizedText(words.joined(separator: " "))
        let swapped = augmentation { $0.wordSwap = 0.3 }
            .swappingWords(of: text, using: &generator).string
            .split(separator: " ").map(String.init)
        XCTAssertEqual(swapped.sorted(), words.sorted())
        let distances = swapped.enumerated().map { place, word in
            abs(place - (Int(word.dropFirst()) ?? 0))
        }
        XCTAssertEqual(distances.max(), 1)
        // A pair of 1.3 words is swapped with a probability of 0.3.
        XCTAssertEqual(Double(distances.count { $0 == 1 }) / 2, 2000 * 0.3 / 1.3, accuracy: 60)
        for text in ["", "one"] {
            XCTAssertEqual(
                augmentation { $0.wordSwap = 0.9 }
                    .swappingWords(of: NormalizedText(text), using: &generator).string, text)
        }
    }

    func testTextsToClassifyAreVaried() throws {
        let tokenizer = try tokenizer()
        let texts = sentences.map {
            SentimentText(
                text: tokenizer.normalizer.normalize($0), target: .init(.neutral, of: [.neutral]),
                corpusIndex: 0)
        }
        let data = SentimentData(
            texts, tokenizer: tokenizer, maximumLength: 500, bpeDropout: 0,
            augmentation: augmentation {
                $0.wordSwap = 0.5
                $0.caseChange = 0.9
            }, threadCount: 1)
        let draw = BatchSampler.Draw(
            position: TaskPosition(), indices: texts.indices.map { Int32($0) })
        let seen = data.examples(draw, seed: 1).map { tokenizer.decode($0.tokens) }
        XCTAssertNotEqual(seen, sentences)
        for (text, sentence) in zip(seen, sentences) {
            XCTAssertEqual(
                text.inLowerCase().split(separator: " ").sorted(),
                sentence.inLowerCase().split(separator: " ").sorted())
        }
    }
}
