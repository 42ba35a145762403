import Foundation

extension StudyReport {
    /// The report for people.
    var markdown: String {
        ([["# \(name)"], preamble, setTable] + phases.map(section))
            .map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var preamble: [String] {
        let intervals =
            "Scores are means over the runs with different seeds; in brackets what 95 % of "
            + "\(sampleCount) samples of the test set score (bootstrap, seed \(sampleSeed)), behind ± "
            + "the standard deviation over the seeds. A system is compared with a baseline on the "
            + "same samples (paired bootstrap; Koehn 2004), over the seeds that both have: it is "
            + "better or worse where the 95 % interval of the difference leaves out 0; p is twice the "
            + "share of the samples on the other side of 0. p is not corrected for the number of "
            + "comparisons: of twenty differences that are none, one is expected below 0.05. Intervals "
            + "say what another test set would change, not what other seeds would."
        let conditions = conditions.map { condition in
            "- commit \(condition.commit ?? "unknown"), \(condition.processor), "
                + "\(condition.instructionSet), \(condition.threadCount) "
                + (condition.threadCount == 1 ? "thread" : "threads")
        }
        return [intervals, "", "Runs were made with:", ""] + conditions
    }

    private var setTable: [String] {
        let rows = sets.map { set in
            [
                set.name, "\(set.segments)",
                set.files.map { "`\($0.name)` (\($0.sha256.prefix(12)))" }.joined(separator: ", "),
            ]
        }
        let metrics = phases.first?.metrics ?? []
        return ["## Test sets", ""]
            + table(["set", "segments", "files (SHA-256)"], rows, numbers: [1])
            + [""] + metrics.map { "- \($0.title): `\($0.signature)`" }
    }

    // MARK: Phases

    private func section(_ phase: Phase) -> [String] {
        let title = phase.name == "runs" ? "First phase" : "Second phase: the best arms"
        var lines = ["## \(title)", "", "Seeds: \(text(phase.seeds)).", ""]
        if phase.finishedArmCount < phase.armCount {
            lines += [
                "Not finished: \(phase.finishedArmCount) of \(phase.armCount) arms are done with.",
                "",
            ]
        }
        if phase.systems.isEmpty {
            return lines + ["No run is finished.", ""] + failureList(phase)
        }
        lines += scoreTable(phase) + [""] + costTable(phase)
        for baseline in baselines(phase) { lines += [""] + comparisonTable(phase, baseline) }
        if !phase.ranking.isEmpty { lines += [""] + rankingTable(phase) }
        if !phase.cosines.isEmpty { lines += [""] + cosineTable(phase) }
        if !phase.failures.isEmpty { lines += [""] + failureList(phase) }
        return lines + [""] + phase.charts.map { "![\($0.title)](\($0.file))" }
    }

    private func scoreTable(_ phase: Phase) -> [String] {
        let rows = phase.systems.map { system in
            [name(system, in: phase)]
                + phase.metrics.map { metric in
                    system.scores.first { $0.metric == metric }.map(text) ?? ""
                }
        }
        return ["### Scores", ""]
            + table(
                ["system"] + phase.metrics.map(\.title), rows,
                numbers: Set(1...max(1, phase.metrics.count)))
    }

    /// The name, with the arms that it stands for, its seeds if they are not those of the phase, and the runs that are
    /// missing.
    private func name(_ system: System, in phase: Phase) -> String {
        var text = system.name
        if system.arms.count > 1 { text += " (\(system.arms.joined(separator: " and ")))" }
        if let origin = system.origin { text += " (on \(origin))" }
        let planned = system.plannedSeeds
        if planned != phase.seeds {
            text += ", seed\(planned.count == 1 ? "" : "s") \(self.text(planned))"
        }
        if system.seeds.count < planned.count {
            text += ", \(system.seeds.count) of \(planned.count) runs"
        }
        return text
    }

    private func text(_ seeds: [Int]) -> String {
        seeds.map(String.init).joined(separator: ", ")
    }

    private func text(_ score: Score) -> String {
        let spread = score.deviation.map { " ± \(decimal($0))" } ?? ""
        return "\(decimal(score.mean)) [\(decimal(score.low)), \(decimal(score.high))]\(spread)"
    }

    private func baselines(_ phase: Phase) -> [String] {
        phase.comparisons.map(\.baseline).reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }

    private func comparisonTable(_ phase: Phase, _ baseline: String) -> [String] {
        let comparisons = phase.comparisons.filter { $0.baseline == baseline }
        let rows = comparisons.map { comparison in
            [
                comparison.system, comparison.metric.title, signed(comparison.difference),
                "[\(signed(comparison.low)), \(signed(comparison.high))]",
                String(format: "%.3f", comparison.pValue), comparison.verdict,
                comparison.isNotInferior.map { $0 ? "yes" : "no" } ?? "",
            ]
        }
        let limits = [
            margins?.bleu.map { "-\(decimal($0)) BLEU" },
            margins?.accuracy.map { "-\(decimal($0)) points of accuracy" },
        ].compactMap(\.self).joined(separator: " and ")
        let hasLimits = comparisons.contains { $0.isNotInferior != nil }
        let note = hasLimits ? ["Not inferior: the interval stays above \(limits).", ""] : []
        let compared = Set(comparisons.map(\.system))
        let areChanges = phase.systems.filter { compared.contains($0.name) }
            .allSatisfy { $0.origin == baseline }
        // What changes of an arm cost is seen where both are compared with something else.
        let introduction =
            areChanges
            ? ["### Changes of \(baseline)", ""]
            : ["### Against \(baseline)", ""] + shareTable(phase, baseline)
        return introduction + note
            + table(
                ["system", "metric", "difference", "95 %", "p", "", "not inferior"], rows,
                numbers: [2, 3, 4])
    }

    private func rankingTable(_ phase: Phase) -> [String] {
        ["### Order on the held part of the training data", ""]
            + table(
                ["arm", "mean of BLEU and accuracy", "runs"],
                phase.ranking.map { [$0.arm, decimal($0.heldScore), "\($0.runCount)"] },
                numbers: [1, 2])
    }

    private func cosineTable(_ phase: Phase) -> [String] {
        let rows = phase.cosines.map { cosines in
            let values = cosines.runs.flatMap(\.values)
            let mean = values.reduce(0, +) / Double(max(1, values.count))
            let negative = Double(values.count { $0 < 0 }) / Double(max(1, values.count))
            return [
                cosines.arm, String(format: "%.3f", mean), String(format: "%.0f", 100 * negative),
            ]
        }
        return ["### Cosine between the gradients of the tasks", ""]
            + table(["arm", "mean", "% below 0"], rows, numbers: [1, 2])
    }

    private func failureList(_ phase: Phase) -> [String] {
        ["### Failed", ""]
            + phase.failures.map { failure in
                "- \(failure.arm)\(failure.seed.map { ", seed \($0)" } ?? ""): \(failure.reason)"
            }
    }

    // MARK: Text

    /// - Parameter numbers: the columns that are set to the right.
    func table(_ headings: [String], _ rows: [[String]], numbers: Set<Int>) -> [String] {
        func line(_ cells: [String]) -> String {
            "| "
                + cells.map { $0.replacingOccurrences(of: "|", with: "\\|") }
                .joined(separator: " | ") + " |"
        }
        let rule = headings.indices.map { numbers.contains($0) ? "---:" : "---" }
        return [line(headings), line(rule)] + rows.map(line)
    }

    func decimal(_ value: Double) -> String { String(format: "%.2f", value) }

    private func signed(_ value: Double) -> String { String(format: "%+.2f", value) }
}

extension StudyReport.Score {
    /// The standard deviation over the runs; nil of a single one.
    var deviation: Double? {
        guard runs.count > 1 else { return nil }
        let mean = runs.reduce(0, +) / Double(runs.count)
        let squares = runs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(runs.count - 1)).squareRoot()
    }
}
