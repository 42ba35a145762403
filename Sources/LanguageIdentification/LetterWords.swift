import Tokenization

/// The words of a text as an identifier of languages sees them: runs of letters in lower case, apostrophes inside them
/// included. All else separates words and is not looked at, so digits, signs and emoji speak for no language.
///
/// Letters that are not Latin all become `foreignLetter`: which of the other scripts it is makes no difference to
/// languages in Latin script, and a letter that training never met must not count by chance.
struct LetterWords {
    /// Stands for every letter that is not Latin.
    static let foreignLetter: UInt32 = 0xFFFD

    /// What is read of a text, in code points; the rest of a longer one tells nothing more.
    static let longestText = 16_384

    /// The words' letters, a space before the first word and after each. Empty if there is no letter.
    let letters: [UInt32]

    init(_ text: String) {
        let start = String(text.unicodeScalars.prefix(Self.longestText))
        let lower = Normalizer().normalize(start).string.inLowerCase()
        var letters: [UInt32] = []
        letters.reserveCapacity(lower.utf8.count + 2)
        var isInWord = false
        var apostrophe = false
        for scalar in lower.unicodeScalars {
            if let letter = Self.letter(scalar) {
                if isInWord && apostrophe { letters.append(0x27) }
                if !isInWord { letters.append(0x20) }
                letters.append(letter)
                isInWord = true
                apostrophe = false
            } else if scalar == "'" && isInWord && !apostrophe {
                apostrophe = true
            } else {
                isInWord = false
                apostrophe = false
            }
        }
        if !letters.isEmpty { letters.append(0x20) }
        self.letters = letters
    }

    /// The letter that a code point counts as; nil if it is none.
    private static func letter(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar.value {
        case 0x61...0x7A, 0xDF...0xF6, 0xF8...0x24F, 0x1E00...0x1EFF: scalar.value
        case ..<0x80: nil
        default: scalar.properties.isAlphabetic ? foreignLetter : nil
        }
    }
}
