#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A tokenizer on disk: one JSON object in UTF-8 with these keys, in this order.
///
///     {
///       "format": "mtl-nlp-bpe",
///       "version": 2,
///       "normalization": {"form": "nfkc", "straightens_quotes": true, "case": "marked"},
///       "languages": ["de", "en"],
///       "spare_count": 8,
///       "vocabulary_size": 8000,
///       "characters": ["▁", "!", "\"", ...],
///       "merges": ["e n", "▁ t", ...]
///     }
///
/// - `normalization`: `NormalizationRule`. Without `"case": "marked"` the key `case` is left out and the version is 1,
///   which knows no marks of case.
/// - `characters`: the base characters, one code point each, ascending by code point with the space, which is written
///   `▁` (U+2581), first; U+2581 itself is never one. With marks of case `⇧` (U+21E7) and `⇪` (U+21EA) are among them
///   and are the marks.
/// - `merges`: in the order in which they were learned, the two parts with one ASCII space between. A part is a base
///   character or the joined parts of an earlier merge; no two merges join to the same subword. A
///   mark of case is a left part of its own or in neither.
/// - `vocabulary_size`: 1 + languages + spare_count + 256 + characters + merges. `Vocabulary` says which ID is which.
///
/// The same tokenizer is written as the same bytes. A change of the format raises the version.
struct TokenizerFile: Decodable {
    static let format = "mtl-nlp-bpe"
    /// The first version that knows marks of case.
    private static let versionOfCaseMarks = 2

    /// The lowest version that can hold a tokenizer: older programs read what they can.
    static func version(_ rule: NormalizationRule) -> Int {
        rule.letterCase == .marked ? versionOfCaseMarks : 1
    }

    let format: String
    let version: Int
    let normalization: NormalizationRule
    let languages: [String]
    let spareCount: Int
    let vocabularySize: Int
    let characters: [String]
    let merges: [String]

    private enum CodingKeys: String, CodingKey {
        case format, version, normalization, languages, characters, merges
        case spareCount = "spare_count"
        case vocabularySize = "vocabulary_size"
    }
}

/// Why a tokenizer file cannot be used: one line that names the file, what is wrong and the way out.
public struct TokenizerFileError: Error, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The file cannot be read or written.
        case inaccessible
        /// The contents are not what they have to be.
        case malformed
    }

    public let kind: Kind
    public let description: String

    init(_ kind: Kind, _ url: URL, _ problem: String) {
        self.kind = kind
        description = "\(url.path): \(problem)"
    }
}

extension BPETokenizer {
    /// Reads a tokenizer and checks all of it.
    ///
    /// - Throws: `TokenizerFileError`.
    public convenience init(contentsOf url: URL) throws {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw TokenizerFileError(
                .inaccessible, url, "cannot be read; check the path and that the file is readable")
        }
        do {
            let file = try TokenizerFile(data)
            self.init(try file.vocabulary(), normalizer: Normalizer(file.normalization))
        } catch let problem as TokenizerFile.Problem {
            throw TokenizerFileError(
                .malformed, url, "\(problem.text); restore the file or train the tokenizer again")
        }
    }

    /// Writes the tokenizer; the file appears whole or not at all.
    ///
    /// - Throws: `TokenizerFileError`.
    public func write(to url: URL) throws {
        do {
            try Data(fileContents.utf8).write(to: url, options: .atomic)
        } catch {
            throw TokenizerFileError(
                .inaccessible, url,
                "cannot be written; check that the folder exists, is writable and not full")
        }
    }

    /// Written by hand, since the layout of `JSONEncoder` may change with Foundation.
    package var fileContents: String {
        let merges = vocabulary.merges.map {
            "\(subword($0.left)) \(subword($0.right))"
        }
        let characters = vocabulary.characters.indices.map {
            subword(vocabulary.firstCharacterID + TokenID($0))
        }
        let rule = normalizer.rule
        let letterCase =
            rule.letterCase == .cased ? "" : ", \"case\": \(quoted(rule.letterCase.rawValue))"
        return """
            {
              "format": \(quoted(TokenizerFile.format)),
              "version": \(TokenizerFile.version(rule)),
              "normalization": {"form": \(quoted(rule.form.rawValue)), \
            "straightens_quotes": \(rule.straightensQuotes)\(letterCase)},
              "languages": [\(vocabulary.languages.map(quoted).joined(separator: ", "))],
              "spare_count": \(vocabulary.spareCount),
              "vocabulary_size": \(vocabulary.count),
              "characters": [
            \(lines(characters))
              ],
              "merges": [
            \(lines(merges))
              ]
            }

            """
    }

    private func lines(_ strings: [String]) -> String {
        strings.map { "    " + quoted($0) }.joined(separator: ",\n")
    }

    private func quoted(_ string: String) -> String {
        var result = String.UnicodeScalarView()
        result.append("\"")
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\": result.append(contentsOf: ["\\", scalar])
            case ..<" ":
                let digits = String(scalar.value, radix: 16)
                let zeros = String(repeating: "0", count: 4 - digits.count)
                result.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
            default: result.append(scalar)
            }
        }
        result.append("\"")
        return String(result)
    }
}

extension TokenizerFile {
    struct Problem: Error {
        let text: String
    }

    /// Only the keys that every version has.
    private struct Header: Decodable {
        let format: String
        let version: Int
    }

    init(_ data: Data) throws {
        let decoder = JSONDecoder()
        do {
            self = try decoder.decode(Self.self, from: data)
        } catch let error as DecodingError {
            // Another version may have other keys.
            if let header = try? decoder.decode(Header.self, from: data) {
                try Self.check(format: header.format, version: header.version)
            }
            throw Problem(text: Self.describe(error))
        }
        try Self.check(format: format, version: version)
        if version < Self.version(normalization) {
            throw Problem(text: "has version \(version), which knows no marks of case")
        }
    }

    private static func check(format: String, version: Int) throws {
        if format != self.format {
            throw Problem(text: "is not a tokenizer: its format is '\(format)'")
        }
        if !(1...versionOfCaseMarks).contains(version) {
            throw Problem(
                text:
                    "has version \(version), this program reads versions 1 to \(versionOfCaseMarks)"
            )
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
                .joined(separator: " ")
        }
        switch error {
        case .keyNotFound(let key, _): return "lacks the key '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "'\(path(context))' is not of the right type"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "'\(path(context))' has a value that is not known"
        default: return "is not valid JSON"
        }
    }

    /// Builds the vocabulary, checking everything.
    func vocabulary() throws -> Vocabulary {
        if let problem = Vocabulary.problem(ofLanguages: languages) { throw Problem(text: problem) }
        guard (0...1024).contains(spareCount) else {
            throw Problem(text: "spare_count is \(spareCount), not between 0 and 1024")
        }
        var vocabulary = Vocabulary(
            languages: languages, spareCount: spareCount, characters: try baseCharacters(),
            hasCaseMarks: hasCaseMarks)
        for (index, text) in merges.enumerated() {
            let merge = try Self.merge(text, number: index + 1, vocabulary)
            guard vocabulary.append(merge) != nil else {
                throw Problem(text: "merge \(index + 1), '\(text)', gives a subword that exists")
            }
        }
        guard vocabulary.count == vocabularySize else {
            throw Problem(
                text: "vocabulary_size is \(vocabularySize), but there are \(vocabulary.count) "
                    + "tokens")
        }
        return vocabulary
    }

    private var hasCaseMarks: Bool { normalization.letterCase == .marked }

    private func baseCharacters() throws -> [UInt32] {
        var result: [UInt32] = []
        for (index, text) in characters.enumerated() {
            guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first else {
                throw Problem(text: "character \(index + 1), '\(text)', is not one code point")
            }
            let isSpace = scalar.value == Vocabulary.boundaryMark
            guard isSpace == (index == 0) else {
                throw Problem(
                    text: "characters do not have '\u{2581}' at the beginning and only there")
            }
            if let last = result.last, !isSpace, scalar.value <= last {
                throw Problem(text: "character \(index + 1), '\(text)', is out of order or twice")
            }
            result.append(isSpace ? 0x20 : scalar.value)
        }
        if result.isEmpty { throw Problem(text: "characters is empty") }
        for mark in CaseMark.allCases where hasCaseMarks && !result.contains(mark.symbol.value) {
            throw Problem(text: "characters lack '\(mark.symbol)', a mark of case")
        }
        return result
    }

    private static func merge(
        _ text: String, number: Int, _ vocabulary: Vocabulary
    ) throws -> Vocabulary.Merge {
        let bytes = Array(text.utf8)
        guard let space = bytes.firstIndex(of: 0x20), !bytes[(space + 1)...].contains(0x20) else {
            throw Problem(text: "merge \(number), '\(text)', is not two parts")
        }
        func token(_ part: ArraySlice<UInt8>) throws -> TokenID {
            if let token = vocabulary.token(spelled: vocabulary.spelling(ofShown: part)) {
                return token
            }
            throw Problem(
                text: "merge \(number), '\(text)', has the part "
                    + "'\(String(decoding: part, as: UTF8.self))', which is no base character or "
                    + "earlier subword")
        }
        let merge = Vocabulary.Merge(
            left: try token(bytes[..<space]), right: try token(bytes[(space + 1)...]))
        if vocabulary.isMarked(merge.right)
            || vocabulary.isMarked(merge.left) && merge.left >= vocabulary.firstMergeID
        {
            throw Problem(
                text: "merge \(number), '\(text)', has a mark of case that is not its left part")
        }
        return merge
    }
}

extension Vocabulary {
    /// What makes a list of target languages impossible, in words; nil if it is possible.
    package static func problem(ofLanguages languages: [String]) -> String? {
        if languages.isEmpty { return "languages is empty" }
        if languages.count > 1024 { return "languages has more than 1024 entries" }
        for (index, language) in languages.enumerated() {
            let isCode =
                !language.isEmpty
                && language.utf8.allSatisfy {
                    (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0)
                        || $0 == 0x2D || $0 == 0x5F
                }
            if !isCode { return "language '\(language)' is not a code such as 'de' or 'pt-BR'" }
            if languages[..<index].contains(language) {
                return "language '\(language)' is there twice"
            }
        }
        return nil
    }
}
