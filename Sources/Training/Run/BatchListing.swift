import Foundation
import Tokenization

/// What a batch holds and where it stands, for the one who has to find out why it went wrong.
struct BatchListing {
    /// Texts that the beginning quotes, and characters of each.
    private static let textCount = 3
    private static let textLength = 60

    /// What each text says, and where it stands.
    let texts: [(text: String, place: String)]

    /// The first texts.
    var beginning: String {
        let quotes = texts.prefix(Self.textCount).map { text, place in
            let isLong = text.count > Self.textLength
            return "'\(text.prefix(Self.textLength))\(isLong ? "…" : "")' (\(place))"
        }
        let rest = texts.count - quotes.count
        return quotes.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}

extension BatchListing {
    init(
        _ batch: [TranslationText], of corpora: [Recipe.TranslationCorpus], in folder: URL,
        _ normalizer: Normalizer
    ) {
        self.init(batch, of: corpora.map(\.name), text: \.source.string) { index, texts in
            corpora[index].places(of: texts, in: folder, normalizer)
        }
    }

    init(
        _ batch: [SentimentText], of corpora: [Recipe.SentimentCorpus], in folder: URL,
        _ normalizer: Normalizer
    ) {
        self.init(batch, of: corpora.map(\.name), text: \.text.string) { index, texts in
            corpora[index].places(of: texts, in: folder, normalizer)
        }
    }

    /// - Parameters:
    ///   - names: of the corpora.
    ///   - text: what one of the batch's texts says.
    ///   - places: where those of a corpus stand, as far as that can be told.
    private init<Text: TrainingText & Hashable>(
        _ batch: [Text], of names: [String], text: (Text) -> String,
        places: (Int, [Text]) -> [Text: String]
    ) {
        let found = names.indices.map { index in
            places(index, batch.filter { $0.corpusIndex == index })
        }
        texts = batch.map { (text($0), found[$0.corpusIndex][$0] ?? names[$0.corpusIndex]) }
    }
}

extension Recipe.TranslationCorpus {
    /// The name of the corpus, file and line of those texts that its files have; a join has no file of its own.
    func places(
        of texts: [TranslationText], in folder: URL, _ normalizer: Normalizer
    ) -> [TranslationText: String] {
        guard !texts.isEmpty, let file = pairs ?? source, let lines = try? read(in: folder).pairs
        else { return [:] }
        var remaining: [[NormalizedText]: [TranslationText]] = [:]
        for text in texts {
            remaining[[text.source, text.target], default: []].append(text)
            if directions == .both {
                remaining[[text.target, text.source], default: []].append(text)
            }
        }
        var places: [TranslationText: String] = [:]
        for (number, pair) in zip(1..., lines) {
            let sides = [normalizer.normalize(pair.source), normalizer.normalize(pair.target)]
            for text in remaining.removeValue(forKey: sides) ?? [] where places[text] == nil {
                places[text] = "\(name), \(file):\(number)"
            }
        }
        return places
    }
}

extension Recipe.SentimentCorpus {
    /// The name of the corpus, file and line of those texts that its files have.
    func places(
        of texts: [SentimentText], in folder: URL, _ normalizer: Normalizer
    ) -> [SentimentText: String] {
        if texts.isEmpty { return [:] }
        var remaining = Dictionary(grouping: texts, by: \.text)
        var places: [SentimentText: String] = [:]
        for (file, lines) in files(in: folder) {
            for (number, line) in zip(1..., lines) {
                for text in remaining.removeValue(forKey: normalizer.normalize(line)) ?? [] {
                    places[text] = "\(name), \(file):\(number)"
                }
            }
        }
        return places
    }

    /// The texts of each file that the corpus takes texts from; of translations, those of the second side.
    private func files(in folder: URL) -> [(name: String, lines: [String])] {
        guard let through else {
            let texts = try? LabelledCorpus.read(folder.file(file), scheme: labels)
            return [(file, texts?.map(\.text) ?? [])]
        }
        return through.map { files in
            let pairs = try? files.read(in: folder)
            return (files.pairs ?? files.target ?? "", pairs?.map(\.target) ?? [])
        }
    }
}
