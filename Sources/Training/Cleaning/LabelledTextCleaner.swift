import LanguageIdentification
import Tokenization

/// Says which labelled texts of a corpus are to be left out, and why.
public struct LabelledTextCleaner: Sendable {
    private let rules: CleaningRules
    private let check: TextCheck

    /// - Parameters:
    ///   - identifier: needed for the rule `language`, which is not applied without it.
    ///   - language: of the texts; nil if it is not known, and then not checked.
    public init(_ rules: CleaningRules, identifier: LanguageIdentifier?, language: String?) {
        self.rules = rules
        check = TextCheck(rules, identifier: identifier, language: language)
    }

    /// The rule that each text breaks; nil for those that stay.
    ///
    /// - Parameter texts: with their labels in any spelling: the same label is spelled the same.
    public func breaches(
        of texts: [(text: NormalizedText, label: String)], threadCount: Int
    ) -> [CleaningRules.Rule?] {
        let own: [CleaningRules.Rule] = [.empty, .tooLong, .language].filter(rules.contains)
        let found = texts.concurrentMap(threadCount: threadCount) { text in
            own.first { check.breaks($0, text.text.string) }
        }
        let firsts = Dictionary(texts.map { ($0.text, $0.label) }) { first, _ in first }
        let contested = Set(texts.lazy.filter { firsts[$0.text] != $0.label }.map(\.text))
        var seen: Set<Line> = []
        return zip(texts, found).map { text, rule in
            if let rule { return rule }
            if rules.contains(.conflict) && contested.contains(text.text) { return .conflict }
            let isNew = seen.insert(Line(text: text.text, label: text.label)).inserted
            return isNew || !rules.contains(.duplicate) ? nil : .duplicate
        }
    }

    private struct Line: Hashable {
        let text: NormalizedText
        let label: String
    }
}
