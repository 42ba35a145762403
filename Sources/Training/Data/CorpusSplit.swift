/// What was read of a corpus.
struct CorpusReading<Example> {
    var usable: [Example]
    /// How many have a side that is empty after normalisation.
    var emptyCount = 0
    /// How many lines were left out for other reasons, by the reason.
    var removed: [String: Int] = [:]

    /// Leaves out what breaks a rule.
    ///
    /// - Parameter breaches: one for each usable example.
    mutating func remove(_ breaches: [CleaningRules.Rule?]) {
        usable = zip(usable, breaches).filter { $0.1 == nil }.map(\.0)
        for rule in breaches.lazy.compactMap(\.self) { removed[rule.rawValue, default: 0] += 1 }
    }
}

/// A corpus, split into what is trained on and what is held.
struct CorpusSplit<Example> {
    var training: [Example] = []
    var held: [Example] = []
    var droppedCount = 0
    let emptyCount: Int
    let removed: [String: Int]
}

/// Splits some corpora, whose sides depend on each other.
func split<Example>(
    _ corpora: [CorpusReading<Example>],
    sides: ([Example]) -> [HoldOut.Side]
) -> [CorpusSplit<Example>] {
    var rest = sides(corpora.flatMap(\.usable))[...]
    return corpora.map { corpus in
        var split = CorpusSplit<Example>(
            emptyCount: corpus.emptyCount, removed: corpus.removed)
        for (example, side) in zip(corpus.usable, rest) {
            switch side {
            case .training: split.training.append(example)
            case .held: split.held.append(example)
            case .dropped: split.droppedCount += 1
            }
        }
        rest = rest.dropFirst(corpus.usable.count)
        return split
    }
}

/// What became of a corpus' lines.
public struct CorpusCounts: Hashable, Sendable {
    public let name: String
    public let training: Int
    public let held: Int
    /// Left out because their text stands in the held part.
    public let dropped: Int
    /// Left out because a side is empty after normalisation.
    public let empty: Int
    /// Left out for other reasons, by the reason.
    public let removed: [String: Int]

    init<Example>(name: String, _ split: CorpusSplit<Example>) {
        self.name = name
        training = split.training.count
        held = split.held.count
        dropped = split.droppedCount
        empty = split.emptyCount
        removed = split.removed.filter { $0.value > 0 }
    }
}
