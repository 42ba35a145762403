import Tokenization

/// The translation of some texts in rounds: what the model does not answer soundly is tried again in another way, all second
/// attempts of a round together.
///
/// - What must not be translated (`SpanScanner`) is compared in source and translation. Of the hypotheses of a search the best
///   is taken that keeps it. If none does, the text is cut at the spans that were lost, what is between them is translated by
///   itself, and all is joined as it stood.
/// - A translation that is no good (`DegenerationGuard`) is searched for again, with repetition blocked.
/// - A translation that the model's maximum length cuts off is made of those of the text's halves.
/// - At last the source is given.
///
/// Each step depends on its own text alone.
struct TranslationRounds {
    typealias Search = (_ sentences: [[TokenID]], SearchOptions) -> [[FinishedHypothesis]]

    /// The n-grams that a second search does not repeat: three equal tokens in a row can still stand, a fourth cannot.
    static let blockedNGramSize = 3
    /// The fewest tokens of a text that is cut in halves.
    private static let divisibleTokenCount = 16

    private let tokenizer: BPETokenizer
    private let partition: TextPartition
    private let modelMaximum: Int
    private let options: SearchOptions
    /// Whether source and target language are known to differ, so that a copy is no translation.
    private let refusesCopies: Bool
    private let search: Search
    private var passages: [Passage] = []

    init(
        _ tokenizer: BPETokenizer, maximumLength: Int, options: SearchOptions, refusesCopies: Bool,
        search: @escaping Search
    ) {
        self.tokenizer = tokenizer
        partition = TextPartition(tokenizer, maximumLength: maximumLength)
        modelMaximum = maximumLength
        self.options = options
        self.refusesCopies = refusesCopies
        self.search = search
    }

    /// The translations of texts, in their order.
    mutating func translate(_ texts: [String]) -> [Translation] {
        let texts = texts.map { pieces(partition.parts($0), depth: 0) }
        while passages.contains(where: \.isWaiting) { round() }
        return texts.map(translation)
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
        /// Whether the model's maximum length ended it.
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
            candidates.append(candidate(hypothesis, of: passage))
            sound += candidates.suffix(1).filter(\.isSound)
        }
        if isSecond { passages[index].flags.insert(.degenerate) }
        if let best = sound.first {
            passages[index].state = .answered(sound.map(\.rendition))
            if best.isCopy { passages[index].flags.insert(.copied) }
        } else if let lost = candidates.first?.spans.lost, !lost.isEmpty {
            // A piece that loses spans again is cut at all of them, so that the rounds come to an end soon.
            let cuts = passage.source.spans.filter {
                passage.depth > 0 || lost.contains($0.identity)
            }
            passages[index].flags.insert(.repaired)
            passages[index].state = .composed(
                pieces(of: passage.source, cutAt: cuts, depth: passage.depth + 1))
        } else if candidates[0].isCut && !candidates[0].isDegenerate {
            let half = TextPartition(
                tokenizer, maximumLength: passage.source.tokens.count / 2 + 1)
            passages[index].flags.insert(.split)
            passages[index].state = .composed(
                pieces(half.parts(passage.source.text), depth: passage.depth))
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
            text: onOneLine(tokenizer.decode(hypothesis.tokens)), tokens: hypothesis.tokens)
        let limit = options.maximumLength(
            sourceLength: passage.source.tokens.count, model: modelMaximum)
        var defects = DegenerationGuard().defects(of: text, source: passage.source)
        let isCopy = defects.contains(.copy)
        if !refusesCopies { defects.remove(.copy) }
        var isCut = false
        if hypothesis.length == limit {
            if options.maximumLength != nil {
                // Who sets a maximum gets what it leaves room for.
                defects.subtract([.excess, .silence])
            } else if limit < modelMaximum
                || passage.source.tokens.count < Self.divisibleTokenCount
            {
                defects.insert(.excess)
            } else {
                isCut = true
            }
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

    /// Every line break becomes a space.
    private func onOneLine(_ text: String) -> String {
        guard text.contains(where: \.isNewline) else { return text }
        return String(text.map { $0.isNewline ? " " : $0 })
    }

    // MARK: Cutting

    /// The pieces of parts of a text. If spans go beyond a part, the text is cut at them first.
    private mutating func pieces(_ parts: [TextPart], depth: Int) -> [Piece] {
        let sources = parts.map { part in
            AnalyzedText(text: tokenizer.decode(part.tokens), tokens: part.tokens)
        }
        if parts.count > 1 {
            let text = zip(sources, parts).map { $0.text + $1.separator }.joined()
            let spans = SpanScanner.spans(of: text)
            let lost = SpanComparison.lost(spans, sources.flatMap(\.spans))
            let cuts = spans.filter { lost.contains($0.identity) }
            if !cuts.isEmpty {
                return pieces(of: AnalyzedText(text: text), cutAt: cuts, depth: depth + 1)
            }
        }
        return zip(sources, parts).flatMap { source, part in
            [piece(source, depth: depth), .literal(part.separator)]
        }
    }

    /// The spans at which a text is cut, as they are, and what is between them. Punctuation and white space beside a span
    /// belong to neither; the end of a sentence belongs to what it ends.
    private mutating func pieces(
        of source: AnalyzedText, cutAt spans: [ProtectedSpan], depth: Int
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
                result += pieces(partition.parts(core), depth: depth)
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
    private mutating func piece(_ source: AnalyzedText, depth: Int) -> Piece {
        guard source.hasWords else { return .literal(source.text) }
        passages.append(Passage(source: source, depth: depth))
        return .passage(passages.count - 1)
    }

    // MARK: Joining

    private func translation(_ pieces: [Piece]) -> Translation {
        var flags: AnswerFlags = []
        let renditions = (0..<options.alternativeCount).map { rendition(pieces, $0, &flags) }
        let passageCount = pieces.count { $0.isPassage }
        if pieces.isEmpty { flags.insert(.empty) }
        if !pieces.isEmpty && passageCount == 0 { flags.insert(.copied) }
        if pieces.count > 2 { flags.insert(.split) }
        return Translation(
            alternatives: renditions.map { rendition in
                Translation.Alternative(
                    text: rendition.text,
                    score: rendition.length == 0
                        ? 0 : rendition.logProbability / Float(rendition.length))
            }, flags: flags)
    }

    private func rendition(
        _ pieces: [Piece], _ alternative: Int, _ flags: inout AnswerFlags
    ) -> Rendition {
        var result = Rendition(text: "")
        for piece in pieces {
            switch piece {
            case .literal(let text): result.text += text
            case .passage(let index):
                let rendition = rendition(passages[index], alternative, &flags)
                result.text += rendition.text
                result.length += rendition.length
                result.logProbability += rendition.logProbability
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
            if passage.depth > 0 {
                rendition.text = asPiece(rendition.text, of: passage.source.text)
            }
            return rendition
        case .composed(let pieces):
            let rendition = rendition(pieces, alternative, &flags)
            if isKept(passage.source.spans, in: rendition.text) { return rendition }
            flags.insert(.copied)
            return Rendition(text: passage.source.text)
        }
    }

    /// A translation as it fits into a sentence: a model that ends all that it says with a period did not find it in the text.
    private func asPiece(_ translation: String, of source: String) -> String {
        var scalars = Substring(translation).unicodeScalars
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        if source.unicodeScalars.last?.endsSentence ?? false { return String(scalars) }
        while let last = scalars.last, last.endsSentence { scalars.removeLast() }
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
    /// How often a longer text was cut at its spans to come to this one.
    let depth: Int
    var state = State.waiting(second: false)
    var flags: AnswerFlags = []

    var isWaiting: Bool { isWaiting(second: false) || isWaiting(second: true) }

    func isWaiting(second: Bool) -> Bool {
        if case .waiting(second) = state { return true }
        return false
    }
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
