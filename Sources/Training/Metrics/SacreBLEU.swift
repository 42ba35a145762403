/// What BLEU and chrF share with sacreBLEU (Post 2018, "A call for clarity in reporting BLEU scores"): a Python
/// program, whose idea of white space and of lower case is part of the definition of its scores.
enum SacreBLEU {
    /// The release whose scores ours equal. What follows the plus sign says, as in Python's version numbers, that a
    /// compatible program of another origin made them.
    static let version = "2.6.0+mtl-nlp"
}

extension Unicode.Scalar {
    /// Whether Python's `str.split()` and `str.strip()` take the scalar for white space: Unicode's white space and the
    /// four separators U+001C to U+001F.
    var isPythonWhitespace: Bool {
        switch value {
        case 0x21...0x7e: false
        case 0x1c...0x1f: true
        default: properties.isWhitespace
        }
    }
}

extension String {
    /// Lower case as Python's `str.lower()` makes it: the standard library's, and a capital sigma at the end of a word
    /// becomes a final sigma (Unicode 15, table 3-17).
    func pythonLowercased() -> String {
        guard unicodeScalars.contains("Σ") else { return lowercased() }
        let scalars = Array(unicodeScalars)
        return scalars.indices.reduce(into: "") { result, index in
            let isFinalSigma =
                scalars[index] == "Σ"
                && Self.meetsLetter(scalars[..<index].reversed())
                && !Self.meetsLetter(scalars[(index + 1)...])
            result += isFinalSigma ? "ς" : scalars[index].properties.lowercaseMapping
        }
    }

    /// Whether a letter with case comes first, past what case ignores.
    private static func meetsLetter(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
        scalars.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
    }
}
