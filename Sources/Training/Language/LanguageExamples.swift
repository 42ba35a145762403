import Kernels
import LanguageIdentification

/// An endless stream of examples, drawn from texts: which example comes when is a function of the seed.
struct LanguageExamples: Sendable {
    struct Example: Sendable {
        let features: LanguageFeatures
        /// The index of the language; their count for none of them.
        let label: Int
    }

    /// The texts of each language, none empty.
    let languages: [[String]]
    /// Texts in other languages, if there are any.
    let others: [String]

    /// The share of examples in none of the languages: small, since most of what people ask about is in one, and enough
    /// to learn what that looks like.
    private static let otherShare = 0.12

    /// The examples with these numbers.
    func examples(_ numbers: Range<Int>, seed: UInt64, threadCount: Int) -> [Example] {
        Array(numbers).concurrentMap(threadCount: threadCount) { number in
            var generator = SeededGenerator(seed: SeededGenerator.seed(seed, UInt64(number)))
            return example(using: &generator)
        }
    }

    private func example(using generator: inout SeededGenerator) -> Example {
        let isOther = generator.nextUnit() < Self.otherShare
        let language = generator.next(below: languages.count)
        var text: String
        if isOther && !others.isEmpty && generator.next(below: 2) == 0 {
            text = others[generator.next(below: others.count)]
        } else {
            text = languages[language][generator.next(below: languages[language].count)]
            if isOther { text = InventedLanguage.rewrite(text, using: &generator) }
        }
        text = TextVariation.vary(text, using: &generator)
        return Example(
            features: LanguageFeatures(text), label: isOther ? languages.count : language)
    }
}
