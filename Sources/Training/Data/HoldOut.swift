import Kernels

/// Chooses the part of the corpora that is kept from training, and keeps its sentences from training altogether.
///
/// A text is held by a hash of its words: the same text falls on the same side in every corpus, whatever the order of
/// corpora and lines.
struct HoldOut: Sendable {
    /// Where an example goes.
    enum Side: Hashable, Sendable {
        case training
        case held
        /// Not held, but too close to something that is.
        case dropped
    }

    private let seed: UInt64
    private let threshold: Double

    init(_ rule: Recipe.HoldOutRule) {
        seed = UInt64(rule.seed)
        threshold = rule.fraction
    }

    /// Whether a text is in the held part.
    func holds(_ text: WordSequence) -> Bool {
        var generator = SeededGenerator(seed: SeededGenerator.seed(seed, text.key))
        return generator.nextUnit() < threshold
    }

    /// The side of each pair: held by its origin; dropped if it shares a text, on either side and in either direction,
    /// with a held pair.
    ///
    /// - Parameter origin: what the pair is made from: its source or, if both sides translate another text, that one, so
    ///   that the translations of a text are held together.
    func sides(
        of pairs: [(source: WordSequence, target: WordSequence, origin: WordSequence)]
    ) -> [Side] {
        let isHeld = pairs.map { holds($0.origin) }
        var heldTexts: Set<WordSequence> = []
        for (pair, isHeld) in zip(pairs, isHeld) where isHeld {
            heldTexts.insert(pair.source)
            heldTexts.insert(pair.target)
        }
        return zip(pairs, isHeld).map { pair, isHeld in
            if isHeld { return .held }
            return heldTexts.contains(pair.source) || heldTexts.contains(pair.target)
                ? .dropped : .training
        }
    }

    /// Longer phrases are taken for texts of their own: what shares so many words with a held text is that text.
    private static let longestPhrase = 128

    /// The side of each text: held by the first of its origins; dropped if it is a held text, or if its words, up to 128,
    /// stand one after the other in one, or if that is so for an origin: what a text is labelled with tells the label of its
    /// translation.
    ///
    /// - Parameters:
    ///   - mayHold: whether the text's corpus gives to the held part.
    ///   - origins: where the label is from: the text itself, or the texts that it translates. Not empty.
    func sides(
        of texts: [(words: WordSequence, mayHold: Bool, origins: [WordSequence])]
    ) -> [Side] {
        let isHeld = texts.map { $0.mayHold && holds($0.origins[0]) }
        let lengths = Set(texts.flatMap { ([$0.words] + $0.origins).map(\.hashes.count) })
        var phrases: Set<UInt64> = []
        for (text, isHeld) in zip(texts, isHeld) where isHeld {
            for sequence in Set([text.words] + text.origins) {
                collectPhrases(of: sequence.hashes, lengths: lengths, into: &phrases)
            }
        }
        return zip(texts, isHeld).map { text, isHeld in
            if isHeld { return .held }
            return ([text.words] + text.origins).contains { phrases.contains($0.key) }
                ? .dropped : .training
        }
    }

    /// Adds the hashes of the whole text and of all phrases that are as long as some text.
    private func collectPhrases(
        of words: [UInt64], lengths: Set<Int>, into phrases: inout Set<UInt64>
    ) {
        phrases.insert(words.reduce(phraseSeed, extendPhrase))
        for start in words.indices {
            var phrase = phraseSeed
            for end in start..<min(words.count, start + Self.longestPhrase) {
                phrase = extendPhrase(phrase, words[end])
                if lengths.contains(end - start + 1) { phrases.insert(phrase) }
            }
        }
    }
}
