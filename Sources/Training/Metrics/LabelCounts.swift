import Transformer

/// How often true labels got predicted ones, of one text or of many.
struct LabelCounts: Sendable {
    /// Row by row `[labels, labels]`: true labels, predictions.
    private var counts = SIMD16<Int32>.zero

    init() {}

    init(label: SentimentLabel, prediction: SentimentLabel) {
        counts[Self.place(label.rawValue, prediction.rawValue)] = 1
    }

    static func += (sum: inout LabelCounts, other: LabelCounts) { sum.counts &+= other.counts }

    private static func place(_ label: Int, _ prediction: Int) -> Int {
        label * SentimentLabel.allCases.count + prediction
    }

    /// As in `ClassificationReport`.
    var confusion: [[Int]] {
        SentimentLabel.allCases.indices.map { label in
            SentimentLabel.allCases.indices.map { Int(counts[Self.place(label, $0)]) }
        }
    }
}

/// Counts that score the share of right predictions, in percent.
struct AccuracyStatistics: SummableStatistics {
    private var counts = LabelCounts()

    init() {}
    init(_ counts: LabelCounts) { self.counts = counts }

    static func += (sum: inout AccuracyStatistics, other: AccuracyStatistics) {
        sum.counts += other.counts
    }

    var score: Double {
        let confusion = counts.confusion
        let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
        return 100 * Double(right) / Double(max(1, confusion.joined().reduce(0, +)))
    }
}

/// Counts that score the mean F1 of the labels that occur, in percent.
struct MacroF1Statistics: SummableStatistics {
    private var counts = LabelCounts()

    init() {}
    init(_ counts: LabelCounts) { self.counts = counts }

    static func += (sum: inout MacroF1Statistics, other: MacroF1Statistics) {
        sum.counts += other.counts
    }

    var score: Double { 100 * ClassificationReport.macroF1(counts.confusion) }
}
