extension Recipe {
    /// The files that are not those that the recipe was made with, by their SHA-256.
    ///
    /// - Parameter digests: of all files that the recipe reads, by their paths.
    func filesDiffering(from digests: [String: String]) -> [String] {
        (corpora.filesDiffering(from: digests) + validation.tests.filesDiffering(from: digests))
            .sorted()
    }
}

extension Recipe.Corpora {
    /// The files whose SHA-256 is another than these corpora name.
    func filesDiffering(from digests: [String: String]) -> [String] {
        (sha256 ?? [:]).filter { digests[$0.key] != $0.value }.keys.sorted()
    }

    /// The digests that files of these corpora are to have.
    ///
    /// - Throws: `FileError` for a file that no corpus reads, so that a slip of the pen leaves no file unchecked.
    func digests(_ place: RecipeNode) throws -> [String: String] {
        let files = Set(files)
        return try place.entries().reduce(into: [:]) { digests, entry in
            guard files.contains(entry.key) else {
                throw entry.value.error(
                    "\(place.path) names '\(entry.key)', which no corpus reads; correct or remove it"
                )
            }
            let digest = try entry.value.string()
            guard digest.count == 64, digest.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
                throw entry.value.mismatch("a SHA-256 of 64 hexadecimal digits")
            }
            digests[entry.key] = digest.lowercased()
        }
    }
}
