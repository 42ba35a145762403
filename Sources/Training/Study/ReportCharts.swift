import Charts
import Foundation

extension StudyReport.Phase {
    /// The charts of the phase, by the names of their files.
    var charts: [(file: String, title: String, svg: String)] {
        let charts = scoreCharts + cosineCharts
        return zip(charts.map { $0.name }.asFileNames, charts).map { file, chart in
            ("\(name)-\(file).svg", chart.title, chart.svg)
        }
    }

    private typealias Chart = (name: String, title: String, svg: String)

    /// For each metric all systems that have it, with what 95 % of the samples of the test set score.
    private var scoreCharts: [Chart] {
        metrics.map { metric in
            let rows = systems.compactMap { system in
                system.scores.first { $0.metric == metric }.map {
                    IntervalChart.Row(system.name, $0.mean, interval: $0.low...$0.high)
                }
            }
            let chart = IntervalChart(
                title: metric.title, xLabel: "\(metric.quantity), with 95 % intervals", rows)
            return ("\(metric.set)-\(metric.name)", metric.title, chart.svg)
        }
    }

    /// For each arm the runs of the first seeds: more lines could not be told apart.
    private var cosineCharts: [Chart] {
        cosines.map { cosines in
            let title = "Cosine between the tasks' gradients, \(cosines.arm)"
            let chart = LineChart(
                title: title, xLabel: "step", yLabel: "cosine", hasLogarithmicX: false,
                cosines.runs.prefix(LineChart.maximumSeriesCount).map { run in
                    LineChart.Series(
                        "seed \(run.seed)",
                        zip(run.steps, run.values).map { (x: Double($0), y: $1) })
                })
            return ("cosine-\(cosines.arm)", title, chart.svg)
        }
    }

    /// All metrics that some system has, in their order.
    var metrics: [StudyReport.Metric] {
        systems.flatMap(\.scores).map(\.metric).reduce(into: []) { metrics, metric in
            if !metrics.contains(metric) { metrics.append(metric) }
        }
    }
}
