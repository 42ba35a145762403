import Transformer

/// How well predicted labels fit the true ones.
///
/// As JSON it has the keys `accuracy`, `macro_f1`, `ece` and `confusion`.
public struct ClassificationReport: Codable, Hashable, Sendable {
    /// The bins of confidence in the calibration error; Guo et al. use as many.
    static let binCount = 15

    /// The share of predictions that are right.
    public let accuracy: Double
    /// The mean of the F1 scores of those classes that occur among the true labels.
    public let macroF1: Double
    /// The expected calibration error (Guo et al. 2017, "On calibration of modern neural networks", equation 3), with
    /// 15 bins of equal width: how far confidence and accuracy lie apart, on average over the predictions.
    public let expectedCalibrationError: Double
    /// How often each true label (row) got each prediction (column), in the order of ``SentimentLabel``.
    public let confusion: [[Int]]

    private enum CodingKeys: String, CodingKey {
        case accuracy
        case macroF1 = "macro_f1"
        case expectedCalibrationError = "ece"
        case confusion
    }

    /// Compares predictions with the true labels.
    ///
    /// A data set of two classes is measured on those two: its predictions must come from probabilities that leave the
    /// third class out.
    ///
    /// - Parameter confidences: The probability, from 0 to 1, that each prediction was given.
    /// - Precondition: All three are of one length, which is not 0.
    public init(labels: [SentimentLabel], predictions: [SentimentLabel], confidences: [Float]) {
        precondition(!labels.isEmpty, "no labels to compare with")
        precondition(labels.count == predictions.count && labels.count == confidences.count)
        let classes = SentimentLabel.allCases
        var confusion = classes.map { _ in classes.map { _ in 0 } }
        for (label, prediction) in zip(labels, predictions) {
            confusion[label.rawValue][prediction.rawValue] += 1
        }
        self.confusion = confusion
        accuracy =
            Double(classes.reduce(0) { $0 + confusion[$1.rawValue][$1.rawValue] })
            / Double(labels.count)
        macroF1 = Self.macroF1(confusion)
        expectedCalibrationError = Self.calibrationError(
            confidences, isRight: zip(labels, predictions).map { $0 == $1 })
    }

    /// The number of predictions.
    public var count: Int { confusion.joined().reduce(0, +) }

    static func macroF1(_ confusion: [[Int]]) -> Double {
        let scores = confusion.indices.compactMap { label -> Double? in
            let occurrences = confusion[label].reduce(0, +)
            let predictions = confusion.reduce(0) { $0 + $1[label] }
            guard occurrences > 0 else { return nil }
            return 2 * Double(confusion[label][label]) / Double(occurrences + predictions)
        }
        return scores.reduce(0, +) / Double(scores.count)
    }

    /// The sum over the bins of |right predictions - confidence| / n; bin m holds confidences in ((m - 1)/15, m/15].
    private static func calibrationError(_ confidences: [Float], isRight: [Bool]) -> Double {
        var gaps = [Double](repeating: 0, count: binCount)
        for (confidence, isRight) in zip(confidences, isRight) {
            let bin = Int((Double(confidence) * Double(binCount)).rounded(.up)) - 1
            gaps[min(max(bin, 0), binCount - 1)] += (isRight ? 1 : 0) - Double(confidence)
        }
        return gaps.reduce(0) { $0 + abs($1) } / Double(confidences.count)
    }
}
