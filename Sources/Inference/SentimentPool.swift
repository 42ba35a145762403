import Transformer

/// The probabilities of a text: the mean of those of its parts, weighted by their tokens.
struct SentimentPool {
    private var sums = [Double](repeating: 0, count: SentimentLabel.allCases.count)

    /// - Parameter probabilities: those of a part, by the raw values of the labels.
    mutating func add(_ probabilities: [Float], tokenCount: Int) {
        for (label, probability) in probabilities.enumerated() {
            sums[label] += Double(probability) * Double(tokenCount)
        }
    }

    /// Those of an empty text if nothing was added. The temperature is applied last.
    func scores(temperature: Double?) -> SentimentScores {
        let total = sums.reduce(0, +)
        // Numbers that are none are passed on: a self-test looks for them.
        if total == 0 { return .ofEmptyText }
        let scores = SentimentScores(probabilities: sums.map { Float($0 / total) })
        return temperature.map(scores.scaled) ?? scores
    }
}
