import Transformer

/// Labelled texts in another language: the label of a sentence holds for its translations.
///
/// A text that translates several labelled sentences gets the mean of their probabilities; if their labels are certain and
/// differ, it is left out.
public struct CarriedLabels: Sendable {
    /// In the order in which the pairs have them, each text once.
    public private(set) var texts: [LabelledText] = []
    /// The labelled sentences that each text translates, of which it has its label.
    public private(set) var origins: [[String]] = []
    /// Pairs whose sentence has no label.
    public private(set) var unlabelledCount = 0
    /// Pairs whose translation stands in an earlier pair.
    public private(set) var duplicateCount = 0
    /// Texts left out because the sentences that they translate have different labels.
    public private(set) var conflictCount = 0
    /// Texts left out because their label is not sure enough.
    public private(set) var unsureCount = 0

    /// - Parameters:
    ///   - labelled: of a text that is there twice, the first counts.
    ///   - pairs: of such texts and their translations.
    ///   - isSure: whether a text's label is sure enough.
    public init(
        of labelled: [LabelledText], to pairs: [SentencePair], where isSure: (LabelledText) -> Bool
    ) {
        let labels = Dictionary(labelled.map { ($0.text, $0) }) { first, _ in first }
        var evidence: [String: Evidence] = [:]
        var seen: Set<SentencePair> = []
        var translations: [String] = []
        for pair in pairs {
            guard let label = labels[pair.source] else {
                unlabelledCount += 1
                continue
            }
            if evidence[pair.target] == nil {
                translations.append(pair.target)
            } else {
                duplicateCount += 1
            }
            guard seen.insert(pair).inserted else { continue }
            evidence[pair.target, default: Evidence()].add(label)
        }
        for text in translations {
            guard let found = evidence[text], let labelled = found.labelled(text) else {
                conflictCount += 1
                continue
            }
            guard isSure(labelled) else {
                unsureCount += 1
                continue
            }
            texts.append(labelled)
            origins.append(found.origins)
        }
    }

    /// How many pairs and texts were left out, by the reason.
    var removed: [String: Int] {
        [
            "unlabelled": unlabelledCount, "duplicate": duplicateCount, "conflict": conflictCount,
            "unsure": unsureCount,
        ]
    }
}

/// What the sentences say that a text translates.
private struct Evidence {
    private(set) var origins: [String] = []
    /// The certain labels.
    private var labels: Set<SentimentLabel> = []
    /// The sum of all probabilities, certain labels left out.
    private var probabilities = SentimentLabel.allCases.map { _ in 0.0 }

    mutating func add(_ labelled: LabelledText) {
        origins.append(labelled.text)
        if let more = labelled.probabilities {
            probabilities = zip(probabilities, more).map(+)
        } else {
            labels.insert(labelled.label)
        }
    }

    /// The text with its label; nil if there are several.
    func labelled(_ text: String) -> LabelledText? {
        if labels.isEmpty { return LabelledText(text: text, probabilities: probabilities) }
        return labels.count == 1 ? labels.first.map { LabelledText(text: text, label: $0) } : nil
    }
}
