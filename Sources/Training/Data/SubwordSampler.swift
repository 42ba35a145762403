import Kernels
import Tokenization

/// Cuts texts into subwords for training: with BPE-dropout (Provilkov et al. 2020) and other random changes anew each time.
public struct SubwordSampler: Sendable {
    let tokenizer: BPETokenizer
    /// The probability that a merge is left out.
    let dropout: Double
    let augmentation: TextAugmentation
    let maximumLength: Int

    /// Without dropout.
    func encode(_ text: NormalizedText) -> [TokenID] { tokenizer.encode(text) }

    /// With dropout, but for a text that it would make too long.
    func encode(_ text: NormalizedText, using generator: inout SeededGenerator) -> [TokenID] {
        if dropout == 0 { return encode(text) }
        let tokens = tokenizer.encode(text, dropout: dropout, using: &generator)
        return tokens.count <= maximumLength ? tokens : encode(text)
    }

    /// A text to classify, changed at random.
    func vary(
        _ text: NormalizedText, using generator: inout SeededGenerator
    ) -> NormalizedText {
        let words = augmentation.swappingWords(
            of: augmentation.droppingWords(of: text, using: &generator), using: &generator)
        guard let form = augmentation.caseForm(using: &generator) else { return words }
        return change(words, to: form) ?? words
    }

    /// A source and its target, changed at random.
    func vary(
        _ source: NormalizedText, _ target: NormalizedText,
        using generator: inout SeededGenerator
    ) -> (source: NormalizedText, target: NormalizedText) {
        guard let form = augmentation.caseForm(using: &generator),
            let changedSource = change(source, to: form),
            let changedTarget = form.isKeptInTranslation ? change(target, to: form) : target
        else { return (source, target) }
        return (changedSource, changedTarget)
    }

    /// The text in another case, normalised again, for letters may fall apart and together; nil if it has too many tokens
    /// then.
    private func change(_ text: NormalizedText, to form: CaseForm) -> NormalizedText? {
        let changed = tokenizer.normalizer.normalize(form.apply(to: text.string))
        return encode(changed).count <= maximumLength ? changed : nil
    }
}
