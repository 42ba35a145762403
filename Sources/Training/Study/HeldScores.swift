import Inference

extension Recipe {
    /// What a finished model scored on the held part, by the tasks that were trained: the mean BLEU of the translation sets,
    /// and the accuracy in percent over the texts of all sentiment sets, as where checkpoints are chosen.
    ///
    /// - Parameter card: names the held sets after the corpora, before all test sets.
    func heldScores(in card: ModelCard) -> [TrainingTask: Double] {
        let bleu = corpora.translation.flatMap { corpus in
            corpus.directionPairs.compactMap { pair in
                card.score(
                    "bleu",
                    of: TranslationTestSet.title(corpus.name, from: pair.from, to: pair.to))?.value
            }
        }
        let accuracies = corpora.sentiment.filter(\.isHeldOut)
            .compactMap { card.score("accuracy", of: $0.name) }
        let textCount = accuracies.reduce(0) { $0 + $1.textCount }
        let right = accuracies.reduce(0) { $0 + $1.value * Double($1.textCount) }
        var scores: [TrainingTask: Double] = [:]
        if !bleu.isEmpty { scores[.translation] = bleu.reduce(0, +) / Double(bleu.count) }
        if textCount > 0 { scores[.sentiment] = right / Double(textCount) }
        return scores.filter { Study.tasks(of: self).contains($0.key) }
    }
}

extension ModelCard {
    fileprivate func score(_ metric: String, of set: String) -> Score? {
        scores.first { $0.set == set && $0.metric == metric }
    }
}

extension ModelCard.Score {
    /// How many texts were classified, as the signature says.
    fileprivate var textCount: Int {
        let part = signature?.split(separator: "|").first { $0.hasPrefix("n:") }
        return part.flatMap { Int($0.dropFirst(2)) } ?? 0
    }
}
