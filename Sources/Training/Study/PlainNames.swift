extension Unicode.Scalar {
    /// Whether it may stand in the name of a file anywhere: a letter or digit of ASCII, `-`, `_` or `+`.
    var isPlain: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", "+": true
        default: false
        }
    }
}

extension [String] {
    /// Names for files: `-` stands for what cannot be in one, and a number behind a name that an earlier one has already.
    var asFileNames: [String] {
        var taken: Set<String> = []
        return map { text in
            let name = String(
                String.UnicodeScalarView(text.unicodeScalars.map { $0.isPlain ? $0 : "-" }))
            var (candidate, number) = (name, 1)
            while !taken.insert(candidate).inserted {
                number += 1
                candidate = "\(name)-\(number)"
            }
            return candidate
        }
    }
}
