import Kernels
import Tokenization

/// Random changes of texts, anew each time an example is drawn.
public struct TextAugmentation: Hashable, Sendable {
    /// The probability that a word of a text to classify is left out (Iyyer et al. 2015, section 4.1).
    public var wordDropout = 0.0
    /// The probability that a word of a text to classify changes places with the next (Wei and Zou 2019, "EDA", section
    /// 2, but for neighbours only, so that a phrase stays together).
    public var wordSwap = 0.0
    /// The probability that an example is written in another case.
    public var caseChange = 0.0

    public init() {}

    init(_ rule: Recipe.Regularization) {
        wordDropout = rule.wordDropout
        wordSwap = rule.wordSwap ?? 0
        caseChange = rule.caseAugmentation ?? 0
    }

    /// The text without some of its words; one always stays.
    func droppingWords(
        of text: NormalizedText, using generator: inout SeededGenerator
    ) -> NormalizedText {
        if wordDropout == 0 { return text }
        let words = text.string.split(separator: " ")
        let kept = words.filter { _ in generator.nextUnit() >= wordDropout }
        let remaining = kept.isEmpty ? [words[generator.next(below: words.count)]] : kept
        return NormalizedText(remaining.joined(separator: " "))
    }

    /// The text with some words in each other's place; none moves further than that.
    func swappingWords(
        of text: NormalizedText, using generator: inout SeededGenerator
    ) -> NormalizedText {
        if wordSwap == 0 { return text }
        var words = text.string.split(separator: " ")
        var place = 0
        while place + 1 < words.count {
            if generator.nextUnit() < wordSwap {
                words.swapAt(place, place + 1)
                place += 1
            }
            place += 1
        }
        return NormalizedText(words.joined(separator: " "))
    }

    /// In which case an example is to be written; nil: as it is.
    func caseForm(using generator: inout SeededGenerator) -> CaseForm? {
        guard caseChange > 0, generator.nextUnit() < caseChange else { return nil }
        return CaseForm.allCases[generator.next(below: CaseForm.allCases.count)]
    }
}
