import Inference
import LanguageIdentification

extension TextAnalyzer {
    /// The answers to paragraphs, each given as its lines.
    ///
    /// Lines are translated one by one, and the translation has a line feed between theirs; its score is the mean over the
    /// tokens of all. Everything else is answered to the paragraph as a whole.
    ///
    /// - Parameter identifier: tells the language of paragraphs.
    func answers(
        paragraphs: [[String]], _ request: AnswerRequest, identifier: LanguageIdentifier?
    ) throws -> [Answer] {
        let texts = paragraphs.map { $0.joined(separator: "\n") }
        guard let translation = request.translation, paragraphs.contains(where: { $0.count > 1 })
        else { return try answers(texts, request) }
        var lineRequest = request
        if !request.watchesPolarity { lineRequest.sentiment = nil }
        var lines = try answers(paragraphs.flatMap(\.self), lineRequest)[...]
        let wholes = try request.sentiment.map { sentiment in
            var sentiment = sentiment
            sentiment.source = translation.source
            return try answers(texts, AnswerRequest(sentiment: sentiment))
        }
        return paragraphs.indices.map { index in
            let count = paragraphs[index].count
            defer { lines = lines.dropFirst(count) }
            let language =
                if case .given(let language) = translation.source { language } else {
                    identifier?.identify(texts[index]).language
                }
            return Self.joined(lines.prefix(count), whole: wholes?[index], language: language)
        }
    }

    /// - Parameter whole: the sentiment of the paragraph, if that is asked for.
    private static func joined(
        _ lines: ArraySlice<Answer>, whole: Answer?, language: String?
    ) -> Answer {
        let translations = lines.compactMap(\.translation?.alternatives)
        let alternatives = translations[0].indices.map { index in
            let parts = translations.map { $0[index] }
            // A line alone keeps its score to the last bit, whatever paragraphs it is answered with.
            if parts.count == 1 { return parts[0] }
            let tokenCount = parts.map(\.tokenCount).reduce(0, +)
            let sum = parts.map { $0.score * Float($0.tokenCount) }.reduce(0, +)
            return Translation.Alternative(
                text: parts.map(\.text).joined(separator: "\n"),
                score: tokenCount == 0 ? 0 : sum / Float(tokenCount), tokenCount: tokenCount)
        }
        return Answer(
            translation: Translation(alternatives: alternatives), sentiment: whole?.sentiment,
            language: language,
            flags: lines.reduce(whole?.flags ?? []) {
                // What the model thinks of how single lines feel is not given.
                $0.union($1.flags.subtracting(.lowConfidence))
            })
    }
}

extension Answer {
    /// The answer with more flags.
    func adding(_ flags: AnswerFlags) -> Answer {
        Answer(
            translation: translation, sentiment: sentiment, language: language,
            flags: self.flags.union(flags))
    }
}
