import Tokenization

/// Tells translations from what the search gives when the model is at a loss.
struct DegenerationGuard {
    struct Defects: OptionSet {
        let rawValue: Int

        /// It repeats itself.
        static let loop = Defects(rawValue: 1 << 0)
        /// It is much longer than the source.
        static let excess = Defects(rawValue: 1 << 1)
        /// It says nothing.
        static let silence = Defects(rawValue: 1 << 2)
        /// It says what the source says in the same words.
        static let copy = Defects(rawValue: 1 << 3)
        /// It is much shorter than the source.
        static let loss = Defects(rawValue: 1 << 4)
    }

    /// The longest block whose repetition is looked for: a clause of a caption.
    private static let maximumPeriod = 16
    /// A block that follows itself so often is a loop. Twice is a figure of speech (`again and again`).
    private static let loopRepeatCount = 3
    /// The fewest tokens of a loop: `ha ha ha` is none.
    private static let loopLength = 4
    /// The tokens of the n-grams that are counted wherever they stand; so many make a phrase.
    private static let phraseLength = 4
    /// A phrase that occurs so often is a loop. Twice is common: `a man in a … and a woman in a …`.
    private static let phraseCount = 3
    /// What a translation may repeat more than its source: languages differ by one article or mark.
    private static let repeatSlack = 1
    /// Bytes of a translation for one of the source, or of the source for one of the translation. Between European languages
    /// a sentence grows by a third at most, and a character of an East Asian one, 3 bytes, becomes 6.
    private static let growth = 3
    /// Bytes that either may have, since single words grow more than sentences do.
    private static let growthSlack = 24
    /// The fewest words for which being copied means something; fewer may be a name or a word of both languages.
    private static let copiedWordCount = 3
    /// The same where every word begins with a capital, as names do: `New York City Marathon` is four.
    private static let copiedCapitalizedWordCount = 5
    /// The share of the words that a copy has in common with its source; few languages share more than a fifth.
    private static let copiedShare = 0.8

    func defects(of translation: AnalyzedText, source: AnalyzedText) -> Defects {
        var defects: Defects = []
        if isLoop(translation.tokens, source.tokens) { defects.insert(.loop) }
        if translation.text.utf8.count > Self.growth * source.text.utf8.count + Self.growthSlack {
            defects.insert(.excess)
        }
        if source.text.utf8.count > Self.growth * translation.text.utf8.count + Self.growthSlack {
            defects.insert(.loss)
        }
        if !translation.text.unicodeScalars.contains(where: { $0.isLetter || $0.isNumber }) {
            defects.insert(.silence)
        }
        if isCopy(translation, source) { defects.insert(.copy) }
        return defects
    }

    // MARK: Loops

    private func isLoop(_ tokens: [TokenID], _ source: [TokenID]) -> Bool {
        let repeats = repeatCount(tokens, minimumLength: Self.loopLength)
        if repeats >= Self.loopRepeatCount
            && repeats > repeatCount(source, minimumLength: 1) + Self.repeatSlack
        {
            return true
        }
        guard hasTokenOfPhrases(tokens) else { return false }
        let phrases = phraseCount(tokens)
        return phrases >= Self.phraseCount && phrases > phraseCount(source) + Self.repeatSlack
    }

    /// How often at most a block of tokens stands one after the other, in a stretch of at least `minimumLength` tokens.
    private func repeatCount(_ tokens: [TokenID], minimumLength: Int) -> Int {
        var count = 1
        for period in 1...Self.maximumPeriod where period < tokens.count {
            var run = 0
            for index in period..<tokens.count {
                run = tokens[index] == tokens[index - period] ? run + 1 : 0
                if run + period >= minimumLength { count = max(count, run / period + 1) }
            }
        }
        return count
    }

    /// How often the most frequent phrase occurs.
    private func phraseCount(_ tokens: [TokenID]) -> Int {
        guard tokens.count >= Self.phraseLength else { return 0 }
        var counts: [ArraySlice<TokenID>: Int] = [:]
        for start in 0...tokens.count - Self.phraseLength {
            counts[tokens[start..<start + Self.phraseLength], default: 0] += 1
        }
        return counts.values.max() ?? 0
    }

    /// Whether any token occurs as often as those of a phrase that counts. In most sentences none does, and this is cheap.
    private func hasTokenOfPhrases(_ tokens: [TokenID]) -> Bool {
        let sorted = tokens.sorted()
        return zip(sorted, sorted.dropFirst(Self.phraseCount - 1)).contains { $0 == $1 }
    }

    // MARK: Copies

    private func isCopy(_ translation: AnalyzedText, _ source: AnalyzedText) -> Bool {
        // Copies share most subwords too; without this, the words of every sentence would be looked up.
        let shared = translation.tokens.count { source.tokens.contains($0) }
        if 2 * shared < translation.tokens.count { return false }
        let words = ordinaryWords(of: source)
        if words.isEmpty { return false }
        var rest: [String: Int] = [:]
        for word in self.words(of: translation) { rest[word.lowercased(), default: 0] += 1 }
        var copied = 0
        for word in words.map({ $0.lowercased() }) {
            if let count = rest[word], count > 0 {
                rest[word] = count - 1
                copied += 1
            }
        }
        return Double(copied) >= Self.copiedShare * Double(words.count)
    }

    /// The words that are no names; none if they are too few.
    private func ordinaryWords(of text: AnalyzedText) -> [Substring] {
        let words = words(of: text)
        let small = words.filter { $0.first?.isLowercase ?? false }
        if !small.isEmpty { return small.count >= Self.copiedWordCount ? small : [] }
        return words.count >= Self.copiedCapitalizedWordCount ? words : []
    }

    /// The words of at least two letters outside of the spans.
    private func words(of text: AnalyzedText) -> [Substring] {
        var words: [Substring] = []
        var start = 0
        let end = text.text.utf8.count
        for range in text.spans.map(\.range) + [end..<end] {
            words += text.text[text.text.utf8Range(start..<range.lowerBound)]
                .split { !($0.unicodeScalars.first?.isLetter ?? false) }
                .filter { $0.count > 1 }
            start = range.upperBound
        }
        return words
    }
}

extension Unicode.Scalar {
    fileprivate var isNumber: Bool {
        isASCII ? ("0"..."9").contains(self) : properties.numericType != nil
    }
}
