import Inference
import Transformer

/// The quality of translations against references.
public struct TranslationQuality: Sendable {
    public let bleu: BLEU
    public let chrF: ChrF

    /// - Parameter lowercase: whether BLEU ignores case.
    /// - Precondition: there is one reference for each hypothesis.
    public init(hypotheses: [String], references: [String], lowercase: Bool = false) {
        bleu = BLEU.score(
            hypotheses: hypotheses, references: references, lowercase: lowercase)
        chrF = ChrF.score(hypotheses: hypotheses, references: references)
    }

    /// Translates the sources of some pairs and compares the results with their targets.
    ///
    /// - Parameter source: the language of the sources. If it is not given, those that are surely in the target language
    ///   already are not changed.
    /// - Throws: `InferenceError` when the model does not know the language.
    public init(
        _ pairs: [SentencePair], from source: String? = nil, to language: String,
        _ translator: Translator, options: SearchOptions
    ) throws {
        let hypotheses = try translator.translate(
            pairs.map(\.source), from: source, to: language, options: options
        ).map(\.text)
        self.init(hypotheses: hypotheses, references: pairs.map(\.target))
    }
}

extension ClassificationReport {
    /// Classifies texts and compares the results with their labels.
    ///
    /// - Parameter classes: those of the data set; the others are ruled out.
    public init(
        _ texts: [LabelledText], classes: Set<SentimentLabel>, _ classifier: SentimentClassifier
    ) {
        let scores = classifier.classify(texts.map(\.text), labels: classes)
        self.init(
            labels: texts.map(\.label), predictions: scores.map(\.label),
            confidences: scores.map(\.probability))
    }
}
