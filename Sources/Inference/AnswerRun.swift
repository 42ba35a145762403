import LanguageIdentification
import Tokenization

/// The answering of some texts at once.
///
/// The sentences of all texts pass through the encoder together; from the states of each are read a translation, the
/// sentiment, or both. What a longer text holds is answered in slices.
///
/// The sentiment is that of the text as a whole where it fits the model, else the mean of its sentences. So a text of one
/// sentence passes through the encoder once; one of several, once more for its sentiment.
struct AnswerRun {
    let pass: SentencePass
    /// Tells the languages of texts.
    let identifier: LanguageIdentifier?
    let partition: TextPartition
    let threadCount: Int
    let source: SourceLanguage
    let translation: Translating?
    /// Whether the sentiment is wanted.
    let classifies: Bool

    /// What is asked for if a translation is.
    struct Translating {
        let target: String
        let search: SentencePass.Search
    }

    private struct Slice: Sendable {
        /// The place of its text among the texts.
        let index: Int
        let text: String
        let isWholeText: Bool
        let profile: TextProfile
    }

    private struct PreparedSlice: Sendable {
        /// If they were needed.
        var sentences: [TextSentence] = []
        /// What the sentiment is the mean of.
        var classified: [[TokenID]] = []
        var isEmpty: Bool { sentences.isEmpty && classified.isEmpty }
    }

    func drafts(_ texts: [String]) -> [AnswerDraft] {
        var drafts = texts.concurrentMap(threadCount: threadCount) { [self] text in
            let profile = TextProfile(
                text, source: source, target: translation?.target, identifier)
            return AnswerDraft(text, profile, modelCount: pass.members.count)
        }
        var slices: [Slice] = []
        var byteCount = 0
        for (index, text) in texts.enumerated() {
            // A copy of the draft, held here, would make each addition to it copy all that is there.
            let profile = drafts[index].profile
            for slice in TextSlices(text, language: profile.language) {
                let isWholeText = slice.utf8.count == text.utf8.count
                slices.append(
                    Slice(index: index, text: slice, isWholeText: isWholeText, profile: profile))
                byteCount += slice.utf8.count
                if byteCount >= TextSlices.maximumByteCount {
                    answer(slices, &drafts)
                    slices.removeAll()
                    byteCount = 0
                }
            }
        }
        answer(slices, &drafts)
        return drafts
    }

    /// Adds the answers to slices to those of their texts.
    private func answer(_ slices: [Slice], _ drafts: inout [AnswerDraft]) {
        let prepared = slices.concurrentMap(threadCount: threadCount) { [self] in prepare($0) }
        var probabilities: [[TokenID]: [[Float]]] = [:]
        let targets = translation.map { translate(slices, prepared, $0, &probabilities) }
        if classifies { classify(prepared.flatMap(\.classified), &probabilities) }
        for (place, (slice, prepared)) in zip(slices, prepared).enumerated() {
            if prepared.isEmpty { continue }
            drafts[slice.index].isEmpty = false
            if prepared.sentences.contains(where: { $0.parts.count > 1 }) {
                drafts[slice.index].flags.insert(.split)
            }
            if let target = targets?[place] {
                drafts[slice.index].append(
                    target, separator: prepared.sentences.last?.separator ?? "")
            }
            for tokens in prepared.classified {
                for (model, row) in (probabilities[tokens] ?? []).enumerated() {
                    drafts[slice.index].sentiments[model].add(row, tokenCount: tokens.count)
                }
            }
        }
    }

    private func prepare(_ slice: Slice) -> PreparedSlice {
        let text = slice.text.onOneLine
        var prepared = PreparedSlice()
        let isTranslated = translation != nil && !slice.profile.isInTargetLanguage
        if isTranslated {
            prepared.sentences = partition.sentences(text, language: slice.profile.language)
        }
        guard classifies else { return prepared }
        if isTranslated && prepared.sentences.isEmpty { return prepared }
        if slice.isWholeText {
            let onlyPart = prepared.sentences.count == 1 ? prepared.sentences[0].parts : []
            let whole = onlyPart.count == 1 ? onlyPart[0].tokens : partition.wholeTokens(text)
            if let whole {
                // The end alone is an empty text.
                prepared.classified = whole.count > 1 ? [whole] : []
                return prepared
            }
        }
        if !isTranslated {
            prepared.sentences = partition.sentences(text, language: slice.profile.language)
        }
        prepared.classified = prepared.sentences.flatMap { $0.parts.map(\.tokens) }
        return prepared
    }

    /// The translations of the slices; nil for what is passed through.
    ///
    /// - Parameter probabilities: of the sentiment of all sentences that the model is asked for, if it is wanted.
    private func translate(
        _ slices: [Slice], _ prepared: [PreparedSlice], _ translation: Translating,
        _ probabilities: inout [[TokenID]: [[Float]]]
    ) -> [TranslationRounds.Target?] {
        var found: [[TokenID]: [[Float]]] = [:]
        var rounds = TranslationRounds(
            pass.tokenizer, maximumLength: pass.maximumLength,
            options: translation.search.options
        ) { [pass, classifies] sentences, options in
            let search = SentencePass.Search(
                startID: translation.search.startID, options: options)
            let readings = pass.read(sentences, search: search, classifies: classifies)
            for (tokens, reading) in zip(sentences, readings) where classifies {
                found[tokens] = reading.probabilities
            }
            return readings.map(\.hypotheses)
        }
        let translated = slices.indices.filter { !slices[$0].profile.isInTargetLanguage }
        let targets = rounds.translate(
            translated.map { index in
                TranslationRounds.Source(
                    sentences: prepared[index].sentences,
                    refusesCopies: slices[index].profile.isForeign)
            })
        probabilities = found
        var result = [TranslationRounds.Target?](repeating: nil, count: slices.count)
        for (index, target) in zip(translated, targets) { result[index] = target }
        return result
    }

    /// Adds the probabilities of sentences that are not known yet.
    private func classify(
        _ sentences: [[TokenID]], _ probabilities: inout [[TokenID]: [[Float]]]
    ) {
        let unknown = sentences.filter { probabilities[$0] == nil }
        for (tokens, reading) in zip(unknown, pass.read(unknown, classifies: true)) {
            probabilities[tokens] = reading.probabilities
        }
    }
}
