/// How evenly the corpora of a task, and the classes of each corpus, are drawn.
///
/// With a temperature T, something of n examples is drawn as if it had n^(1/T), scaled so that the sum of all stays the
/// same (Arivazhagan et al. 2019, "Massively Multilingual Neural Machine Translation in the Wild", section 4.2). What is
/// small then stands several times in an epoch, and what is large in part.
public struct SamplingBalance: Hashable, Sendable {
    /// Nil: as they are.
    public var corpora: SamplingTemperature?
    /// Nil: as they are.
    public var classes: SamplingTemperature?

    public init(corpora: SamplingTemperature? = nil, classes: SamplingTemperature? = nil) {
        self.corpora = corpora
        self.classes = classes
    }

    /// Examples that are drawn equally often.
    public struct Groups: Hashable, Sendable {
        /// The group of each example.
        public let indices: [Int]
        /// How often each group stands in an epoch.
        public let weights: [Double]
    }

    /// - Parameters:
    ///   - corpusIndices: the corpus of each example.
    ///   - classIndices: the class of each example, below `classCount`.
    ///   - weights: of the corpora: how often an epoch would hold each as it is. They multiply what the temperature makes of
    ///     the sizes.
    public func groups(
        corpusIndices: [Int], classIndices: [Int], classCount: Int, weights: [Double]
    ) -> Groups {
        let levelled = level(corpusIndices, weights)
        guard let classes else { return Groups(indices: corpusIndices, weights: levelled) }
        let indices = zip(corpusIndices, classIndices).map { $0 * classCount + $1 }
        var counts = [Int](repeating: 0, count: weights.count * classCount)
        for index in indices { counts[index] += 1 }
        let groupWeights = levelled.enumerated().flatMap { corpus, weight in
            let sizes = Array(counts[corpus * classCount..<(corpus + 1) * classCount])
            return classes.factors(of: sizes).map { weight * $0 }
        }
        return Groups(indices: indices, weights: groupWeights)
    }

    private func level(_ corpusIndices: [Int], _ weights: [Double]) -> [Double] {
        guard let corpora else { return weights }
        var counts = weights.map { _ in 0 }
        for index in corpusIndices { counts[index] += 1 }
        return zip(weights, corpora.factors(of: counts)).map(*)
    }
}
