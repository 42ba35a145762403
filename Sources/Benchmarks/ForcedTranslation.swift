import Inference
import Tokenization

/// The translation of some sentences to a given number of target tokens, whatever the weights say.
struct ForcedTranslation {
    private let translator: Translator
    private let sentences: [[TokenID]]
    private let options: SearchOptions

    /// - Parameter targetLength: the tokens of each translation, its end included.
    init(
        _ model: LoadedModel, _ sentences: [[TokenID]], targetLength: Int, beamSize: Int = 1,
        batchSize: Int, threadCount: Int
    ) {
        translator = Translator(model, threadCount: threadCount, batchSize: batchSize)
        self.sentences = sentences
        var options = SearchOptions(beamSize: beamSize, maximumLength: targetLength)
        options.minimumLength = targetLength
        self.options = options
    }

    /// The start token of the first language.
    private static let startID: TokenID = 1

    /// The median of the seconds for a sentence, when all are given together.
    func secondsTogether(_ effort: Effort) -> Double {
        effort.medianSeconds { search(sentences) } / Double(sentences.count)
    }

    /// The same, when each is given after the one before is translated.
    func secondsOneByOne(_ effort: Effort) -> Double {
        effort.medianSeconds { sentences.forEach { search([$0]) } } / Double(sentences.count)
    }

    private func search(_ sentences: [[TokenID]]) {
        let found = translator.search(sentences, startID: Self.startID, options: options)
        precondition(found.count == sentences.count, "a sentence without a translation")
    }
}
