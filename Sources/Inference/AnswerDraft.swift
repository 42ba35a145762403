import LanguageIdentification

/// What is known beforehand of a text that is to be answered.
struct TextProfile: Sendable {
    /// The code of its language; nil if it is not known.
    let language: String?
    /// Whether it is in the target language already.
    let isInTargetLanguage: Bool
    /// Whether it is known to be in another language than the target.
    let isForeign: Bool

    /// - Parameter target: the language to translate into; nil: none.
    init(
        _ text: String, source: SourceLanguage, target: String?, _ identifier: LanguageIdentifier?
    ) {
        switch source {
        case .given(let language):
            self.language = language
            isInTargetLanguage = false
            isForeign = language != target
        case .automatic:
            let estimate = identifier?.identify(text)
            language = estimate?.language
            if let estimate, let target {
                isInTargetLanguage = PassThrough.applies(to: text, estimate, target: target)
                isForeign =
                    estimate.language != nil && estimate.language != target
                    && estimate.probability >= PassThrough.leastProbability
            } else {
                isInTargetLanguage = false
                isForeign = false
            }
        }
    }
}

/// The answer to a text while one of its slices after the other is answered.
struct AnswerDraft {
    let text: String
    let profile: TextProfile
    var flags: AnswerFlags = []
    /// Whether nothing was left of what was seen so far after normalisation.
    var isEmpty: Bool
    /// One for each model.
    var sentiments: [SentimentPool]
    /// As many as were asked for; empty until there is one.
    private var renditions: [Rendition] = []
    /// The white space behind them.
    private var separator = ""
    private var hasWords = false

    init(_ text: String, _ profile: TextProfile, modelCount: Int) {
        self.text = text
        self.profile = profile
        isEmpty = !profile.isInTargetLanguage
        sentiments = Array(repeating: SentimentPool(), count: modelCount)
    }

    /// Adds the translation of the next slice.
    ///
    /// - Parameter separator: the white space behind the slice's last sentence.
    mutating func append(_ target: TranslationRounds.Target, separator: String) {
        hasWords = hasWords || target.hasWords
        flags.formUnion(target.flags)
        if renditions.isEmpty {
            renditions = target.renditions
        } else {
            for (index, rendition) in target.renditions.enumerated() {
                renditions[index].append(self.separator)
                renditions[index].append(rendition)
            }
        }
        self.separator = separator
    }

    /// The translation, as far as there is one.
    ///
    /// - Parameter alternativeCount: how many were asked for.
    func translation(alternativeCount: Int) -> Translation {
        if isEmpty { return copy("", alternativeCount, .empty) }
        if profile.isInTargetLanguage {
            return copy(text.onOneLine, alternativeCount, [.targetLanguage, .copied])
        }
        if !hasWords { return copy(text.onOneLine, alternativeCount, .copied) }
        return Translation(
            alternatives: renditions.map { rendition in
                Translation.Alternative(
                    text: rendition.text,
                    score: rendition.length == 0
                        ? 0 : rendition.logProbability / Float(rendition.length),
                    tokenCount: rendition.length)
            }, flags: flags)
    }

    private func copy(_ text: String, _ count: Int, _ flags: AnswerFlags) -> Translation {
        Translation(
            alternatives: Array(
                repeating: .init(text: text, score: 0, tokenCount: 0), count: count), flags: flags)
    }
}
