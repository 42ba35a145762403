import Transformer

/// How a corpus writes the classes of sentiment.
public enum LabelScheme: String, CaseIterable, Codable, Sendable {
    /// 0 negative, 1 positive, as in SST-2.
    case binary
    /// 0 and 1 negative, 2 neutral, 3 and 4 positive, as in SST-5.
    case five
    /// `negative`, `neutral`, `positive`.
    case named

    /// The names of the scheme and what they mean.
    public var labels: [(name: String, label: SentimentLabel)] {
        switch self {
        case .binary: [("0", .negative), ("1", .positive)]
        case .five:
            [
                ("0", .negative), ("1", .negative), ("2", .neutral), ("3", .positive),
                ("4", .positive),
            ]
        case .named: SentimentLabel.allCases.map { ($0.name, $0) }
        }
    }

    /// The label that the scheme writes so; nil if it does not know the name.
    public func label(named name: String) -> SentimentLabel? {
        labels.first { $0.name == name }?.label
    }
}
