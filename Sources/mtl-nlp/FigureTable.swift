import Benchmarks
import Foundation

/// Figures for people: a line each, in columns; a column that no figure fills is left out.
enum FigureTable {
    static func lines(_ figures: [Figure]) -> [String] {
        let headings = [
            "name", "precision", "isa", "threads", "batch", "beam", "m k n", "", "", "limit",
        ]
        return TextTable.lines([headings] + figures.map(cells))
    }

    private static func cells(_ figure: Figure) -> [String] {
        let shape = figure.shape.map { "\($0.m) \($0.k) \($0.n)" }
        return [
            figure.name, figure.precision ?? "", figure.instructionSet.rawValue,
            String(figure.threads), figure.batch.map(String.init) ?? "",
            figure.beam.map(String.init) ?? "", shape ?? "", number(figure.value),
            figure.quantity.rawValue, figure.limit.map(number) ?? "",
        ]
    }

    /// With four digits that count, all of those before the point.
    private static func number(_ value: Double) -> String {
        String(format: value < 1000 ? "%.4g" : "%.0f", value)
    }
}
