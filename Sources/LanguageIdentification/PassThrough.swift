/// The rule by which a translator leaves text alone that is in the target language already.
///
/// To translate such a text spoils it, but to leave one alone that is in another language is worse: nobody asked for
/// that. So the rule asks for certainty and for enough words to be certain of.
public enum PassThrough {
    /// How probable the target language must be.
    public static let leastProbability = 0.99
    /// How many words the text must have.
    public static let leastWordCount = 4

    /// Whether a text, of which this is estimated and nothing else known, is to be passed through untranslated.
    ///
    /// - Parameter target: the code of the language to translate into.
    public static func applies(
        to text: String, _ estimate: LanguageEstimate, target: String
    ) -> Bool {
        estimate.language == target && estimate.probability >= leastProbability
            && hasEnoughWords(text)
    }

    /// Whether a text has `leastWordCount` words: stretches without white space that hold a letter.
    private static func hasEnoughWords(_ text: String) -> Bool {
        var count = 0
        var hasLetter = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                hasLetter = false
            } else if !hasLetter && scalar.properties.isAlphabetic {
                hasLetter = true
                count += 1
                if count == leastWordCount { return true }
            }
        }
        return false
    }
}
