import Foundation

/// The test sets of a study.
struct StudyTests {
    let translation: [TranslationTestSet]
    let sentiment: [SentimentTestSet]
    /// The SHA-256 of each file, by its path below the corpora.
    let digests: [String: String]
    /// The language of the texts that times are taken on.
    let timedLanguage: String

    /// What times are taken on: sources of the first translation set, else texts of the first sentiment set.
    var timedTexts: [String] {
        translation.first?.pairs.map(\.source) ?? sentiment.first?.texts.map(\.text) ?? []
    }
}

extension StudyTests {
    /// - Throws: `FileError`.
    init(_ corpora: Recipe.Corpora, folder: URL) throws {
        (translation, sentiment) = try corpora.testSets(in: folder)
        var digests: [String: String] = [:]
        for file in corpora.files where digests[file] == nil {
            digests[file] = try TextFile.sha256(of: folder.file(file))
        }
        self.digests = digests
        timedLanguage = corpora.translation.first?.from ?? corpora.sentiment.first?.language ?? ""
    }
}
