import Foundation

/// What the runs of a phase of a study gave.
struct StudyPhase {
    /// That of its folder.
    let name: String
    /// Of the arms that have none of their own.
    let seeds: [Int]
    private let armSeeds: [String: [Int]]
    let armCount: Int
    /// The arms that are done with.
    var finishedArmCount = 0
    var results: [RunResult] = []
    private(set) var failures: [StudyReport.Failure] = []

    /// - Parameter finals: of the second phase; nil: it is the first.
    init(name: String, arms: [Study.Arm], _ study: Study, _ finals: Study.Finals?) {
        self.name = name
        seeds = finals?.seeds ?? study.seeds
        let own = finals == nil ? arms.map { ($0.name, $0.seeds ?? study.seeds) } : []
        armSeeds = Dictionary(uniqueKeysWithValues: own)
        armCount = arms.count
    }

    /// With which an arm is trained.
    func seeds(of arm: String) -> [Int] { armSeeds[arm] ?? seeds }

    mutating func fail(_ arm: String, seed: Int?, _ reason: String) {
        failures.append(.init(arm: arm, seed: seed, reason: reason))
    }

    func results(of arm: String) -> [RunResult] { results.filter { $0.arm == arm } }

    /// The mean over the seeds of what an arm scored on the held part; nil if no run of it is finished.
    func heldScore(of arm: String) -> Double? {
        let scores = results(of: arm).map(\.heldScore)
        return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
    }

    /// The best of some arms on the held part, of equals the first; nil if none has finished.
    func best(of arms: [String]) -> String? { ranking(arms).first }

    /// The arms that learn both tasks and are part of no baseline, the best on the held part first.
    func ranking(besides study: Study) -> [String] {
        let baselines = Set(study.baselineArms)
        return ranking(
            study.arms.map(\.name).filter { arm in
                let tasks = results(of: arm).first?.tasks ?? []
                return tasks.count == TrainingTask.allCases.count && !baselines.contains(arm)
            })
    }

    /// Those of some arms that have finished, the best on the held part first, of equals the first.
    func ranking(_ arms: [String]) -> [String] {
        let scored = arms.compactMap { arm in heldScore(of: arm).map { (arm: arm, score: $0) } }
        let order = scored.indices.sorted { (-scored[$0].score, $0) < (-scored[$1].score, $1) }
        return order.map { scored[$0].arm }
    }
}

extension Study {
    /// The arms that the baselines are or are made of.
    var baselineArms: [String] {
        baselines.flatMap { name in
            pairs.first { $0.name == name }.map { [$0.translation, $0.sentiment] } ?? [name]
        }
    }
}
