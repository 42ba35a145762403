import Kernels
import Tokenization
import Transformer

/// A sentence and its translation as the model learns them; both end in eos.
public struct TranslationExample: Hashable, Sendable {
    public let source: [TokenID]
    public let target: [TokenID]
    /// Which of the target languages the target is in.
    public let languageIndex: Int

    package init(source: [TokenID], target: [TokenID], languageIndex: Int) {
        self.source = source
        self.target = target
        self.languageIndex = languageIndex
    }

    package var size: ExampleSize {
        ExampleSize(tokenCount: Int32(target.count), sourceTokenCount: Int32(source.count))
    }
}

/// A text and its sentiment as the model learns them; the text ends in eos.
public struct SentimentExample: Hashable, Sendable {
    public let tokens: [TokenID]
    public let target: SentimentLoss.Target
}

/// A text of a task that can be made an example.
public protocol TrainingText: Sendable {
    associatedtype Example: Sendable

    /// Which of the recipe's corpora of the task the text is from.
    var corpusIndex: Int { get }
    /// Which class the text is of, below `classCount`.
    var classIndex: Int { get }
    /// How many classes the task has; 1 if its texts have none.
    static var classCount: Int { get }
    /// The size without BPE-dropout.
    func size(_ sampler: SubwordSampler) -> ExampleSize
    func example(_ sampler: SubwordSampler, using generator: inout SeededGenerator) -> Example
}

extension TranslationText: TrainingText {
    public var classIndex: Int { 0 }
    public static var classCount: Int { 1 }

    public func size(_ sampler: SubwordSampler) -> ExampleSize {
        ExampleSize(
            tokenCount: Int32(sampler.encode(target).count),
            sourceTokenCount: Int32(sampler.encode(source).count))
    }

    public func example(
        _ sampler: SubwordSampler, using generator: inout SeededGenerator
    ) -> TranslationExample {
        let (source, target) = sampler.vary(source, target, using: &generator)
        return TranslationExample(
            source: sampler.encode(source, using: &generator),
            target: sampler.encode(target, using: &generator), languageIndex: languageIndex)
    }
}

extension SentimentText: TrainingText {
    public var classIndex: Int { target.label.rawValue }
    public static var classCount: Int { SentimentLabel.allCases.count }

    public func size(_ sampler: SubwordSampler) -> ExampleSize {
        ExampleSize(tokenCount: Int32(sampler.encode(text).count), sourceTokenCount: 0)
    }

    public func example(
        _ sampler: SubwordSampler, using generator: inout SeededGenerator
    ) -> SentimentExample {
        let words = sampler.vary(text, using: &generator)
        return SentimentExample(
            tokens: sampler.encode(words, using: &generator), target: target)
    }
}
