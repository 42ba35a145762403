import Tokenization

/// A text with its tokens and the spans that are not translated.
struct AnalyzedText {
    let text: String
    /// With the end if it is a source, without if it is a translation.
    let tokens: [TokenID]
    let spans: [ProtectedSpan]

    init(text: String, tokens: [TokenID] = []) {
        self.text = text
        self.tokens = tokens
        spans = SpanScanner.spans(of: text)
    }

    /// The stretch of UTF-8 that is to be translated: from the first letter to the last, outside of all spans, with the end of
    /// the sentence if it follows. Nil if there is no letter.
    func words(in range: Range<Int>) -> Range<Int>? {
        var words: Range<Int>?
        var start = range.lowerBound
        let inside = spans[firstSpan(from: start)...].lazy.map(\.range)
            .prefix { $0.upperBound <= range.upperBound }
        for span in Array(inside) + [range.upperBound..<range.upperBound] {
            if let letters = letters(in: start..<span.lowerBound) {
                words = (words?.lowerBound ?? letters.lowerBound)..<letters.upperBound
            }
            start = span.upperBound
        }
        return words.map {
            $0.lowerBound..<sentenceEnd(from: $0.upperBound, limit: range.upperBound)
        }
    }

    /// The index of the first span that begins at a place or behind it, by bisection: a long text has many.
    private func firstSpan(from place: Int) -> Int {
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].range.lowerBound < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether there is something to translate.
    var hasWords: Bool { words(in: 0..<text.utf8.count) != nil }

    private func letters(in range: Range<Int>) -> Range<Int>? {
        let stretch = text[text.utf8Range(range)].unicodeScalars
        guard let first = stretch.firstIndex(where: \.isLetter),
            let last = stretch.lastIndex(where: \.isLetter)
        else { return nil }
        return text.utf8.distance(
            from: text.startIndex, to: first)..<text.utf8.distance(
                from: text.startIndex, to: stretch.index(after: last))
    }

    private func sentenceEnd(from start: Int, limit: Int) -> Int {
        let rest = text[text.utf8Range(start..<limit)].unicodeScalars
        let ends = rest.prefix { $0.endsSentence }
        return start + Substring(ends).utf8.count
    }
}

extension Unicode.Scalar {
    var endsSentence: Bool { self == "." || self == "!" || self == "?" || self == "…" }
}
