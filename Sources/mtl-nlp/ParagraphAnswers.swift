import Inference

extension TextAnalyzer {
    /// The answers to paragraphs, each given as its lines.
    ///
    /// Lines are translated one by one, and the translation has a line feed between theirs; its score is the mean of
    /// theirs. Everything else is answered to the paragraph as a whole.
    func answers(paragraphs: [[String]], _ request: AnswerRequest) throws -> [Answer] {
        let texts = paragraphs.map { $0.joined(separator: "\n") }
        guard let translation = request.translation, paragraphs.contains(where: { $0.count > 1 })
        else { return try answers(texts, request) }
        var lineRequest = request
        if !request.watchesPolarity { lineRequest.sentiment = nil }
        var lines = try answers(paragraphs.flatMap(\.self), lineRequest)[...]
        let wholes = try answers(texts, AnswerRequest(sentiment: request.sentiment))
        return zip(paragraphs, wholes).map { paragraph, whole in
            defer { lines = lines.dropFirst(paragraph.count) }
            return Self.joined(
                lines.prefix(paragraph.count), whole, from: translation.source)
        }
    }

    private static func joined(
        _ lines: ArraySlice<Answer>, _ whole: Answer, from source: SourceLanguage
    ) -> Answer {
        let translations = lines.compactMap(\.translation?.alternatives)
        let alternatives = translations[0].indices.map { index in
            Translation.Alternative(
                text: translations.map { $0[index].text }.joined(separator: "\n"),
                score: translations.map { $0[index].score }.reduce(0, +)
                    / Float(translations.count))
        }
        let language =
            if case .given(let language) = source { language } else { whole.language }
        return Answer(
            translation: Translation(alternatives: alternatives), sentiment: whole.sentiment,
            language: language,
            flags: lines.reduce(whole.flags) {
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
