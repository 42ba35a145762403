/// Text to subword tokens and back by byte-pair encoding (Sennrich et al. 2016), lossless for any text.
///
/// Each word is taken with the space before it, the first with a space that is not there; `WordSegmenter` says what
/// merges never cross, `CaseMark` what may stand for capitals. Characters without a token of their own are spelled by
/// the 256 byte tokens, so nothing is unknown. `decode(encode(text))` is `text`, code point by code point.
///
/// The file format is described at `TokenizerFile`.
public final class BPETokenizer: Sendable {
    public let vocabulary: Vocabulary
    /// What text must have passed through.
    public let normalizer: Normalizer

    private let speller: SegmentSpeller
    private let merger: Merger
    private let caches = WordCachePool()

    package init(_ vocabulary: Vocabulary, normalizer: Normalizer) {
        self.vocabulary = vocabulary
        self.normalizer = normalizer
        speller = SegmentSpeller(normalizer.rule)
        merger = Merger(vocabulary)
    }

    /// The tokens of a text, ending in `eosID`.
    public func encode(_ text: NormalizedText) -> [TokenID] {
        caches.withCache { cache in
            encode(text) { word, tokens in
                if word.count > WordCache.wordByteLimit {
                    appendTokens(of: word, to: &tokens) { merger.merge(&$0, from: $1) }
                } else if !cache.append(word, to: &tokens) {
                    let start = tokens.count
                    appendTokens(of: word, to: &tokens) { merger.merge(&$0, from: $1) }
                    cache.insert(word, tokens[start...])
                }
            }
        }
    }

    /// The tokens of a text, ending in `eosID`, under BPE-dropout (Provilkov et al. 2020): each possible merge is
    /// passed over with probability `dropout` at each step. With 0 it is `encode(_:)`, with 1 nothing is merged.
    public func encode(
        _ text: NormalizedText, dropout: Double, using generator: inout some RandomNumberGenerator
    ) -> [TokenID] {
        precondition((0...1).contains(dropout), "dropout \(dropout) is not a probability")
        if dropout == 0 { return encode(text) }
        return encode(text) { word, tokens in
            appendTokens(of: word, to: &tokens) {
                merger.merge(&$0, from: $1, dropout: dropout, using: &generator)
            }
        }
    }

    /// The text of tokens. Specials give nothing; bytes that are no UTF-8 and IDs outside the vocabulary give U+FFFD;
    /// marks of case that no letter follows are left out.
    public func decode(_ tokens: some Sequence<TokenID>) -> String {
        var bytes: [UInt8] = []
        for token in tokens {
            if vocabulary.contains(token) {
                bytes += vocabulary.spellings[Int(token)]
            } else {
                bytes += "\u{FFFD}".utf8
            }
        }
        bytes = CaseMark.restore(bytes)
        return String(decoding: bytes.first == 0x20 ? bytes.dropFirst() : bytes[...], as: UTF8.self)
    }

    /// What the token looks like; see `Vocabulary.subword(_:)`.
    public func subword(_ token: TokenID) -> String { vocabulary.subword(token) }

    private func encode(
        _ text: NormalizedText, _ appendWord: (UnsafeBufferPointer<UInt8>, inout [TokenID]) -> Void
    ) -> [TokenID] {
        var tokens: [TokenID] = []
        var string = text.string
        string.withUTF8 { text in
            tokens.reserveCapacity(text.count / 3 + 8)
            forEachWord(of: text) { appendWord($0, &tokens) }
        }
        tokens.append(vocabulary.eosID)
        return tokens
    }

    /// Appends the tokens of a word and of the space before it.
    private func appendTokens(
        of word: UnsafeBufferPointer<UInt8>, to tokens: inout [TokenID],
        merging merge: (inout [TokenID], Int) -> Void
    ) {
        speller.forEachSegment(of: word) { mark, isFirst, letters in
            let start = tokens.count
            if let mark, let token = vocabulary.token(of: mark) { tokens.append(token) }
            if isFirst { tokens.append(vocabulary.spaceID) }
            appendCharacters(letters, to: &tokens)
            merge(&tokens, start)
        }
    }

    private func appendCharacters(
        _ text: UnsafeBufferPointer<UInt8>, to tokens: inout [TokenID]
    ) {
        var index = 0
        while index < text.count {
            let start = index
            _ = decodeScalar(text, &index)
            let character = UnsafeBufferPointer(rebasing: text[start..<index])
            if let token = vocabulary.token(spelled: character) {
                tokens.append(token)
            } else {
                for byte in character { tokens.append(vocabulary.firstByteID + TokenID(byte)) }
            }
        }
    }
}

/// Calls `body` with each word, the text between two spaces; with none for an empty text.
@inline(__always)
func forEachWord(
    of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
) {
    guard !text.isEmpty else { return }
    var start = 0
    while let end = text.firstSpace(from: start) {
        body(UnsafeBufferPointer(rebasing: text[start..<end]))
        start = end + 1
    }
    body(UnsafeBufferPointer(rebasing: text[start...]))
}
