import Foundation

/// A small line chart as SVG: legible on light and dark ground, without scripts or fonts of its own.
public struct LineChart: Sendable {
    public struct Series: Sendable {
        public let name: String
        /// Ascending by x; both are positive.
        public let points: [(x: Double, y: Double)]

        public init(_ name: String, _ points: [(x: Double, y: Double)]) {
            self.name = name
            self.points = points
        }
    }

    let title: String
    /// With its unit.
    let xLabel: String
    let yLabel: String
    let series: [Series]
    /// Whether the steps of the vertical axis are factors; else it begins at 0.
    let hasLogarithmicY: Bool

    /// The horizontal axis is logarithmic and marked at the points of the first series.
    public init(
        title: String, xLabel: String, yLabel: String, hasLogarithmicY: Bool = false,
        _ series: [Series]
    ) {
        precondition(series.contains { !$0.points.isEmpty }, "a chart without points")
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
        self.hasLogarithmicY = hasLogarithmicY
    }

    /// The drawing; the same chart gives the same text.
    public var svg: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(Self.height)" \
        width="\(Self.width)" height="\(Self.height)" role="img">
        <title>\(Self.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        <text class="title" x="\(Self.left)" y="22">\(Self.escaped(title))</text>
        \((legend + horizontalAxis + verticalAxis + lines).joined(separator: "\n"))
        </svg>

        """
    }

    private static let (width, height) = (640, 400)
    /// The edges of the plot area.
    private static let (left, right, top, bottom) = (64, 620, 64, 344)

    private static let style = """
        text { font: 13px sans-serif; fill: #24292f; }
        .title { font-size: 15px; font-weight: bold; }
        .axis { stroke: #57606a; } .grid { stroke: #8c959f; stroke-opacity: 0.35; }
        .line { fill: none; stroke-width: 2; }
        .s0 { stroke: #0969da; } .s1 { stroke: #bc4c00; } .s2 { stroke: #1a7f37; } .s3 { stroke: #8250df; }
        circle.s0 { fill: #0969da; } circle.s1 { fill: #bc4c00; }
        circle.s2 { fill: #1a7f37; } circle.s3 { fill: #8250df; }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3; } .axis { stroke: #9198a1; }
        .s0 { stroke: #58a6ff; } .s1 { stroke: #f0883e; } .s2 { stroke: #3fb950; } .s3 { stroke: #bc8cff; }
        circle.s0 { fill: #58a6ff; } circle.s1 { fill: #f0883e; }
        circle.s2 { fill: #3fb950; } circle.s3 { fill: #bc8cff; }
        }
        """

    private var points: [(x: Double, y: Double)] { series.flatMap(\.points) }

    private var legend: [String] {
        series.enumerated().flatMap { index, series in
            let x = Self.left + 140 * index
            return [
                "<line class=\"line s\(index)\" x1=\"\(x)\" y1=\"43\" x2=\"\(x + 22)\" y2=\"43\"/>",
                "<text x=\"\(x + 28)\" y=\"47\">\(Self.escaped(series.name))</text>",
            ]
        }
    }

    private var horizontalAxis: [String] {
        let (left, right, bottom) = (Self.left, Self.right, Self.bottom)
        let marks = (series.first?.points ?? []).map { point in
            "<text text-anchor=\"middle\" x=\"\(Self.text(x(point.x)))\" y=\"\(bottom + 18)\">"
                + "\(Self.label(point.x))</text>"
        }
        return [
            "<line class=\"axis\" x1=\"\(left)\" y1=\"\(bottom)\" x2=\"\(right)\" y2=\"\(bottom)\"/>"
        ] + marks + [
            "<text text-anchor=\"middle\" x=\"\((left + right) / 2)\" y=\"\(bottom + 42)\">"
                + "\(Self.escaped(xLabel))</text>"
        ]
    }

    private var verticalAxis: [String] {
        let marks = yMarks.flatMap { mark in
            let place = Self.text(y(mark))
            return [
                "<line class=\"grid\" x1=\"\(Self.left)\" y1=\"\(place)\" x2=\"\(Self.right)\" "
                    + "y2=\"\(place)\"/>",
                "<text text-anchor=\"end\" x=\"\(Self.left - 8)\" y=\"\(Self.text(y(mark) + 4))\">"
                    + "\(Self.label(mark))</text>",
            ]
        }
        let middle = (Self.top + Self.bottom) / 2
        return marks + [
            "<text text-anchor=\"middle\" transform=\"translate(16 \(middle)) rotate(-90)\">"
                + "\(Self.escaped(yLabel))</text>"
        ]
    }

    private var lines: [String] {
        series.enumerated().flatMap { index, series in
            let places = series.points.map { (Self.text(x($0.x)), Self.text(y($0.y))) }
            let path = places.map { "\($0),\($1)" }.joined(separator: " ")
            return ["<polyline class=\"line s\(index)\" points=\"\(path)\"/>"]
                + places.map { "<circle class=\"s\(index)\" cx=\"\($0)\" cy=\"\($1)\" r=\"3\"/>" }
        }
    }

    // MARK: Scales

    private func x(_ value: Double) -> Double {
        let values = points.map { log2($0.x) }
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let share = high > low ? (log2(value) - low) / (high - low) : 0.5
        // Points stand clear of both edges.
        return Double(Self.left + 24) + share * Double(Self.right - Self.left - 48)
    }

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
        let rough = high / 5
        let unit = pow(10, log10(rough).rounded(.down))
        let step = unit * ([1.0, 2, 5, 10].first { $0 * unit >= rough } ?? 10)
        return (0...Int((high / step).rounded(.up))).map { Double($0) * step }
    }

    /// A number without more digits than it needs.
    private static func label(_ value: Double) -> String { String(format: "%g", value) }

    private static func text(_ place: Double) -> String { String(format: "%.1f", place) }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;")
            .replacingOccurrences(of: "<", with: "&lt;")
    }
}
