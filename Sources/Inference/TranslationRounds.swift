import Tokenization

/// The translation of some texts in rounds: what the model does not answer soundly is tried again in another way, all second
/// attempts of a round together.
///
/// - What must not be translated (`SpanScanner`) is compared in source and translation. Of the hypotheses of a search the best
///   is taken that keeps it. If none does, the text is cut at the spans that were lost, what is between them is translated by
///   itself, and all is joined as it stood.
/// - A translation that is no good (`DegenerationGuard`) is searched for again, with repetition blocked.
/// - A translation that the model's maximum length cuts off is made of those of the sentence's halves.
/// - At last the source is given.
/// - Of several hypotheses with one text, in other subwords, the best counts; if that leaves fewer texts than were asked
///   for, the last is repeated.
///
/// Each step depends on its own text alone.
struct TranslationRounds {
    /// A text that is to be translated.
    struct Source {
        let sentences: [TextSentence]
        /// Whether source and target language are known to differ, so that a copy is no translation.
        let refusesCopies: Bool
    }

    /// What became of a text.
    struct Target {
        /// As many as were asked for, the best first.
        let renditions: [Rendition]
        let flags: AnswerFlags
        /// Whether the model was asked for anything. If not, the text has no words, and the renditions are copies.
        let hasWords: Bool
    }

    typealias Search = (_ sentences: [[TokenID]], SearchOptions) -> [[FinishedHypothesis]]

    /// The n-grams that a second search does not repeat: three equal tokens in a row can still stand, a fourth cannot.
    static let blockedNGramSize = 3
    /// The fewest tokens of a text that is cut in halves.
    private static let divisibleTokenCount = 16

    private let tokenizer: BPETokenizer
    private let partition: TextPartition
    private let modelMaximum: Int
    private let options: SearchOptions
    private let search: Search
    private var passages: [Passage] = []

    init(
        _ tokenizer: BPETokenizer, maximumLength: Int, options: SearchOptions,
        search: @escaping Search
    ) {
        self.tokenizer = tokenizer
        partition = TextPartition(tokenizer, maximumLength: maximumLength)
        modelMaximum = maximumLength
        self.options = options
        self.search = search
    }

    /// The translations of texts, in their order.
    mutating func translate(_ texts: [Source]) -> [Target] {
        let pieces = texts.map { text in
            let origin = Origin(refusesCopies: text.refusesCopies)
            let pieces = text.sentences.flatMap { sentence in
                self.pieces(sentence.parts, origin) + [.literal(sentence.separator)]
            }
            // White space behind the last sentence separates it from nothing.
            return pieces.dropLast()
        }
        while passages.contains(where: \.isWaiting) { round() }
        return zip(texts, pieces).map(target)
    }

    /// Searches once for all passages that wait.
    private mutating func round() {
        for isSecond in [false, true] {
            let waiting = passages.indices.filter { passages[$0].isWaiting(second: isSecond) }
            if waiting.isEmpty { continue }
            var options = options
            if isSecond { options.blockedNGramSize = Self.blockedNGramSize }
            let found = search(waiting.map { passages[$0].source.tokens }, options)
            for (index, hypotheses) in zip(waiting, found) { judge(index, hypotheses, isSecond) }
        }
    }

    // MARK: Judging

    /// A hypothesis with what is wrong with it.
    private struct Candidate {
        let rendition: Rendition
        let isCopy: Bool
        let defects: DegenerationGuard.Defects
        let spans: SpanComparison
        /// Whether the model's maximum length ended it, or the model did long before the source was told.
        let isCut: Bool

        var isDegenerate: Bool { !defects.isEmpty }
        var isSound: Bool { defects.isEmpty && spans.isEqual && !isCut }
    }

    private mutating func judge(
        _ index: Int, _ hypotheses: [FinishedHypothesis], _ isSecond: Bool
    ) {
        let passage = passages[index]
        var candidates: [Candidate] = []
        var sound: [Candidate] = []
        for hypothesis in hypotheses where sound.count < options.alternativeCount {
            let next = candidate(hypothesis, of: passage)
            candidates.append(next)
            let isKnown = sound.contains { $0.rendition.text == next.rendition.text }
            if next.isSound && !isKnown { sound.append(next) }
        }
        if isSecond { passages[index].flags.insert(.degenerate) }
        if let best = sound.first {
            passages[index].state = .answered(sound.map(\.rendition))
            if best.isCopy { passages[index].flags.insert(.copied) }
        } else if let lost = candidates.first?.spans.lost, !lost.isEmpty {
            // A piece that loses spans again is cut at all of them, so that the rounds come to an end soon.
            let cuts = passage.source.spans.filter {
                passage.origin.depth > 0 || lost.contains($0.identity)
            }
            passages[index].flags.insert(.repaired)
            passages[index].state = .composed(
                pieces(of: passage.source, cutAt: cuts, passage.origin.deeper))
        } else if candidates[0].isCut && !candidates[0].isDegenerate {
            let half = TextPartition(
                tokenizer, maximumLength: passage.source.tokens.count / 2 + 1)
            passages[index].flags.insert(.split)
            passages[index].state = .composed(
                pieces(half.parts(NormalizedText(passage.source.text)), passage.origin))
        } else if candidates[0].isDegenerate && !isSecond {
            passages[index].state = .waiting(second: true)
        } else if let trimmed = candidates.compactMap({ trimmed($0, passage) }).first {
            passages[index].flags.insert(.repaired)
            passages[index].state = .answered([trimmed])
        } else {
            passages[index].flags.formUnion([.degenerate, .copied])
            passages[index].state = .answered([Rendition(text: passage.source.text)])
        }
    }

    private func candidate(_ hypothesis: FinishedHypothesis, of passage: Passage) -> Candidate {
        let text = AnalyzedText(
            text: tokenizer.decode(hypothesis.tokens).onOneLine, tokens: hypothesis.tokens)
        let limit = options.maximumLength(
            sourceLength: passage.source.tokens.count, model: modelMaximum)
        var defects = DegenerationGuard().defects(of: text, source: passage.source)
        let isCopy = defects.contains(.copy)
        if !passage.origin.refusesCopies { defects.remove(.copy) }
        var isCut = false
        if hypothesis.length == limit {
            if options.maximumLength != nil {
                // Who sets a maximum gets what it leaves room for.
                defects.subtract([.excess, .silence, .loss])
            } else if limit < modelMaximum
                || passage.source.tokens.count < Self.divisibleTokenCount
            {
                defects.insert(.excess)
            } else {
                isCut = true
            }
        }
        if defects.contains(.loss), passage.source.tokens.count >= Self.divisibleTokenCount {
            defects.remove(.loss)
            isCut = true
        }
        return Candidate(
            rendition: Rendition(
                text: text.text, length: hypothesis.length,
                logProbability: hypothesis.logProbability),
            isCopy: isCopy, defects: defects,
            spans: SpanComparison(source: passage.source.spans, translation: text), isCut: isCut)
    }

    /// A candidate without the spans that it has too many; nil if that does not make it sound.
    private func trimmed(_ candidate: Candidate, _ passage: Passage) -> Rendition? {
        guard !candidate.isDegenerate, !candidate.isCut, candidate.spans.lost.isEmpty else {
            return nil
        }
        var rendition = candidate.rendition
        rendition.text = SpanComparison.removing(candidate.spans.surplus, from: rendition.text)
        return isKept(passage.source.spans, in: rendition.text) ? rendition : nil
    }

    private func isKept(_ spans: [ProtectedSpan], in text: String) -> Bool {
        SpanComparison(source: spans, translation: AnalyzedText(text: text)).isEqual
    }

    // MARK: Cutting

    /// The pieces of the parts of a sentence. If spans go beyond a part, the sentence is cut at them first.
    private mutating func pieces(_ parts: [TextPart], _ origin: Origin) -> [Piece] {
        let sources = parts.map { AnalyzedText(text: $0.text, tokens: $0.tokens) }
        var origin = origin
        if parts.count > 1 {
            origin.isPart = true
            let text = parts.map { $0.text + $0.separator }.joined()
            let spans = SpanScanner.spans(of: text)
            let lost = SpanComparison.lost(spans, sources.flatMap(\.spans))
            let cuts = spans.filter { lost.contains($0.identity) }
            if !cuts.isEmpty {
                return pieces(of: AnalyzedText(text: text), cutAt: cuts, origin.deeper)
            }
        }
        return zip(sources, parts).flatMap { source, part in
            [piece(source, origin), .literal(part.separator)]
        }
    }

    /// The spans at which a text is cut, as they are, and what is between them. Punctuation and white space beside a span
    /// belong to neither; the end of a sentence belongs to what it ends.
    private mutating func pieces(
        of source: AnalyzedText, cutAt spans: [ProtectedSpan], _ origin: Origin
    ) -> [Piece] {
        var result: [Piece] = []
        var start = 0
        let text = source.text
        let end = text.utf8.count
        func literal(_ range: Range<Int>) -> Piece { .literal(String(text[text.utf8Range(range)])) }
        for range in spans.map(\.range) + [end..<end] {
            let gap = start..<range.lowerBound
            if let words = source.words(in: gap) {
                result.append(literal(gap.lowerBound..<words.lowerBound))
                let core = String(text[text.utf8Range(words)])
                result += pieces(partition.parts(NormalizedText(core)), origin)
                result.append(literal(words.upperBound..<gap.upperBound))
            } else {
                result.append(literal(gap))
            }
            result.append(literal(range))
            start = range.upperBound
        }
        return result
    }

    /// A source that the model is asked for; one without words as it is.
    private mutating func piece(_ source: AnalyzedText, _ origin: Origin) -> Piece {
        guard source.hasWords else { return .literal(source.text) }
        passages.append(Passage(source: source, origin: origin))
        return .passage(passages.count - 1)
    }

    // MARK: Joining

    private func target(_ source: Source, _ pieces: ArraySlice<Piece>) -> Target {
        var flags: AnswerFlags = []
        let renditions = (0..<options.alternativeCount).map { rendition(pieces, $0, &flags) }
        if source.sentences.contains(where: { $0.parts.count > 1 }) { flags.insert(.split) }
        return Target(
            renditions: renditions, flags: flags, hasWords: pieces.contains(where: \.isPassage))
    }

    private func rendition(
        _ pieces: some Sequence<Piece>, _ alternative: Int, _ flags: inout AnswerFlags
    ) -> Rendition {
        var result = Rendition(text: "")
        for piece in pieces {
            switch piece {
            case .literal(let text): result.append(text)
            case .passage(let index):
                result.append(rendition(passages[index], alternative, &flags))
            }
        }
        return result
    }

    private func rendition(
        _ passage: Passage, _ alternative: Int, _ flags: inout AnswerFlags
    ) -> Rendition {
        flags.formUnion(passage.flags)
        switch passage.state {
        case .waiting: preconditionFailure("a passage that was not searched for")
        case .answered(let renditions):
            // There may be fewer than were asked for.
            var rendition = renditions[min(alternative, renditions.count - 1)]
            if passage.origin.isPart {
                rendition.text = asPart(rendition.text, of: passage.source.text)
            }
            return rendition
        case .composed(let pieces):
            let rendition = rendition(pieces, alternative, &flags)
            if isKept(passage.source.spans, in: rendition.text) { return rendition }
            flags.formUnion([.degenerate, .copied])
            return Rendition(text: passage.source.text)
        }
    }

    /// A translation as it fits into a sentence: a model that ends all that it says with a period did not find it in the text,
    /// and may have given it in place of a comma.
    private func asPart(_ translation: String, of source: String) -> String {
        var scalars = Substring(translation).unicodeScalars
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        guard let end = source.unicodeScalars.last, !end.endsSentence,
            scalars.last?.endsSentence ?? false
        else { return String(scalars) }
        while let last = scalars.last, last.endsSentence { scalars.removeLast() }
        if ",;:".unicodeScalars.contains(end) { scalars.append(end) }
        return String(scalars)
    }
}

/// A translation of a stretch of text.
struct Rendition: Hashable {
    var text: String
    /// The tokens that the model gave for it, ends included.
    var length = 0
    /// Of all of them.
    var logProbability: Float = 0

    mutating func append(_ literal: String) { text += literal }

    mutating func append(_ rendition: Rendition) {
        text += rendition.text
        length += rendition.length
        logProbability += rendition.logProbability
    }
}

/// A stretch of text that the model is asked for.
private struct Passage {
    enum State {
        /// For a search; for a second one, with repetition blocked.
        case waiting(second: Bool)
        /// Its translations, the best first.
        case answered([Rendition])
        /// It is translated in pieces.
        case composed([Piece])
    }

    let source: AnalyzedText
    let origin: Origin
    var state = State.waiting(second: false)
    var flags: AnswerFlags = []

    var isWaiting: Bool { isWaiting(second: false) || isWaiting(second: true) }

    func isWaiting(second: Bool) -> Bool {
        if case .waiting(second) = state { return true }
        return false
    }
}

/// Where a passage comes from.
private struct Origin {
    /// How often a longer passage was cut at its spans to come to this one.
    var depth = 0
    /// Whether it is a part of a sentence.
    var isPart = false
    let refusesCopies: Bool

    var deeper: Origin { Origin(depth: depth + 1, isPart: true, refusesCopies: refusesCopies) }
}

/// What a translation is joined of.
private enum Piece {
    case literal(String)
    /// The index of a passage.
    case passage(Int)

    var isPassage: Bool {
        if case .passage = self { return true }
        return false
    }
}
