import Tokenization
import Transformer

/// A normalised sentence and its translation.
public struct TranslationText: Hashable, Sendable {
    public let source: NormalizedText
    public let target: NormalizedText
    /// Which of the target languages the target is in.
    public let languageIndex: Int
    /// Which of the recipe's translation corpora the pair is from.
    public let corpusIndex: Int

    package init(
        source: NormalizedText, target: NormalizedText, languageIndex: Int, corpusIndex: Int
    ) {
        self.source = source
        self.target = target
        self.languageIndex = languageIndex
        self.corpusIndex = corpusIndex
    }
}

/// A normalised text and its sentiment.
public struct SentimentText: Hashable, Sendable {
    public let text: NormalizedText
    public let target: SentimentLoss.Target
    /// Which of the recipe's sentiment corpora the text is from.
    public let corpusIndex: Int
}

/// Sentence pairs to measure translation on, as their file has them.
public struct TranslationTestSet: Sendable {
    public let name: String
    public let from: String
    public let to: String
    public let pairs: [SentencePair]

    /// The name with the languages.
    var title: String { Self.title(name, from: from, to: to) }

    /// That of a set, or of the part of a corpus that is held out.
    static func title(_ name: String, from: String, to: String) -> String {
        "\(name) \(from)-\(to)"
    }

    /// The first pairs of it; all if the count is 0.
    func prefix(_ count: Int) -> TranslationTestSet {
        TranslationTestSet(name: name, from: from, to: to, pairs: pairs.limited(to: count))
    }
}

/// Labelled texts to measure sentiment on, as their file has them.
public struct SentimentTestSet: Sendable {
    public let name: String
    public let texts: [LabelledText]
    /// What a model may answer: a set without neutral texts has two classes, however its labels are written.
    public let classes: Set<SentimentLabel>

    public init(name: String, texts: [LabelledText]) {
        let all = Set(SentimentLabel.allCases)
        let hasNeutral = texts.contains { $0.label == .neutral }
        self.init(name: name, texts: texts, classes: hasNeutral ? all : all.subtracting([.neutral]))
    }

    private init(name: String, texts: [LabelledText], classes: Set<SentimentLabel>) {
        self.name = name
        self.texts = texts
        self.classes = classes
    }

    /// The first texts of it; all if the count is 0.
    func prefix(_ count: Int) -> SentimentTestSet {
        SentimentTestSet(name: name, texts: texts.limited(to: count), classes: classes)
    }
}

extension Array {
    /// The first elements; all if the count is 0.
    fileprivate func limited(to count: Int) -> [Element] {
        count == 0 ? self : Array(prefix(count))
    }
}
