/// The beginning of a batch that went wrong, for the one who has to find out why.
struct BatchExcerpt: CustomStringConvertible {
    /// Texts that are quoted, and characters of each.
    private static let textCount = 3
    private static let textLength = 60

    /// Of the first texts: what they say, and the corpus they are from.
    private let first: [(text: String, corpus: String)]
    private let count: Int

    init(_ texts: [TranslationText], _ corpora: [Recipe.TranslationCorpus]) {
        count = texts.count
        first = texts.prefix(Self.textCount).map {
            ($0.source.string, corpora[$0.corpusIndex].name)
        }
    }

    init(_ texts: [SentimentText], _ corpora: [Recipe.SentimentCorpus]) {
        count = texts.count
        first = texts.prefix(Self.textCount).map { ($0.text.string, corpora[$0.corpusIndex].name) }
    }

    var description: String {
        let quotes = first.map { text, corpus in
            let isLong = text.count > Self.textLength
            return "'\(text.prefix(Self.textLength))\(isLong ? "…" : "")' (corpus \(corpus))"
        }
        let rest = count - first.count
        return quotes.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
