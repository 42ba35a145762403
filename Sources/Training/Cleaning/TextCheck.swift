import LanguageIdentification

/// The rules that a single text may break.
struct TextCheck: Sendable {
    let rules: CleaningRules
    let identifier: LanguageIdentifier?
    /// The language that the text should be in.
    let language: String?

    init(_ rules: CleaningRules, identifier: LanguageIdentifier?, language: String?) {
        self.rules = rules
        self.identifier = identifier
        self.language = language
    }

    func breaks(_ rule: CleaningRules.Rule, _ text: String) -> Bool {
        switch rule {
        case .empty: text.allSatisfy(\.isWhitespace)
        case .tooLong: text.wordCount > rules.maximumWords
        case .letters: text.letterShare < rules.minimumLetters
        case .language: isForeign(text)
        default: false
        }
    }

    /// Whether the text is in another language, as surely as a text must be in one not to be translated into it. An
    /// identifier that does not know the language says nothing.
    private func isForeign(_ text: String) -> Bool {
        guard let identifier, let language, identifier.languages.contains(language) else {
            return false
        }
        let estimate = identifier.identify(text)
        return identifier.languages.contains { other in
            other != language && PassThrough.applies(to: text, estimate, target: other)
        }
    }
}

extension String {
    /// The number of stretches without white space.
    var wordCount: Int {
        var count = 0
        var isInWord = false
        for scalar in unicodeScalars {
            let isSpace = scalar.properties.isWhitespace
            if !isSpace && !isInWord { count += 1 }
            isInWord = !isSpace
        }
        return count
    }

    /// The share of letters and their marks in what is not white space; 1 if there is nothing else.
    fileprivate var letterShare: Double {
        var letters = 0, others = 0
        for scalar in unicodeScalars where !scalar.properties.isWhitespace {
            if scalar.isLetterOrMark { letters += 1 } else { others += 1 }
        }
        return others == 0 ? 1 : Double(letters) / Double(letters + others)
    }
}

extension Unicode.Scalar {
    fileprivate var isLetterOrMark: Bool {
        if isASCII { return properties.isAlphabetic }
        return switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: properties.isAlphabetic
        }
    }
}
