import Inference
import Kernels
import Tokenization
import Transformer

/// Texts whose labels a model carried over from their translations: see `Stage.Projection`.
struct ProjectedTexts {
    /// A text and the label that it got.
    struct Text: Hashable {
        let text: NormalizedText
        let label: SentimentLabel
        /// The index among the projection's languages.
        let language: Int
    }

    /// In the order in which the corpora have them.
    private(set) var texts: [Text] = []
    /// How many were left out, by the reason.
    private(set) var removed: [String: Int]
    private let rule: Stage.Projection

    /// - Parameters:
    ///   - candidates: sentences and their translations for each of the rule's languages.
    ///   - held: what must not be trained on.
    ///   - seed: decides which texts stay where not all may.
    ///   - classify: the scores of texts, in their order.
    init(
        _ rule: Stage.Projection, _ candidates: [[SentencePair]], held: HeldTexts, seed: UInt64,
        classify: ([String]) -> [SentimentScores]
    ) {
        self.rule = rule
        var seen: Set<String> = []
        let sentences = candidates.joined().map(\.source).filter { seen.insert($0).inserted }
        var probabilities = classify(sentences).map { $0.probabilities.map(Double.init) }
        if rule.isBalanced { Self.evenOut(&probabilities) }
        let labelled = zip(sentences, probabilities).map {
            LabelledText(text: $0, probabilities: $1)
        }
        var removed = ["held": 0, "surplus": 0]
        for (language, pairs) in candidates.enumerated() {
            let carried = CarriedLabels(of: labelled, to: pairs) {
                $0.certainty >= rule.minimumProbability
            }
            removed.merge(carried.removed, uniquingKeysWith: +)
            let free = carried.texts.filter { !held.contains($0.text) }
            let chosen = Self.choose(
                free, rule, seed: SeededGenerator.seed(seed, UInt64(language)))
            removed["held", default: 0] += carried.texts.count - free.count
            removed["surplus", default: 0] += free.count - chosen.count
            texts += chosen.map {
                Text(text: NormalizedText($0.text), label: $0.label, language: language)
            }
        }
        self.removed = removed.filter { $0.value > 0 }
    }

    /// Changes what a model thinks of texts to what it would think if it expected all classes alike: divides by its mean
    /// probability of each class, up to scale (Saerens et al. 2002, "Adjusting the Outputs of a Classifier to New a Priori
    /// Probabilities", equation 2.4, with the mean in the place of the old prior).
    private static func evenOut(_ probabilities: inout [[Double]]) {
        guard let classCount = probabilities.first?.count else { return }
        let sums = (0..<classCount).map { index in probabilities.reduce(0) { $0 + $1[index] } }
        for index in probabilities.indices {
            probabilities[index] = zip(probabilities[index], sums).map { $1 > 0 ? $0 / $1 : 0 }
        }
    }

    /// As many texts of each class, the most probable, or in all, drawn at random, as the rule allows; in their order.
    private static func choose(
        _ texts: [LabelledText], _ rule: Stage.Projection, seed: UInt64
    ) -> [LabelledText] {
        var generator = SeededGenerator(seed: seed)
        var order = Array(texts.indices)
        generator.shuffle(&order)
        if rule.isBalanced {
            let classes = SentimentLabel.allCases.map { label in
                order.filter { texts[$0].label == label }
                    .sorted { texts[$0].certainty > texts[$1].certainty }
            }
            let rarest = classes.map(\.count).min() ?? 0
            let limit = rule.most == 0 ? rarest : min(rarest, rule.most / classes.count)
            order = classes.flatMap { $0.prefix(limit) }
        } else if rule.most > 0 {
            order = Array(order.prefix(rule.most))
        }
        return order.sorted().map { texts[$0] }
    }
}

extension LabelledText {
    /// The probability of its label.
    fileprivate var certainty: Double { probabilities?[label.rawValue] ?? 1 }
}

extension ProjectedTexts: CustomStringConvertible {
    var description: String {
        let languages = rule.languages.enumerated().map { index, language in
            let own = texts.filter { $0.language == index }
            let classes = SentimentLabel.allCases.map { label in
                "\(own.count { $0.label == label }) \(label.name)"
            }
            return "\(own.count) texts of \(language) (\(classes.joined(separator: ", ")))"
        }
        let reasons = removed.sorted { $0.key < $1.key }.map { ", \($0.value) \($0.key)" }
        return "labels projected from \(rule.from): \(languages.joined(separator: ", "))"
            + reasons.joined()
    }
}

/// The held texts of sentiment, by their words.
struct HeldTexts {
    private let texts: Set<WordSequence>

    init(_ sets: [SentimentTestSet]) {
        texts = Set(sets.flatMap(\.texts).map { WordSequence($0.text) })
    }

    func contains(_ text: String) -> Bool { texts.contains(WordSequence(text)) }
}
