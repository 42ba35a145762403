import Inference
import Transformer

/// A temperature that makes the probabilities of sentiment say how often the labels are right (Guo et al. 2017, "On
/// calibration of modern neural networks", section 4.2). It changes no label, only how sure of it the model is.
public struct SentimentCalibration: CustomStringConvertible, Sendable {
    public let temperature: Double
    /// For the card.
    public let record: ModelCard.Calibration

    /// The fewest texts that say something about probabilities.
    public static let minimumCount = 100

    /// Fits a temperature to labelled texts that the model was not trained on; nil if they are fewer than
    /// `minimumCount`. Every set counts the same, however many texts it has. The temperature that the model has does not
    /// matter.
    ///
    /// - Parameter sets: of three classes: one without neutral texts says nothing of what is neutral.
    public init?(
        _ sets: [SentimentTestSet], _ loaded: LoadedModel, batchSize: Int, threadCount: Int
    ) {
        let texts = sets.flatMap(\.texts)
        guard texts.count >= Self.minimumCount else { return nil }
        let sets = sets.filter { !$0.texts.isEmpty }
        let classifier = SentimentClassifier(
            loaded.calibrated(temperature: nil, record: nil), threadCount: threadCount,
            batchSize: batchSize)
        let scores = classifier.classify(texts.map(\.text))
        let labels = texts.map(\.label)
        let temperature = TemperatureFit.temperature(
            of: scores, labels: labels,
            weights: sets.flatMap { set in set.texts.map { _ in 1 / Double(set.texts.count) } })
        func error(_ scores: [SentimentScores]) -> Double {
            var rest = Array(zip(scores, labels))[...]
            return sets.reduce(0) { sum, set in
                let part = rest.prefix(set.texts.count)
                rest = rest.dropFirst(set.texts.count)
                return sum
                    + ClassificationReport(
                        labels: part.map(\.1), predictions: part.map(\.0.label),
                        confidences: part.map(\.0.probability)
                    ).expectedCalibrationError
            } / Double(sets.count)
        }
        self.temperature = temperature
        record = ModelCard.Calibration(
            sets: sets.map(\.name), texts: texts.count, errorBefore: error(scores),
            errorAfter: error(scores.map { $0.scaled(byTemperature: temperature) }))
    }

    public var description: String {
        "temperature \(temperature), fitted on \(record.texts) texts; calibration error "
            + "\(decimal(record.errorBefore)) before, \(decimal(record.errorAfter)) after"
    }

    private func decimal(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}

extension LoadedModel {
    /// The same model with a temperature that was fitted to it.
    public func calibrated(_ calibration: SentimentCalibration) -> LoadedModel {
        calibrated(temperature: calibration.temperature, record: calibration.record)
    }
}
