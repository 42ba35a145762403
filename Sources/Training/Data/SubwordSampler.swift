import Kernels
import Tokenization

/// Cuts texts into subwords for training: with BPE-dropout (Provilkov et al. 2020) anew each time.
public struct SubwordSampler: Sendable {
    let tokenizer: BPETokenizer
    /// The probability that a merge is left out.
    let dropout: Double
    /// The probability that a word of a text to classify is left out (Iyyer et al. 2015, section 4.1).
    let wordDropout: Double
    let maximumLength: Int

    /// Without dropout.
    func encode(_ text: NormalizedText) -> [TokenID] { tokenizer.encode(text) }

    /// With dropout, but for a text that it would make too long.
    func encode(_ text: NormalizedText, using generator: inout SeededGenerator) -> [TokenID] {
        if dropout == 0 { return encode(text) }
        let tokens = tokenizer.encode(text, dropout: dropout, using: &generator)
        return tokens.count <= maximumLength ? tokens : encode(text)
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
}
