import Foundation

/// A small line chart as SVG: legible on light and dark ground, without scripts or fonts of its own.
public struct LineChart: Sendable {
    public struct Series: Sendable {
        public let name: String
        /// Ascending by x; what stands on a logarithmic axis is positive.
        public let points: [(x: Double, y: Double)]

        public init(_ name: String, _ points: [(x: Double, y: Double)]) {
            self.name = name
            self.points = points
        }
    }

    /// As many as there are colours.
    public static let maximumSeriesCount = 4

    let title: String
    /// With its unit.
    let xLabel: String
    let yLabel: String
    let series: [Series]
    /// Whether the steps of the horizontal axis are factors, marked at the points of the first series; else it begins at 0.
    let hasLogarithmicX: Bool
    /// Whether the steps of the vertical axis are factors; else 0 is on it.
    let hasLogarithmicY: Bool

    public init(
        title: String, xLabel: String, yLabel: String, hasLogarithmicX: Bool = true,
        hasLogarithmicY: Bool = false, _ series: [Series]
    ) {
        precondition(series.contains { !$0.points.isEmpty }, "a chart without points")
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
        self.hasLogarithmicX = hasLogarithmicX
        self.hasLogarithmicY = hasLogarithmicY
    }

    /// The drawing; the same chart gives the same text.
    public var svg: String {
        Drawing.svg(
            title: title, width: Self.width, height: Self.height,
            titleX: Self.left, legend + horizontalAxis + verticalAxis + lines)
    }

    private static let (width, height) = (640, 400)
    /// The edges of the plot area.
    private static let (left, right, top, bottom) = (64, 620, 64, 344)

    private var points: [(x: Double, y: Double)] { series.flatMap(\.points) }

    private var legend: [String] {
        series.enumerated().flatMap { index, series in
            let x = Self.left + 140 * index
            return [
                "<line class=\"line s\(index)\" x1=\"\(x)\" y1=\"43\" x2=\"\(x + 22)\" y2=\"43\"/>",
                "<text x=\"\(x + 28)\" y=\"47\">\(Drawing.escaped(series.name))</text>",
            ]
        }
    }

    private var horizontalAxis: [String] {
        let (left, right, bottom) = (Self.left, Self.right, Self.bottom)
        let places = hasLogarithmicX ? (series.first?.points ?? []).map(\.x) : xMarks
        let marks = places.map { place in
            "<text text-anchor=\"middle\" x=\"\(Drawing.text(x(place)))\" y=\"\(bottom + 18)\">"
                + "\(Drawing.label(place))</text>"
        }
        return [
            "<line class=\"axis\" x1=\"\(left)\" y1=\"\(bottom)\" x2=\"\(right)\" y2=\"\(bottom)\"/>"
        ] + marks + [
            "<text text-anchor=\"middle\" x=\"\((left + right) / 2)\" y=\"\(bottom + 42)\">"
                + "\(Drawing.escaped(xLabel))</text>"
        ]
    }

    private var verticalAxis: [String] {
        let marks = yMarks.flatMap { mark in
            let place = Drawing.text(y(mark))
            return [
                "<line class=\"grid\" x1=\"\(Self.left)\" y1=\"\(place)\" x2=\"\(Self.right)\" "
                    + "y2=\"\(place)\"/>",
                "<text text-anchor=\"end\" x=\"\(Self.left - 8)\" y=\"\(Drawing.text(y(mark) + 4))\">"
                    + "\(Drawing.label(mark))</text>",
            ]
        }
        let middle = (Self.top + Self.bottom) / 2
        return marks + [
            "<text text-anchor=\"middle\" transform=\"translate(16 \(middle)) rotate(-90)\">"
                + "\(Drawing.escaped(yLabel))</text>"
        ]
    }

    private var lines: [String] {
        series.enumerated().flatMap { index, series in
            let places = series.points.map { (Drawing.text(x($0.x)), Drawing.text(y($0.y))) }
            let path = places.map { "\($0),\($1)" }.joined(separator: " ")
            return ["<polyline class=\"line s\(index)\" points=\"\(path)\"/>"]
                + places.map { "<circle class=\"s\(index)\" cx=\"\($0)\" cy=\"\($1)\" r=\"3\"/>" }
        }
    }

    // MARK: Scales

    private func x(_ value: Double) -> Double {
        func place(_ value: Double) -> Double { hasLogarithmicX ? log2(value) : value }
        let values = (points.map(\.x) + (hasLogarithmicX ? [] : xMarks)).map(place)
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let share = high > low ? (place(value) - low) / (high - low) : 0.5
        // Points stand clear of both edges.
        return Double(Self.left + 24) + share * Double(Self.right - Self.left - 48)
    }

    private var xMarks: [Double] { Drawing.marks(from: 0, to: points.map(\.x).max() ?? 1) }

    private func y(_ value: Double) -> Double {
        let marks = yMarks
        let (low, high) = (marks[0], marks[marks.count - 1])
        let share =
            hasLogarithmicY
            ? (log2(value) - log2(low)) / (log2(high) - log2(low)) : (value - low) / (high - low)
        return Double(Self.bottom) - share * Double(Self.bottom - Self.top)
    }

    /// Round numbers that enclose all values; at least two.
    private var yMarks: [Double] {
        let values = points.map(\.y)
        let (low, high) = (values.min() ?? 1, values.max() ?? 1)
        if hasLogarithmicY {
            let all = (-9...9).flatMap { decade in
                [1.0, 2, 5].map { $0 * pow(10, Double(decade)) }
            }
            let first = all.lastIndex { $0 <= low } ?? 0
            let last = all.firstIndex { $0 >= high } ?? all.count - 1
            return Array(all[first...max(last, first + 1)])
        }
        return Drawing.marks(from: min(0, low), to: max(0, high))
    }
}
