import Foundation

extension [ProgressRecord] {
    /// What a run has noted in its `progress.jsonl`; none if there is no such file.
    init(contentsOf url: URL) {
        let lines = (try? TextFile.lines(of: url)) ?? []
        self = lines.compactMap {
            try? JSONDecoder().decode(ProgressRecord.self, from: Data($0.utf8))
        }
    }

    /// The tokens that were trained on: each record counts those of its stage so far.
    var trainedTokens: [TrainingTask: Int] {
        let last = Dictionary(map { ($0.stage, $0.tokens) }) { $1 }
        return last.values.reduce(into: [:]) { sums, tokens in
            sums.merge(tokens, uniquingKeysWith: +)
        }
    }
}
