import Foundation

/// Values with their intervals, a row each, as SVG: what compares some systems by one score.
public struct IntervalChart: Sendable {
    public struct Row: Sendable {
        let name: String
        let value: Double
        let interval: ClosedRange<Double>

        public init(_ name: String, _ value: Double, interval: ClosedRange<Double>) {
            self.name = name
            self.value = value
            self.interval = interval
        }
    }

    let title: String
    /// With its unit.
    let xLabel: String
    let rows: [Row]

    public init(title: String, xLabel: String, _ rows: [Row]) {
        precondition(!rows.isEmpty, "a chart without rows")
        self.title = title
        self.xLabel = xLabel
        self.rows = rows
    }

    private static let (width, rowHeight, top) = (640, 26, 40)
    /// The edges of the plot area; names stand to the left of it.
    private static let (left, right) = (220, 616)

    private var bottom: Int { Self.top + rows.count * Self.rowHeight }

    /// The drawing; the same chart gives the same text.
    public var svg: String {
        Drawing.svg(
            title: title, width: Self.width, height: bottom + 48, titleX: 16,
            axis + rows.indices.flatMap(row))
    }

    private var axis: [String] {
        marks.flatMap { mark in
            let place = Drawing.text(x(mark))
            return [
                "<line class=\"grid\" x1=\"\(place)\" y1=\"\(Self.top)\" x2=\"\(place)\" "
                    + "y2=\"\(bottom)\"/>",
                "<text text-anchor=\"middle\" x=\"\(place)\" y=\"\(bottom + 18)\">"
                    + "\(Drawing.label(mark))</text>",
            ]
        } + [
            "<text text-anchor=\"middle\" x=\"\((Self.left + Self.right) / 2)\" "
                + "y=\"\(bottom + 40)\">\(Drawing.escaped(xLabel))</text>"
        ]
    }

    private func row(_ index: Int) -> [String] {
        let row = rows[index]
        let y = Self.top + index * Self.rowHeight + Self.rowHeight / 2
        let (low, high) = (
            Drawing.text(x(row.interval.lowerBound)), Drawing.text(x(row.interval.upperBound))
        )
        return [
            "<text text-anchor=\"end\" x=\"\(Self.left - 12)\" y=\"\(y + 4)\">"
                + "\(Drawing.escaped(row.name))</text>",
            "<line class=\"line s0\" x1=\"\(low)\" y1=\"\(y)\" x2=\"\(high)\" y2=\"\(y)\"/>",
            "<circle class=\"s0\" cx=\"\(Drawing.text(x(row.value)))\" cy=\"\(y)\" r=\"4\"/>",
        ]
    }

    private var marks: [Double] {
        let values = rows.flatMap { [$0.value, $0.interval.lowerBound, $0.interval.upperBound] }
        return Drawing.marks(from: values.min() ?? 0, to: values.max() ?? 1)
    }

    private func x(_ value: Double) -> Double {
        let marks = marks
        let (low, high) = (marks[0], marks[marks.count - 1])
        return Double(Self.left)
            + (value - low) / (high - low) * Double(Self.right - Self.left)
    }
}
