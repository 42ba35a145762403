import Files
import Foundation
import LanguageIdentification

extension CleaningRules {
    /// What a recipe may say in one word.
    private enum Choice: String, CaseIterable {
        case all, none
    }

    /// - Parameter place: `all`, `none` or a mapping.
    init(_ place: RecipeNode) throws {
        self.init()
        guard place.node.scalar == nil else {
            if try place.choice(of: Choice.self) == .none { rules = [] }
            return
        }
        let keys = try place.mapping(of: CodingKeys.self)
        let chosen = try keys.optional(.rules)?.list().map { try $0.choice(of: Rule.self) }
        rules = chosen.map { chosen in Rule.allCases.filter(chosen.contains) }
        maximumWords =
            try keys.optional(.maximumWords)?.integer(in: 1...1_000_000) ?? maximumWords
        maximumRatio = try keys.optional(.maximumRatio)?.number(.factor) ?? maximumRatio
        minimumLetters = try keys.optional(.minimumLetters)?.number(.rate) ?? minimumLetters
        identifier = try keys.optional(.identifier)?.string()
    }
}

extension Recipe {
    /// The rules of those corpora whose cleaning needs a language identifier.
    private var rulesOfLanguage: [CleaningRules] {
        let own = corpora.translation.map(\.cleaning) + corpora.sentiment.map(\.cleaning)
        return own.compactMap { $0 ?? corpora.cleaning }.filter { $0.contains(.language) }
    }

    /// The language identifiers that cleaning needs, as the recipe names them.
    var identifierFiles: [String] { rulesOfLanguage.compactMap(\.identifier) }

    /// Whether cleaning needs the language identifier that comes with the program.
    var needsOwnIdentifier: Bool { rulesOfLanguage.contains { $0.identifier == nil } }

    /// Refuses rules for which there is no language identifier.
    ///
    /// - Parameter file: of the recipe.
    func check(languageIdentifier: URL?, file: URL) throws {
        if needsOwnIdentifier && languageIdentifier == nil {
            throw FileError(
                .malformed, file,
                "cleaning has the rule 'language', but no language identifier comes with the "
                    + "program; name one with cleaning.identifier, or leave the rule out")
        }
    }
}

/// The language identifiers that a recipe's cleaning needs.
struct CleaningIdentifiers {
    private let own: LanguageIdentifier?
    private let named: [String: LanguageIdentifier]

    /// - Parameters:
    ///   - folder: where the paths of the recipe begin.
    ///   - own: the one that comes with the program.
    /// - Throws: `FileError`.
    init(_ recipe: Recipe, folder: URL, own: URL?) throws {
        self.own =
            try recipe.needsOwnIdentifier ? own.map(LanguageIdentifier.init(contentsOf:)) : nil
        var named: [String: LanguageIdentifier] = [:]
        for name in recipe.identifierFiles where named[name] == nil {
            named[name] = try LanguageIdentifier(contentsOf: folder.file(name))
        }
        self.named = named
    }

    /// The one that the rules name, or that of the program.
    subscript(rules: CleaningRules) -> LanguageIdentifier? {
        rules.identifier.map { named[$0] } ?? own
    }
}
