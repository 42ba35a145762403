import Foundation
import Tokenization

/// The beginning of a batch that went wrong, for the one who has to find out why.
struct BatchExcerpt: CustomStringConvertible {
    /// Texts that are quoted, and characters of each.
    private static let textCount = 3
    private static let textLength = 60

    /// What the first texts say, and where they stand.
    private let first: [(text: String, place: String)]
    private let count: Int

    /// - Parameters:
    ///   - texts: the batch.
    ///   - text: what one of them says.
    ///   - place: where it stands.
    init<Text>(_ texts: [Text], text: (Text) -> String, place: (Text) -> String) {
        count = texts.count
        first = texts.prefix(Self.textCount).map { (text($0), place($0)) }
    }

    var description: String {
        let quotes = first.map { text, place in
            let isLong = text.count > Self.textLength
            return "'\(text.prefix(Self.textLength))\(isLong ? "…" : "")' (\(place))"
        }
        let rest = count - first.count
        return quotes.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}

extension Recipe.TranslationCorpus {
    /// The name of the corpus and, if one of its files has the pair, file and line.
    func place(of text: TranslationText, in folder: URL, _ normalizer: Normalizer) -> String {
        guard let file = pairs ?? source, let lines = try? read(in: folder).pairs else {
            return name
        }
        let index = lines.firstIndex { pair in
            let sides = [pair.source, pair.target].map(normalizer.normalize)
            return sides == [text.source, text.target] || sides == [text.target, text.source]
        }
        return index.map { "\(name), \(file):\($0 + 1)" } ?? name
    }
}

extension Recipe.SentimentCorpus {
    /// The name of the corpus and, if its file has the text, file and line.
    func place(of text: SentimentText, in folder: URL, _ normalizer: Normalizer) -> String {
        let lines = (try? LabelledCorpus.read(folder.appending(path: file), scheme: labels)) ?? []
        let index = lines.firstIndex { normalizer.normalize($0.text) == text.text }
        return index.map { "\(name), \(file):\($0 + 1)" } ?? name
    }
}
