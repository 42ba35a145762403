import Files
import Foundation
import Inference

extension StudyReport {
    /// Works out what the results of a study say.
    init(_ study: Study, _ tests: StudyTests, _ phases: [StudyPhase]) {
        let rule = Measurement.Rule(study, digests: tests.digests)
        var conditions: [Conditions] = []
        for result in phases.flatMap(\.results) where !conditions.contains(result.conditions) {
            conditions.append(result.conditions)
        }
        func files(_ names: [String]) -> [TestSet.File] {
            names.map { .init(name: $0, sha256: tests.digests[$0] ?? "") }
        }
        // A corpus with both directions has two sets of the same files.
        let translationSets = study.tests.translation.flatMap { corpus in
            tests.translation.filter { $0.name == corpus.name }.map {
                TestSet(name: $0.title, segments: $0.pairs.count, files: files(corpus.fileNames))
            }
        }
        let sentimentSets = zip(study.tests.sentiment, tests.sentiment).map {
            TestSet(name: $1.name, segments: $1.texts.count, files: files($0.fileNames))
        }
        self.init(
            name: study.name, conditions: conditions, sets: translationSets + sentimentSets,
            beamSize: rule.beamSize, precision: rule.precision.rawValue,
            sampleCount: study.bootstrap.sampleCount,
            sampleSeed: study.bootstrap.seed,
            timedTexts: min(rule.timedCount, tests.timedTexts.count),
            margins: study.margins, phases: phases.map { Phase(study, tests, $0) })
    }

    /// Writes `report.md`, `report.json` and the charts into a folder.
    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var files = [("report.json", try encoder.encode(self) + Data("\n".utf8))]
        files.append(("report.md", Data(markdown.utf8)))
        for chart in phases.flatMap(\.charts) { files.append((chart.file, Data(chart.svg.utf8))) }
        for (name, data) in files {
            try AtomicFile.replace(folder.appending(path: name)) { try data.write(to: $0) }
        }
    }
}

extension StudyReport.Phase {
    fileprivate init(_ study: Study, _ tests: StudyTests, _ phase: StudyPhase) {
        let scores = StudyScores(study, tests, phase)
        let systems = scores.systems.map { system in
            StudyReport.System(
                name: system.name, arms: system.armNames,
                origin: system.armNames.count == 1
                    ? phase.results(of: system.name).first?.origin : nil,
                plannedSeeds: scores.plannedSeeds(of: system), seeds: scores.seeds(of: system),
                scores: scores.scores(of: system),
                cost: scores.cost(of: system))
        }
        func comparisons(
            with name: String, of isCompared: (String) -> Bool, margins: Study.Margins?
        ) -> [StudyReport.Comparison] {
            guard let baseline = scores.systems.first(where: { $0.name == name }) else { return [] }
            return scores.systems.filter { $0.name != name && isCompared($0.name) }.flatMap {
                scores.comparisons(of: $0, with: baseline, margins: margins)
            }
        }
        // Everything is compared with the baselines, and a change of an arm with that arm.
        let origins = Dictionary(
            uniqueKeysWithValues: systems.compactMap { system in
                system.origin.map { (system.name, $0) }
            })
        let changed = Set(origins.values).subtracting(study.baselines + study.baselineArms)
        let comparisons =
            study.baselines.flatMap {
                comparisons(with: $0, of: { _ in true }, margins: study.margins)
            }
            + changed.sorted().flatMap { name in
                comparisons(with: name, of: { origins[$0] == name }, margins: nil)
            }
        let arms = study.arms.map(\.name)
        let ranking = phase.ranking(
            arms.filter { phase.results(of: $0).first?.tasks.count == TrainingTask.allCases.count })
        self.init(
            name: phase.name, seeds: phase.seeds, armCount: phase.armCount,
            finishedArmCount: phase.finishedArmCount, systems: systems, comparisons: comparisons,
            ranking: ranking.map {
                .init(
                    arm: $0, heldScore: phase.heldScore(of: $0) ?? 0,
                    runCount: phase.results(of: $0).count)
            },
            cosines: arms.compactMap { arm in
                let runs = phase.results(of: arm).filter { !$0.cosines.isEmpty }
                    .map(StudyReport.Cosines.Run.init)
                return runs.isEmpty ? nil : .init(arm: arm, runs: runs)
            }, failures: phase.failures)
    }
}

extension StudyReport.Cosines.Run {
    fileprivate init(_ result: RunResult) {
        var (start, last) = (0, 0)
        var stage = result.cosines.first?.stage
        var steps: [Int] = []
        for cosine in result.cosines {
            if cosine.stage != stage { (start, stage) = (last, cosine.stage) }
            last = start + cosine.step
            steps.append(last)
        }
        self.init(seed: result.seed, steps: steps, values: result.cosines.map(\.value))
    }
}
