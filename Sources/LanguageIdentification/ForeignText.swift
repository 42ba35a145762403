/// The rule by which a text of which no language was found counts as one in a language that is not known, instead of as one in no
/// language at all: names, symbols, placeholders.
public enum ForeignText {
    /// How many letters a text must have whose script is not Latin: it may do without spaces.
    static let leastLetterCount = 10

    /// Whether a text of which no language was found has so much to read that it is in one that is not known.
    public static func applies(to text: String) -> Bool {
        hasEnoughWords(text) || isInAnotherScript(text)
    }

    /// Whether a text has as many different words as `PassThrough` asks for: stretches of two letters or more and nothing else,
    /// but for marks around them. Links, placeholders and @names are none.
    private static func hasEnoughWords(_ text: String) -> Bool {
        let stretches = text.split { $0.isWhitespace || ".,;:!?¡¿…\"«»„“”".contains($0) }
        let words = Set(stretches.filter { $0.count > 1 && $0.allSatisfy(\.isLetter) })
        return words.count >= PassThrough.leastWordCount
    }

    private static func isInAnotherScript(_ text: String) -> Bool {
        let letters = LetterWords(text).letters.filter { $0 != 0x20 }
        return letters.count >= leastLetterCount
            && letters.allSatisfy { $0 == LetterWords.foreignLetter }
    }
}
