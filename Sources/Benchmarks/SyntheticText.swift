import Foundation
import Kernels

/// Text that looks like language to a tokenizer: words of syllables, the frequent ones short, as often as Zipf's law says.
enum SyntheticText {
    private static let consonants = Array("bdfghklmnprstvwz")
    private static let vowels = Array("aeiouy")
    private static let wordCount = 20_000

    /// - Returns: lines of words, the same for the same seed.
    static func lines(count: Int, seed: UInt64 = 1) -> [String] {
        var generator = SeededGenerator(seed: seed)
        let words = (0..<wordCount).map { word(rank: $0, &generator) }
        return (0..<count).map { _ in
            let length = 4 + generator.next(below: 17)
            return (0..<length).map { _ in words[rank(&generator)] }.joined(separator: " ") + "."
        }
    }

    /// A rank is drawn about as often as 1 / (rank + 1).
    private static func rank(_ generator: inout SeededGenerator) -> Int {
        min(wordCount - 1, Int(pow(Double(wordCount), generator.nextUnit())) - 1)
    }

    private static func word(rank: Int, _ generator: inout SeededGenerator) -> String {
        let syllableCount = 1 + (rank > 20 ? 1 : 0) + generator.next(below: rank > 500 ? 3 : 2)
        return (0..<syllableCount).map { _ in
            var syllable = String(consonants[generator.next(below: consonants.count)])
            syllable.append(vowels[generator.next(below: vowels.count)])
            if generator.next(below: 3) == 0 {
                syllable.append(consonants[generator.next(below: consonants.count)])
            }
            return syllable
        }.joined()
    }
}
