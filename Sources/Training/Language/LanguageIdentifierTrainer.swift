import Kernels
import LanguageIdentification

/// Learns to tell languages apart from texts in each.
///
/// Examples are drawn from the languages in equal shares, whatever the sizes of their texts; some are fragments or lack
/// their accents (`TextVariation`), and some are in no language (`InventedLanguage`, and texts given as such). A part of
/// the texts is kept back: on it the probabilities are calibrated. The same texts and seed give the same identifier, with
/// any number of threads.
public struct LanguageIdentifierTrainer: Sendable {
    /// What training gives.
    public struct Outcome: Sendable {
        public let identifier: LanguageIdentifier
        /// What the logits were divided by.
        public let temperature: Double
        /// The share of right answers among the examples that were kept back, fragments included.
        public let heldAccuracy: Double
    }

    /// Texts that nothing can be learned from: one line that says what is wrong and what to do.
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    /// How many examples are learned from.
    public var exampleCount = 1_000_000
    public var seed: UInt64 = 1
    public var threadCount = 1

    private static let learningRate: Float = 0.3
    /// One text in so many is kept back.
    private static let heldDivisor = 50
    private static let heldExampleCount = 40_000
    private static let chunkSize = 1 << 14

    public init() {}

    /// - Parameter texts: those of one code are taken together; the languages come in the order of their first texts.
    ///   Texts of the code `LanguageEstimate.undetermined` need not be there.
    /// - Throws: `Problem` if there are not two languages or more, or not two different texts of each.
    public func train(_ texts: [LanguageTexts]) throws -> Outcome {
        var languages: [String] = []
        for texts in texts
        where texts.code != LanguageEstimate.undetermined && !languages.contains(texts.code) {
            languages.append(texts.code)
        }
        if let problem = LanguageIdentifier.problem(ofLanguages: languages) {
            throw Problem(description: "\(problem); give texts of two languages or more")
        }
        let parts = try languages.map { try self.parts(of: $0, texts) }
        let others =
            texts.contains { $0.code == LanguageEstimate.undetermined }
            ? try self.parts(of: LanguageEstimate.undetermined, texts)
            : Parts(training: [], held: [])
        let weights = learn(
            from: LanguageExamples(languages: parts.map(\.training), others: others.training))
        return calibrate(
            languages, weights,
            on: LanguageExamples(languages: parts.map(\.held), others: others.held))
    }

    /// The texts of a language to learn from and those to keep back.
    private struct Parts {
        let training: [String]
        let held: [String]
    }

    /// The same text, case and punctuation aside, falls on one side.
    private func parts(of code: String, _ texts: [LanguageTexts]) throws -> Parts {
        let texts = texts.filter { $0.code == code }.flatMap(\.texts)
        let keys = texts.concurrentMap(threadCount: threadCount) {
            SeededGenerator.seed(seed, WordSequence($0).key)
        }
        let distinct = Set(keys).sorted()
        guard distinct.count >= 2 else {
            throw Problem(
                description:
                    "\(code): there are not two different texts; give more of that language")
        }
        let firstOfTraining = distinct[max(1, distinct.count / Self.heldDivisor)]
        var training: [String] = []
        var held: [String] = []
        for (text, key) in zip(texts, keys) {
            if key < firstOfTraining { held.append(text) } else { training.append(text) }
        }
        return Parts(training: training, held: held)
    }

    /// The weights that all examples give; [bucketCount, languages + 1].
    private func learn(from source: LanguageExamples) -> [Float] {
        var classifier = SparseClassifier(
            classCount: source.languages.count + 1, learningRate: Self.learningRate)
        for start in stride(from: 0, to: exampleCount, by: Self.chunkSize) {
            let numbers = start..<min(exampleCount, start + Self.chunkSize)
            for example in source.examples(numbers, seed: seed, threadCount: threadCount) {
                classifier.learn(example.features, class: example.label)
            }
        }
        return classifier.weights
    }

    private func calibrate(
        _ languages: [String], _ weights: [Float], on source: LanguageExamples
    ) -> Outcome {
        let raw = LanguageIdentifier(languages: languages, weights: weights, temperature: 1)
        let held = source.examples(0..<Self.heldExampleCount, seed: seed, threadCount: threadCount)
            .filter { !$0.features.buckets.isEmpty }
            .map { (logits: raw.logits(of: $0.features), label: $0.label) }
        let temperature = Temperature.fit(held)
        let rightCount = held.count { example in
            !example.logits.contains { $0 > example.logits[example.label] }
        }
        return Outcome(
            identifier: LanguageIdentifier(
                languages: languages, weights: weights, temperature: temperature),
            temperature: temperature,
            heldAccuracy: Double(rightCount) / Double(max(1, held.count)))
    }
}
