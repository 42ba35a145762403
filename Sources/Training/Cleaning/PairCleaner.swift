import Inference
import LanguageIdentification
import Tokenization

/// Says which pairs of a corpus are to be left out, and why.
public struct PairCleaner: Sendable {
    private let rules: CleaningRules
    private let sourceCheck: TextCheck
    private let targetCheck: TextCheck

    /// - Parameters:
    ///   - identifier: needed for the rule `language`, which is not applied without it.
    ///   - source: the language of the sources; nil if it is not known, and then not checked.
    ///   - target: the language of the targets, likewise.
    public init(
        _ rules: CleaningRules, identifier: LanguageIdentifier?, source: String?, target: String?
    ) {
        self.rules = rules
        sourceCheck = TextCheck(rules, identifier: identifier, language: source)
        targetCheck = TextCheck(rules, identifier: identifier, language: target)
    }

    /// The rule that each pair breaks; nil for those that stay.
    public func breaches(
        of pairs: [(source: NormalizedText, target: NormalizedText)], threadCount: Int
    ) -> [CleaningRules.Rule?] {
        let found = pairs.concurrentMap(threadCount: threadCount) {
            breach(of: $0.source.string, $0.target.string)
        }
        var seen: Set<Pair> = []
        return zip(pairs, found).map { pair, rule in
            if let rule { return rule }
            let isNew = seen.insert(Pair(source: pair.source, target: pair.target)).inserted
            return isNew || !rules.contains(.duplicate) ? nil : .duplicate
        }
    }

    private struct Pair: Hashable {
        let source: NormalizedText
        let target: NormalizedText
    }

    /// The first rule that a pair breaks by itself.
    private func breach(of source: String, _ target: String) -> CleaningRules.Rule? {
        for rule in CleaningRules.Rule.ofPairs where rules.contains(rule) {
            let isBroken =
                switch rule {
                case .empty, .tooLong, .letters, .language:
                    sourceCheck.breaks(rule, source) || targetCheck.breaks(rule, target)
                case .lengthRatio: isUneven(source, target)
                case .copy: isCopy(source, target)
                case .placeholders, .numbers: Self.differs(source, target, by: rule)
                case .duplicate, .conflict: false
                }
            if isBroken { return rule }
        }
        return nil
    }

    private func isUneven(_ source: String, _ target: String) -> Bool {
        func ratio(_ first: Int, _ second: Int, slack: Int) -> Double {
            Double(max(first, second) + slack) / Double(min(first, second) + slack)
        }
        return max(
            ratio(source.wordCount, target.wordCount, slack: 3),
            ratio(source.unicodeScalars.count, target.unicodeScalars.count, slack: 10))
            > rules.maximumRatio
    }

    /// Shorter copies may be names, or words that both languages have.
    private static let shortestCopy = 4

    private func isCopy(_ source: String, _ target: String) -> Bool {
        source.wordCount >= Self.shortestCopy && source.inLowerCase() == target.inLowerCase()
    }

    private static func differs(
        _ source: String, _ target: String, by rule: CleaningRules.Rule
    ) -> Bool {
        let spans = [source, target].map { text in
            SpanScanner.spans(of: text).filter { $0.kind.isChecked(by: rule) }
        }
        let isLost = !SpanComparison.lost(spans[0], spans[1]).isEmpty
        let isAdded = !SpanComparison.lost(spans[1], spans[0]).isEmpty
        return rule == .numbers ? isLost && isAdded : isLost || isAdded
    }
}

extension ProtectedSpan.Kind {
    /// Which rule looks at such spans; none at words with digits, since `5:30 pm` is `17h30` elsewhere.
    fileprivate func isChecked(by rule: CleaningRules.Rule) -> Bool {
        switch self {
        case .number: rule == .numbers
        case .code: false
        default: rule == .placeholders
        }
    }
}
