/// The classes of sentiment; raw values are the outputs of the head.
public enum SentimentLabel: Int, CaseIterable, Codable, Hashable, Sendable {
    case negative, neutral, positive

    /// The name in files and answers.
    public var name: String { "\(self)" }

    /// The label of that name.
    public init?(name: String) {
        guard let label = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = label
    }

    /// The most probable label, and of equals the first.
    ///
    /// - Parameter probabilities: of all labels, by their raw values.
    public init(mostProbableOf probabilities: [some Comparable]) {
        let labels = Self.allCases
        self = labels.dropFirst().reduce(labels[0]) { best, label in
            probabilities[label.rawValue] > probabilities[best.rawValue] ? label : best
        }
    }
}
