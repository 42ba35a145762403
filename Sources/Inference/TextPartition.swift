import Tokenization

/// A piece of a text that fits the model.
struct TextPart: Hashable, Sendable {
    /// With the end.
    let tokens: [TokenID]
    /// What stands between this part and the next.
    let separator: String
}

/// Cuts texts into parts that are not longer than the model's maximum length. Nothing is left out.
struct TextPartition: Sendable {
    private let tokenizer: BPETokenizer
    private let maximumLength: Int
    private let splitter = SentenceSplitter()

    init(_ model: LoadedModel) {
        self.init(model.tokenizer, maximumLength: model.model.configuration.maximumLength)
    }

    /// - Parameter maximumLength: the most tokens of a part, its end included.
    init(_ tokenizer: BPETokenizer, maximumLength: Int) {
        self.tokenizer = tokenizer
        self.maximumLength = maximumLength
    }

    /// The parts of a text: the text itself if it fits, else its sentences, else pieces of those that do not fit. None if
    /// the text is empty after normalisation.
    func parts(_ text: String) -> [TextPart] {
        let normalized = tokenizer.normalizer.normalize(text)
        let tokens = tokenizer.encode(normalized)
        if tokens.count <= maximumLength { return part(tokens, separator: "") }
        return splitter.split(normalized.string).flatMap { sentence in
            pieces(sentence.text, separator: sentence.trailingSpace)
        }
    }

    /// A sentence, or its halves, their halves and so on until all fit.
    private func pieces(_ text: String, separator: String) -> [TextPart] {
        // Normalised again, a piece could lose what only the whole allows: the joiner of an emoji that was cut.
        let tokens = tokenizer.encode(NormalizedText(text))
        if tokens.count <= maximumLength { return part(tokens, separator: separator) }
        let cut = middle(of: text)
        let rest = text.unicodeScalars[cut...].drop(while: \.properties.isWhitespace).startIndex
        return pieces(String(text[..<cut]), separator: String(text[cut..<rest]))
            + pieces(String(text[rest...]), separator: separator)
    }

    /// A text of no tokens but the end is no part.
    private func part(_ tokens: [TokenID], separator: String) -> [TextPart] {
        tokens.count > 1 ? [TextPart(tokens: tokens, separator: separator)] : []
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
