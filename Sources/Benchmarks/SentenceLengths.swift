import Kernels

/// The numbers of tokens that sentences have: a normal distribution, rounded, cut at both ends.
struct SentenceLengths: Sendable {
    let mean: Double
    let deviation: Double
    let maximum: Int

    /// With the end.
    private static let minimum = 2

    /// Of Multi30k (Elliott et al. 2016), training part, in subwords of a joint vocabulary of 8,000, ends included.
    static let trainingSource = SentenceLengths(mean: 15.3, deviation: 4.7, maximum: 49)
    static let trainingTarget = SentenceLengths(mean: 15.8, deviation: 5.4, maximum: 53)
    /// The same of its test set, English.
    static let testSource = SentenceLengths(mean: 15.2, deviation: 4.7, maximum: 34)
    /// All of one length.
    static func exactly(_ length: Int) -> SentenceLengths {
        SentenceLengths(mean: Double(length), deviation: 0, maximum: length)
    }

    func next(_ generator: inout SeededGenerator) -> Int {
        let length = (mean + deviation * generator.nextNormal()).rounded()
        return min(maximum, max(Self.minimum, Int(length)))
    }
}
