import Kernels
import Tokenization

/// Cuts texts into subwords for training: with BPE-dropout (Provilkov et al. 2020) anew each time.
public struct SubwordSampler: Sendable {
    let tokenizer: BPETokenizer
    let dropout: Double
    let maximumLength: Int

    /// Without dropout.
    func encode(_ text: NormalizedText) -> [TokenID] { tokenizer.encode(text) }

    /// With dropout, but for a text that it would make too long.
    func encode(_ text: NormalizedText, using generator: inout SeededGenerator) -> [TokenID] {
        if dropout == 0 { return encode(text) }
        let tokens = tokenizer.encode(text, dropout: dropout, using: &generator)
        return tokens.count <= maximumLength ? tokens : encode(text)
    }
}
