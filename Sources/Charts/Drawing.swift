import Foundation

/// What the charts have in common.
enum Drawing {
    /// A drawing with a title, legible on light and dark ground, without scripts or fonts of its own.
    static func svg(
        title: String, width: Int, height: Int, titleX: Int, _ elements: [String]
    ) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
        width="\(width)" height="\(height)" role="img">
        <title>\(escaped(title))</title>
        <style>
        \(style)
        </style>
        <text class="title" x="\(titleX)" y="22">\(escaped(title))</text>
        \(elements.joined(separator: "\n"))
        </svg>

        """
    }

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

    /// Round numbers with equal steps that enclose two others; at least two.
    static func marks(from low: Double, to high: Double) -> [Double] {
        guard high > low else { return [low, low + 1] }
        let rough = (high - low) / 5
        let unit = pow(10, log10(rough).rounded(.down))
        let step = unit * ([1.0, 2, 5, 10].first { $0 * unit >= rough } ?? 10)
        let first = Int((low / step).rounded(.down))
        return (first...Int((high / step).rounded(.up))).map { Double($0) * step }
    }

    /// A number without more digits than it needs.
    static func label(_ value: Double) -> String { String(format: "%g", value) }

    static func text(_ place: Double) -> String { String(format: "%.1f", place) }

    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;")
            .replacingOccurrences(of: "<", with: "&lt;")
    }
}
