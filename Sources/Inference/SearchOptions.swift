import Foundation

/// How translations are searched for.
public struct SearchOptions: Hashable, Sendable {
    /// The hypotheses that are kept for each sentence; 1 is greedy search.
    public var beamSize: Int
    /// The exponent a of the length penalty: finished hypotheses are ranked by `logProbability / length^a`, the length
    /// being that of the target with its end. 0 ranks by probability, which favours short translations; 1 by the mean
    /// log-probability of a token.
    public var lengthPenalty: Float
    /// The most tokens of a sentence's translation, its end included. Never more than the model's maximum length; without a
    /// value, `2 * source + 16` tokens.
    public var maximumLength: Int?
    /// The fewest tokens of a translation, its end included: before them nothing may end. More than the maximum counts as
    /// the maximum. For measurements, which must not depend on what a model says.
    package var minimumLength = 1
    /// No sequence of so many tokens stands in a translation twice; without a value, translations may repeat themselves.
    /// At least 1 if there is one.
    public var blockedNGramSize: Int?
    /// The number of translations that are asked for; the beam is at least as wide.
    public var alternativeCount: Int

    /// - Precondition: `beamSize` and `alternativeCount` are at least 1, `maximumLength` and `blockedNGramSize` too if there
    ///   are any, `lengthPenalty` is finite and not negative.
    public init(
        beamSize: Int = 4, lengthPenalty: Float = 1, maximumLength: Int? = nil,
        blockedNGramSize: Int? = nil, alternativeCount: Int = 1
    ) {
        precondition(beamSize >= 1, "beam of \(beamSize)")
        precondition(alternativeCount >= 1, "\(alternativeCount) alternatives")
        precondition(maximumLength ?? 1 >= 1, "at most \(maximumLength ?? 1) tokens")
        precondition(blockedNGramSize ?? 1 >= 1, "n-grams of \(blockedNGramSize ?? 1) tokens")
        precondition(
            lengthPenalty.isFinite && lengthPenalty >= 0, "length penalty \(lengthPenalty)")
        self.beamSize = beamSize
        self.lengthPenalty = lengthPenalty
        self.maximumLength = maximumLength
        self.blockedNGramSize = blockedNGramSize
        self.alternativeCount = alternativeCount
    }

    /// The width of the beam in use.
    var width: Int { max(beamSize, alternativeCount) }

    /// What finished hypotheses are ranked by; 0 is the best there is.
    func rankingScore(_ logProbability: Float, length: Int) -> Float {
        logProbability / pow(Float(length), lengthPenalty)
    }

    /// The most tokens of the target of a source of `sourceLength` tokens.
    func maximumLength(sourceLength: Int, model modelMaximum: Int) -> Int {
        min(modelMaximum, maximumLength ?? 2 * sourceLength + 16)
    }
}
