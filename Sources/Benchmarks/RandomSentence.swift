import Kernels
import Tokenization

enum RandomSentence {
    /// Tokens of a sentence that ends: the subwords are random, of the upper half of the vocabulary, where merges are.
    static func tokens(
        length: Int, vocabularySize: Int, _ generator: inout SeededGenerator
    ) -> [TokenID] {
        let first = vocabularySize / 2
        let subwords = (1..<length).map { _ in
            TokenID(first + generator.next(below: vocabularySize - first))
        }
        return subwords + [0]
    }
}
