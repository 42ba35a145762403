import Charts
import Foundation

extension StudyReport.Phase {
    /// The charts of the phase, by the names of their files.
    var charts: [(file: String, title: String, svg: String)] { scoreCharts + cosineCharts }

    /// For each metric all systems that have it, with what 95 % of the samples of the test set score.
    private var scoreCharts: [(file: String, title: String, svg: String)] {
        metrics.map { metric in
            let rows = systems.compactMap { system in
                system.scores.first { $0.metric == metric }.map {
                    IntervalChart.Row(system.name, $0.mean, interval: $0.low...$0.high)
                }
            }
            let chart = IntervalChart(
                title: metric.title, xLabel: "\(metric.quantity), with 95 % intervals", rows)
            return (file("\(metric.set)-\(metric.name)"), metric.title, chart.svg)
        }
    }

    /// For each arm the runs of the first seeds: more lines could not be told apart.
    private var cosineCharts: [(file: String, title: String, svg: String)] {
        cosines.map { cosines in
            let title = "Cosine between the tasks' gradients, \(cosines.arm)"
            let chart = LineChart(
                title: title, xLabel: "step", yLabel: "cosine", hasLogarithmicX: false,
                cosines.runs.prefix(LineChart.maximumSeriesCount).map { run in
                    LineChart.Series(
                        "seed \(run.seed)",
                        zip(run.steps, run.values).map { (x: Double($0), y: $1) })
                })
            return (file("cosine-\(cosines.arm)"), title, chart.svg)
        }
    }

    /// All metrics that some system has, in their order.
    var metrics: [StudyReport.Metric] {
        systems.flatMap(\.scores).map(\.metric).reduce(into: []) { metrics, metric in
            if !metrics.contains(metric) { metrics.append(metric) }
        }
    }

    private func file(_ name: String) -> String {
        let plain = name.unicodeScalars.map { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                || "-_+".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
        }
        return "\(self.name)-\(String(plain)).svg"
    }
}
