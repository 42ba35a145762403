extension BPETokenizer {
    /// What of a tokenizer is not that of another, in words; nil if both make the same tokens of every text.
    public func difference(from other: BPETokenizer) -> String? {
        let (mine, theirs) = (vocabulary, other.vocabulary)
        if normalizer.rule != other.normalizer.rule {
            return "another normalisation than that"
        }
        if mine.languages != theirs.languages {
            return "the languages \(mine.languages.joined(separator: ", ")), not the "
                + theirs.languages.joined(separator: ", ")
        }
        if mine.count != theirs.count {
            return "\(mine.count) subwords, not the \(theirs.count)"
        }
        let isSame =
            mine.spareCount == theirs.spareCount && mine.characters == theirs.characters
            && mine.merges == theirs.merges
        return isSame ? nil : "other subwords than those"
    }
}
