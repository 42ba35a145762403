/// What a head of sentiment makes of the states of a sentence's tokens: one row of numbers, however many tokens there are.
public struct TokenPooling: Codable, Hashable, Sendable {
    public enum Method: String, Codable, CaseIterable, Hashable, Sendable {
        case mean, max
        /// Both side by side.
        case meanMax = "mean_max"
        /// The mean weighted by how well each state fits a learned query.
        case attention
        /// The same over the best tokens only.
        case hardAttention = "hard_attention"
    }

    public var method: Method
    /// Of hard attention: how many tokens count, those that fit best; not given together with `threshold`.
    public var topK: Int?
    /// Of hard attention: a token counts if its weight is at least this share of the greatest weight in the sentence.
    public var threshold: Double?

    public init(_ method: Method, topK: Int? = nil, threshold: Double? = nil) {
        self.method = method
        self.topK = topK
        self.threshold = threshold
    }

    /// Where nothing is said.
    public static let meanMax = TokenPooling(.meanMax)

    /// What makes the pooling impossible, in words; nil if it is possible.
    var problem: String? {
        guard method == .hardAttention else {
            let given = topK != nil ? "top_k" : threshold != nil ? "threshold" : nil
            return given.map {
                "pooling.\($0) belongs to hard_attention, not to \(method.rawValue)"
            }
        }
        switch (topK, threshold) {
        case (nil, nil), (_?, _?): return "pooling needs one of top_k and threshold"
        case (let count?, _) where count < 1: return "pooling.top_k is \(count), not at least 1"
        case (_, let share?) where !(share > 0 && share <= 1):
            return "pooling.threshold is \(share), not above 0 and at most 1"
        default: return nil
        }
    }
}
