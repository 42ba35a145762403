import Transformer

/// How a corpus writes the classes of sentiment.
public enum LabelScheme: String, CaseIterable, Codable, Sendable {
    /// 0 negative, 1 positive, as in SST-2.
    case binary
    /// 0 and 1 negative, 2 neutral, 3 and 4 positive, as in SST-5.
    case five
    /// `negative`, `neutral`, `positive`.
    case named
    /// Three columns, the probabilities of negative, neutral and positive, as a teacher gives them for a student to learn
    /// (Hinton et al. 2015, "Distilling the knowledge in a neural network").
    case probabilities

    /// The names of the scheme and what they mean; none for probabilities.
    public var labels: [(name: String, label: SentimentLabel)] {
        switch self {
        case .binary: [("0", .negative), ("1", .positive)]
        case .five:
            [
                ("0", .negative), ("1", .negative), ("2", .neutral), ("3", .positive),
                ("4", .positive),
            ]
        case .named: SentimentLabel.allCases.map { ($0.name, $0) }
        case .probabilities: []
        }
    }

    /// The classes that the scheme can tell apart.
    public var classes: Set<SentimentLabel> {
        self == .probabilities ? Set(SentimentLabel.allCases) : Set(labels.map(\.label))
    }
}
