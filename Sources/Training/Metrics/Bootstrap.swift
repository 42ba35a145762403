import Kernels

/// Counts of a segment that can be added up to those of a set.
public protocol SummableStatistics: Sendable {
    /// Those of nothing.
    init()
    static func += (sum: inout Self, other: Self)
    /// What the counts score.
    var score: Double { get }
}

extension BLEU.Statistics: SummableStatistics {
    public var score: Double { BLEU(self).score }
}

extension ChrF.Statistics: SummableStatistics {
    public var score: Double { ChrF(self).score }
}

/// The samples of a test set by which the bootstrap tells how far a score would have been another on another set of the same
/// kind (Koehn 2004, "Statistical significance tests for machine translation evaluation", section 4).
///
/// A sample has as many segments as the set, drawn with replacement. Systems that are measured with one bootstrap are
/// measured on the same samples, so that their differences are paired.
public struct Bootstrap: Sendable {
    /// The segments of each sample.
    let samples: [[Int32]]

    public init(segmentCount: Int, sampleCount: Int = 1000, seed: UInt64) {
        precondition(segmentCount > 0 && sampleCount > 0)
        var generator = SeededGenerator(seed: seed)
        samples = (0..<sampleCount).map { _ in
            (0..<segmentCount).map { _ in Int32(generator.next(below: segmentCount)) }
        }
    }

    /// The score of a set and of its samples.
    ///
    /// - Parameter statistics: of each segment.
    public func score<Statistics: SummableStatistics>(
        of statistics: [Statistics]
    ) -> ResampledScore {
        func sum(_ indices: some Sequence<Int>) -> Double {
            indices.reduce(into: Statistics()) { $0 += statistics[$1] }.score
        }
        return ResampledScore(
            value: sum(statistics.indices), samples: samples.map { sum($0.lazy.map(Int.init)) })
    }
}

/// A score of a set, and that of each of its samples.
public struct ResampledScore: Sendable {
    public let value: Double
    public let samples: [Double]

    init(value: Double, samples: [Double]) {
        self.value = value
        self.samples = samples
    }

    /// The mean of scores on the same samples.
    ///
    /// - Precondition: there is one.
    public init(meanOf scores: [ResampledScore]) {
        let count = Double(scores.count)
        value = scores.reduce(0) { $0 + $1.value } / count
        samples = scores[0].samples.indices.map { sample in
            scores.reduce(0) { $0 + $1.samples[sample] } / count
        }
    }

    /// The difference of two scores on the same samples.
    public static func - (left: ResampledScore, right: ResampledScore) -> ResampledScore {
        ResampledScore(
            value: left.value - right.value,
            samples: zip(left.samples, right.samples).map { $0 - $1 })
    }

    /// What 95 % of the samples score: all but the 2.5 % at either end.
    public var interval: ClosedRange<Double> {
        let sorted = samples.sorted()
        let outside = sorted.count * 25 / 1000
        return sorted[outside]...sorted[sorted.count - 1 - outside]
    }

    /// The share of the samples above 0.
    public var shareAboveZero: Double {
        Double(samples.count { $0 > 0 }) / Double(samples.count)
    }

    /// How probable a difference at least as far from 0, on either side, would be if there were none: twice the share of
    /// the samples on the other side of 0, the set itself counting as one of them.
    public var pValue: Double {
        let rarer = min(samples.count { $0 <= 0 }, samples.count { $0 >= 0 })
        return min(1, 2 * Double(rarer + 1) / Double(samples.count + 1))
    }
}
