import LanguageIdentification
import Tokenization
import Transformer

/// Models that answer together; one alone is the plain case.
///
/// - Translations are searched for by the weighted mean of the models' probabilities of the next token (as for instance
///   Sutskever et al. 2014, section 3.6), which needs models with one tokenizer.
/// - The probabilities of sentiment, each calibrated by its model's own temperature, are averaged or voted on; for that
///   each model may have a tokenizer of its own.
public struct Ensemble: Sendable {
    /// How several answers about sentiment become one.
    public enum Fusion: String, CaseIterable, Sendable {
        /// The weighted mean of the probabilities.
        case mean
        /// Each model votes, with its weight, for the label that it finds most probable. The label with the most votes wins,
        /// of equals the one with the larger mean probability; the answer is the mean of those who voted for it.
        case vote
    }

    /// A model and its share of the answer.
    struct Member: Sendable {
        let model: LoadedModel
        /// Above 0; those of all members sum to 1.
        let weight: Double
        /// Counted from 1 over all models that were given, also those of weight 0.
        let number: Int
    }

    /// At least one. A model of weight 0 is none of them, for it has nothing to say.
    let members: [Member]
    public let fusion: Fusion

    /// A model that answers alone.
    public init(_ model: LoadedModel) {
        members = [Member(model: model, weight: 1, number: 1)]
        fusion = .mean
    }

    /// - Parameter weights: one for each model, none negative, not all 0; nil: all alike.
    /// - Precondition: there is a model.
    public init(_ models: [LoadedModel], weights: [Double]? = nil, fusion: Fusion = .mean) {
        let weights = weights ?? models.map { _ in 1 }
        precondition(
            weights.count == models.count, "\(weights.count) weights of \(models.count) models")
        let sum = weights.reduce(0, +)
        precondition(
            sum > 0 && sum.isFinite && weights.allSatisfy { $0 >= 0 }, "weights \(weights)")
        members = models.indices.filter { weights[$0] > 0 }.map {
            Member(model: models[$0], weight: weights[$0] / sum, number: $0 + 1)
        }
        self.fusion = fusion
    }

    /// The first model: its normalisation and its language identifier speak for all.
    public var leader: LoadedModel { members[0].model }

    /// What keeps the models from translating together, in words; nil: nothing does.
    public var translationObstacle: String? {
        for member in members.dropFirst() {
            if let difference = member.model.tokenizer.difference(from: leader.tokenizer) {
                return "model \(member.number) has \(difference) of model \(members[0].number)"
            }
        }
        return nil
    }

    /// The members in groups with one tokenizer, which read the same tokens.
    var groups: [[Member]] {
        translationObstacle == nil ? [members] : members.map { [$0] }
    }

    /// The languages of which all models have seen labelled texts.
    var sentimentLanguages: Set<String> {
        members.dropFirst().reduce(leader.card.sentimentLanguages) {
            $0.intersection($1.model.card.sentimentLanguages)
        }
    }

    // MARK: Sentiment

    /// One answer out of those of all members.
    ///
    /// - Parameter scores: one for each member.
    func fused(_ scores: [SentimentScores]) -> SentimentScores {
        precondition(scores.count == members.count)
        if scores.count == 1 { return scores[0] }
        switch fusion {
        case .mean: return mean(scores) { _ in true }
        case .vote:
            let winner = winner(scores)
            return mean(scores) { $0.label == winner }
        }
    }

    private func mean(
        _ scores: [SentimentScores], where isHeard: (SentimentScores) -> Bool
    ) -> SentimentScores {
        var sums = [Double](repeating: 0, count: SentimentLabel.allCases.count)
        for (scores, member) in zip(scores, members) where isHeard(scores) {
            for (label, probability) in scores.probabilities.enumerated() {
                sums[label] += member.weight * Double(probability)
            }
        }
        let total = sums.reduce(0, +)
        return SentimentScores(probabilities: sums.map { Float($0 / total) })
    }

    /// Sums of weights that differ by no more are equal: they were rounded.
    private static let weightTolerance = 1e-9

    private func winner(_ scores: [SentimentScores]) -> SentimentLabel {
        var votes = [Double](repeating: 0, count: SentimentLabel.allCases.count)
        for (scores, member) in zip(scores, members) {
            votes[scores.label.rawValue] += member.weight
        }
        let most = (votes.max() ?? 0) - Self.weightTolerance
        let winners = SentimentLabel.allCases.filter { votes[$0.rawValue] >= most }
        let mean = mean(scores) { _ in true }
        return winners.dropFirst().reduce(winners[0]) { mean[$1] > mean[$0] ? $1 : $0 }
    }
}
