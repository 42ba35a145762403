import XCTest

@testable import Charts

final class IntervalChartTests: XCTestCase {
    private func values(_ svg: String, from start: String) -> [Double] {
        svg.components(separatedBy: start).dropFirst().compactMap {
            Double($0.components(separatedBy: "\"")[0])
        }
    }

    func testRowsStandWhereTheirValuesAre() {
        let svg = IntervalChart(
            title: "BLEU & more", xLabel: "BLEU",
            [.init("a <b>", 20, interval: 10...30), .init("c", 30, interval: 25...50)]
        ).svg
        XCTAssert(svg.contains("BLEU &amp; more") && svg.contains("a &lt;b>"))
        let circles = values(svg, from: "cx=\"")
        XCTAssertEqual(circles.count, 2)
        // The marks of the axis are 10, 20, ... 50.
        let unit = (circles[1] - circles[0]) / 10
        XCTAssertGreaterThan(unit, 0)
        let lines = svg.components(separatedBy: "<line class=\"line").dropFirst().map { line in
            (values(line, from: "x1=\"")[0], values(line, from: "x2=\"")[0])
        }
        XCTAssertEqual(lines[0].0, circles[0] - 10 * unit, accuracy: 0.2)
        XCTAssertEqual(lines[0].1, circles[0] + 10 * unit, accuracy: 0.2)
        XCTAssertEqual(lines[1].1, circles[0] + 30 * unit, accuracy: 0.2)
    }

    func testEqualValuesHaveAPlace() {
        let svg = IntervalChart(title: "t", xLabel: "x", [.init("a", 0, interval: 0...0)]).svg
        XCTAssertFalse(svg.contains("nan") || svg.contains("inf"))
    }

    func testALinearAxisWithNegativeValues() {
        let svg = LineChart(
            title: "t", xLabel: "step", yLabel: "cosine", hasLogarithmicX: false,
            [.init("seed 1", [(x: 50, y: 0.4), (x: 100, y: -0.2), (x: 150, y: 0.1)])]
        ).svg
        let (x, y) = (values(svg, from: "cx=\""), values(svg, from: "cy=\""))
        XCTAssertEqual(x[1] - x[0], x[2] - x[1], accuracy: 0.2)
        XCTAssertEqual(y[1] - y[0], 2 * (y[1] - y[2]), accuracy: 0.2)
        XCTAssert(svg.contains(">-0.2<") && svg.contains(">0<") && svg.contains(">150<"))
    }
}
