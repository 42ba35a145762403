import Tokenization

/// A text in slices of a bounded length, for one that is so long that its parts cannot all be held at once. All slices joined
/// are the text. They end where sentences do, if there is such a place, else at white space, else anywhere. A text that is
/// not longer than the bound is one slice.
struct TextSlices: Sequence, IteratorProtocol {
    /// The most bytes of a slice: enough sentences for batches, and some MB with all that is made of them.
    static let maximumByteCount = 1 << 18

    private let text: String
    private let splitter: SentenceSplitter
    private let maximumByteCount: Int
    private var start: String.Index

    /// - Parameters:
    ///   - language: that of the text; nil if it is not known.
    ///   - maximumByteCount: at least 4.
    init(_ text: String, language: String?, maximumByteCount: Int = Self.maximumByteCount) {
        self.text = text
        splitter = SentenceSplitter(language: language)
        self.maximumByteCount = maximumByteCount
        start = text.startIndex
    }

    mutating func next() -> String? {
        guard start < text.endIndex else { return nil }
        let limit = text.utf8.index(start, offsetBy: maximumByteCount, limitedBy: text.endIndex)
        var end = text.endIndex
        if var limit, limit < text.endIndex {
            while text.utf8[limit] & 0xC0 == 0x80 { text.utf8.formIndex(before: &limit) }
            end = text.utf8.index(start, offsetBy: cut(String(text[start..<limit])))
        }
        defer { start = end }
        return String(text[start..<end])
    }

    /// The bytes of a window that are a slice. What looks like the last sentence may go on behind the window.
    private func cut(_ window: String) -> Int {
        let sentences = splitter.split(window).dropLast()
        if !sentences.isEmpty {
            return sentences.reduce(0) { $0 + $1.text.utf8.count + $1.trailingSpace.utf8.count }
        }
        let scalars = window.unicodeScalars
        guard let space = scalars.lastIndex(where: \.properties.isWhitespace) else {
            return window.utf8.count
        }
        return window.utf8.distance(from: window.startIndex, to: scalars.index(after: space))
    }
}
