import Tokenization

/// A sentence of a text, in parts that fit the model.
struct TextSentence: Hashable, Sendable {
    /// More than one if it is too long for the model; never none.
    let parts: [TextPart]
    /// The white space behind it.
    let separator: String
}

/// A stretch of a sentence that fits the model.
struct TextPart: Hashable, Sendable {
    /// Normalised.
    let text: String
    /// With the end.
    let tokens: [TokenID]
    /// What stands between this part and the next; empty behind the last.
    let separator: String
}

/// Cuts texts into sentences, and sentences that are longer than the model's maximum length into parts. Nothing is left
/// out.
struct TextPartition: Sendable {
    private let tokenizer: BPETokenizer
    private let maximumLength: Int

    init(_ pass: SentencePass) {
        self.init(pass.tokenizer, maximumLength: pass.maximumLength)
    }

    /// - Parameter maximumLength: the most tokens of a part, its end included.
    init(_ tokenizer: BPETokenizer, maximumLength: Int) {
        self.tokenizer = tokenizer
        self.maximumLength = maximumLength
    }

    /// The sentences of a text, with the white space between them as it stands there. None if the text is empty after
    /// normalisation.
    ///
    /// - Parameters:
    ///   - text: on one line; a line break would end a sentence.
    ///   - language: that of the text; nil if it is not known.
    func sentences(_ text: String, language: String?) -> [TextSentence] {
        var result: [TextSentence] = []
        for sentence in Self.joiningAtSpans(SentenceSplitter(language: language).split(text)) {
            let parts = parts(tokenizer.normalizer.normalize(sentence.text))
            if parts.isEmpty { continue }
            result.append(TextSentence(parts: parts, separator: sentence.trailingSpace))
        }
        return result
    }

    /// The tokens of a text as a whole; nil if they are too many.
    func wholeTokens(_ text: String) -> [TokenID]? {
        let tokens = tokenizer.encode(tokenizer.normalizer.normalize(text))
        return tokens.count <= maximumLength ? tokens : nil
    }

    /// The parts of a sentence: itself if it fits, else its halves, their halves and so on until all fit. None if it is
    /// empty.
    func parts(_ sentence: NormalizedText) -> [TextPart] {
        pieces(sentence.string, separator: "")
    }

    private func pieces(_ text: String, separator: String) -> [TextPart] {
        // Normalised again, a piece could lose what only the whole allows: the joiner of an emoji that was cut.
        let tokens = tokenizer.encode(NormalizedText(text))
        if tokens.count <= maximumLength {
            // A text of no tokens but the end is no part.
            return tokens.count > 1
                ? [TextPart(text: text, tokens: tokens, separator: separator)] : []
        }
        let cut = middle(of: text)
        let rest = text.unicodeScalars[cut...].drop(while: \.properties.isWhitespace).startIndex
        return pieces(String(text[..<cut]), separator: String(text[cut..<rest]))
            + pieces(String(text[rest...]), separator: separator)
    }

    /// Sentences none of which ends inside of something that must not be translated: a tag may hold a period.
    private static func joiningAtSpans(_ sentences: [Sentence]) -> [Sentence] {
        guard sentences.count > 1 else { return sentences }
        let text = sentences.map { $0.text + $0.trailingSpace }.joined()
        var spans = SpanScanner.spans(of: text).map(\.range)[...]
        var result: [Sentence] = []
        var beginning = ""
        var end = 0
        for sentence in sentences {
            end += sentence.text.utf8.count + sentence.trailingSpace.utf8.count
            spans = spans.drop { $0.upperBound <= end }
            if let span = spans.first, span.lowerBound < end {
                beginning += sentence.text + sentence.trailingSpace
            } else {
                result.append(
                    Sentence(
                        text: beginning + sentence.text, trailingSpace: sentence.trailingSpace))
                beginning = ""
            }
        }
        return result
    }

    /// Where to cut a text in two: of the places in its middle half the one nearest to the middle that follows the end of
    /// a clause, else one before white space, else the middle.
    private func middle(of text: String) -> String.Index {
        let middle = boundary(nearMiddleOf: text)
        let scalars = text.unicodeScalars
        func isBeforeSpace(_ place: String.Index) -> Bool { scalars[place].properties.isWhitespace }
        func isAfterClause(_ place: String.Index) -> Bool {
            let last = scalars[scalars.index(before: place)]
            return Self.wideClauseEnds.contains(last)
                || Self.clauseEnds.contains(last) && isBeforeSpace(place)
        }
        return nearest(to: middle, in: scalars, where: isAfterClause)
            ?? nearest(to: middle, in: scalars, where: isBeforeSpace) ?? middle
    }

    private static let clauseEnds: Set<Unicode.Scalar> = [",", ";", ":", "–", "—"]
    /// Of scripts that put no space behind them.
    private static let wideClauseEnds: Set<Unicode.Scalar> = ["、", "，", "；", "：", "。"]

    /// The place nearest to the middle that satisfies the condition, if there is one in the middle half of the text.
    private func nearest(
        to middle: String.Index, in scalars: String.UnicodeScalarView,
        where isWanted: (String.Index) -> Bool
    ) -> String.Index? {
        var (lower, upper) = (middle, middle)
        for _ in 0...scalars.count / 4 where lower > scalars.startIndex && upper < scalars.endIndex
        {
            if isWanted(lower) { return lower }
            if isWanted(upper) { return upper }
            scalars.formIndex(before: &lower)
            scalars.formIndex(after: &upper)
        }
        return nil
    }

    /// A boundary of characters, neither the first nor the last; of code points in a text of one character, which may be
    /// longer than the model takes: thousands of marks on one letter.
    private func boundary(nearMiddleOf text: String) -> String.Index {
        let center = text.utf8.index(text.startIndex, offsetBy: text.utf8.count / 2)
        let before = text.index(before: text.index(after: center))
        if before > text.startIndex { return before }
        let after = text.index(after: text.startIndex)
        if after < text.endIndex { return after }
        let scalars = text.unicodeScalars
        let scalar = scalars.index(before: scalars.index(after: center))
        return scalar > scalars.startIndex ? scalar : scalars.index(after: scalars.startIndex)
    }
}
