import Foundation
import Inference
import Transformer

/// The scores of the runs of a phase on the samples of the test sets, and what follows from them.
struct StudyScores {
    typealias Metric = StudyReport.Metric

    /// An arm, or two of them as one.
    struct System {
        let name: String
        /// The arm that does each task.
        let arms: [TrainingTask: String]

        /// Without repetition.
        var armNames: [String] {
            TrainingTask.allCases.compactMap { arms[$0] }.reduce(into: []) { names, name in
                if !names.contains(name) { names.append(name) }
            }
        }
    }

    private let phase: StudyPhase
    let systems: [System]
    /// By arm and seed.
    private var scores: [String: [Int: [Metric: ResampledScore]]] = [:]
    private let metrics: [(metric: Metric, task: TrainingTask)]

    init(_ study: Study, _ tests: StudyTests, _ phase: StudyPhase) {
        self.phase = phase
        let arms = study.arms.map(\.name).filter { !phase.results(of: $0).isEmpty }
        let known = Set(arms)
        systems =
            arms.map { arm in
                let tasks = phase.results(of: arm)[0].tasks
                return System(
                    name: arm, arms: Dictionary(uniqueKeysWithValues: tasks.map { ($0, arm) }))
            }
            + study.pairs.filter { known.isSuperset(of: [$0.translation, $0.sentiment]) }.map {
                System(
                    name: $0.name,
                    arms: [.translation: $0.translation, .sentiment: $0.sentiment])
            }
        let sets = ScoredSets(study, tests)
        metrics = sets.metrics
        for result in phase.results {
            scores[result.arm, default: [:]][result.seed] = sets.scores(of: result.measurement)
        }
    }

    /// The seeds with which all arms of a system are trained.
    func plannedSeeds(of system: System) -> [Int] {
        let seeds = system.armNames.map(phase.seeds(of:))
        return seeds[0].filter { seed in seeds.allSatisfy { $0.contains(seed) } }
    }

    /// The seeds with which all arms of a system have finished.
    func seeds(of system: System) -> [Int] {
        plannedSeeds(of: system).filter { seed in
            system.armNames.allSatisfy { scores[$0]?[seed] != nil }
        }
    }

    /// The scores of a system, of the tasks that it does.
    func scores(of system: System) -> [StudyReport.Score] {
        let seeds = seeds(of: system)
        return metrics.compactMap { metric, task in
            let runs = runs(of: system, metric, task, seeds)
            guard !runs.isEmpty else { return nil }
            let mean = ResampledScore(meanOf: runs)
            return .init(
                metric: metric, mean: mean.value, low: mean.interval.lowerBound,
                high: mean.interval.upperBound, runs: runs.map(\.value))
        }
    }

    private func runs(
        of system: System, _ metric: Metric, _ task: TrainingTask, _ seeds: [Int]
    ) -> [ResampledScore] {
        guard let arm = system.arms[task] else { return [] }
        return seeds.compactMap { scores[arm]?[$0]?[metric] }
    }

    /// A system against a baseline: the mean difference over the seeds that both have, on the same samples. What is the same
    /// arm in both is not compared.
    func comparisons(
        of system: System, with baseline: System, margins: Study.Margins?
    ) -> [StudyReport.Comparison] {
        let seeds = Set(seeds(of: baseline)).intersection(seeds(of: system)).sorted()
        return metrics.compactMap { metric, task in
            let mine = runs(of: system, metric, task, seeds)
            let theirs = runs(of: baseline, metric, task, seeds)
            guard !mine.isEmpty, !theirs.isEmpty, system.arms[task] != baseline.arms[task] else {
                return nil
            }
            let difference = ResampledScore(meanOf: mine) - ResampledScore(meanOf: theirs)
            let interval = difference.interval
            let margin =
                switch metric.name {
                case "bleu": margins?.bleu
                case "accuracy": margins?.accuracy
                default: nil as Double?
                }
            return .init(
                system: system.name, baseline: baseline.name, metric: metric,
                difference: difference.value, low: interval.lowerBound, high: interval.upperBound,
                shareBetter: difference.shareAboveZero, pValue: difference.pValue,
                isNotInferior: margin.map { interval.lowerBound > -$0 })
        }
    }

    /// What a system takes.
    func cost(of system: System) -> StudyReport.Cost {
        let results = system.armNames.map(phase.results(of:))
        func mean(_ results: [RunResult], _ value: (RunResult) -> Double?) -> Double? {
            let values = results.compactMap(value)
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        func seconds(_ path: KeyPath<Measurement, TaskSeconds>) -> Double? {
            if results.count == 1 { return mean(results[0]) { $0.measurement[keyPath: path].both } }
            guard
                let translation = mean(
                    results[0], { $0.measurement[keyPath: path].translation }),
                let sentiment = mean(results[1], { $0.measurement[keyPath: path].sentiment })
            else { return nil }
            return translation + sentiment
        }
        let firsts = results.map { $0[0] }
        // Each of a pair does one task, whatever it was trained for.
        let tasks = firsts.count == 1 ? [firsts[0].tasks] : [[.translation], [.sentiment]]
        let answers = zip(firsts, tasks).map { $0.answerMultiplyAdds(of: $1) }
        return .init(
            parameters: zip(firsts, tasks).reduce(0) { $0 + $1.0.parameterCount(of: $1.1) },
            bytes: zip(firsts, tasks).reduce(0) { $0 + $1.0.neededByteCount(of: $1.1) },
            trainingSeconds: results.reduce(0) { $0 + (mean($1, \.trainingSeconds) ?? 0) },
            trainingTokens: firsts.reduce(into: [:]) {
                $0.merge($1.trainingTokens, uniquingKeysWith: +)
            },
            trainingMultiplyAdds: firsts.reduce(0) { $0 + $1.trainingMultiplyAdds },
            answerMultiplyAdds: answers.reduce(0) { $0 + $1.all },
            encoderMultiplyAdds: answers.reduce(0) { $0 + $1.encoder },
            answerSeconds: seconds(\.answerSeconds), encoderSeconds: seconds(\.encoderSeconds))
    }
}

/// The test sets with their samples.
private struct ScoredSets {
    let study: Study
    let tests: StudyTests
    /// The samples of sets by their sizes.
    private let bootstraps: [Int: Bootstrap]

    init(_ study: Study, _ tests: StudyTests) {
        self.study = study
        self.tests = tests
        let sizes = Set(tests.translation.map(\.pairs.count) + tests.sentiment.map(\.texts.count))
        bootstraps = sizes.reduce(into: [:]) { bootstraps, size in
            bootstraps[size] = Bootstrap(
                segmentCount: size, sampleCount: study.bootstrap.sampleCount,
                seed: UInt64(study.bootstrap.seed))
        }
    }

    private func bootstrap(_ segmentCount: Int) -> Bootstrap {
        guard let bootstrap = bootstraps[segmentCount] else {
            preconditionFailure("no test set has \(segmentCount) segments")
        }
        return bootstrap
    }

    var metrics: [(metric: StudyReport.Metric, task: TrainingTask)] {
        tests.translation.flatMap { set in
            [metric("bleu", set), metric("chrf", set)].map { ($0, TrainingTask.translation) }
        }
            + tests.sentiment.flatMap { set in
                [metric("accuracy", set), metric("macro_f1", set)].map {
                    ($0, TrainingTask.sentiment)
                }
            }
    }

    private func metric(_ name: String, _ set: TranslationTestSet) -> StudyReport.Metric {
        let signature = name == "bleu" ? BLEU(.init()).signature : ChrF(.init()).signature
        return .init(
            name: name, set: set.title, signature: "\(signature)|beam:\(study.beamSize)")
    }

    private func metric(_ name: String, _ set: SentimentTestSet) -> StudyReport.Metric {
        .init(
            name: name, set: set.name,
            signature: "classes:\(set.classes.count)|n:\(set.texts.count)")
    }

    /// What the answers of a model score.
    func scores(of measurement: Measurement) -> [StudyReport.Metric: ResampledScore] {
        var scores: [StudyReport.Metric: ResampledScore] = [:]
        for (set, translations) in zip(tests.translation, measurement.translations) {
            let bootstrap = bootstrap(set.pairs.count)
            let pairs = zip(translations, set.pairs)
            scores[metric("bleu", set)] = bootstrap.score(
                of: pairs.map { BLEU.Statistics(hypothesis: $0, reference: $1.target) })
            scores[metric("chrf", set)] = bootstrap.score(
                of: pairs.map { ChrF.Statistics(hypothesis: $0, reference: $1.target) })
        }
        for (set, predictions) in zip(tests.sentiment, measurement.predictions) {
            let bootstrap = bootstrap(set.texts.count)
            let counts = zip(set.texts, predictions).map {
                LabelCounts(label: $0.label, prediction: $1)
            }
            scores[metric("accuracy", set)] = bootstrap.score(
                of: counts.map(AccuracyStatistics.init))
            scores[metric("macro_f1", set)] = bootstrap.score(
                of: counts.map(MacroF1Statistics.init))
        }
        return scores
    }
}
