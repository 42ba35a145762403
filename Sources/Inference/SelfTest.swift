import Tokenization
import Transformer

/// What a model answers to a sentence. As long as it gives the answers that stand in its card, its files are those that
/// were written, and this program computes on this machine what the writer computed on his.
public struct SelfTest: Codable, Hashable, Sendable {
    public let text: String
    /// The greedy translation into each language, computed in fp32: token IDs with spaces between them, without the end.
    public let translations: [String: String]
    /// The probability of each label, by the raw values of the labels, computed in fp32.
    public let sentiment: [Float]

    /// What is asked when nothing else is said.
    static let defaultText = "Two children are reading a book in the garden."

    /// How far probabilities may lie apart: instruction sets round in different ways.
    private static let tolerance: Float = 0.001

    /// Asks a model.
    init(_ loaded: LoadedModel, text: String = defaultText) {
        let loaded = LoadedModel(
            model: loaded.model, parameters: loaded.parameters, tokenizer: loaded.tokenizer,
            card: loaded.card, precision: .fp32)
        self.text = text
        let parts = TextPartition(
            loaded.tokenizer, maximumLength: loaded.model.configuration.maximumLength
        ).sentences(text, language: nil).flatMap { $0.parts.map(\.tokens) }
        let translator = Translator(loaded, threadCount: 1)
        let vocabulary = loaded.tokenizer.vocabulary
        var translations: [String: String] = [:]
        for language in vocabulary.languages {
            guard let startID = vocabulary.bosID(for: language) else { continue }
            translations[language] =
                translator
                .search(parts, startID: startID, options: SearchOptions(beamSize: 1))
                .flatMap { $0.first?.tokens ?? [] }
                .map(String.init).joined(separator: " ")
        }
        self.translations = translations
        sentiment = SentimentClassifier(loaded, threadCount: 1).classify([text])[0].probabilities
    }

    /// Whether the model computes numbers at all.
    var isFinite: Bool { sentiment.allSatisfy(\.isFinite) }

    /// How the answers differ from others to the same text, in words; nil if they do not.
    func difference(from expected: SelfTest) -> String? {
        for language in translations.keys.sorted()
        where translations[language] != expected.translations[language] {
            return "the self-test translates to \(language) as tokens "
                + "'\(translations[language] ?? "")', "
                + "not '\(expected.translations[language] ?? "")'"
        }
        let agree =
            sentiment.count == expected.sentiment.count
            && zip(sentiment, expected.sentiment).allSatisfy { abs($0 - $1) <= Self.tolerance }
        return agree
            ? nil : "the self-test has the sentiment \(sentiment), not \(expected.sentiment)"
    }
}
