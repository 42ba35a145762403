import XCTest

@testable import Charts

final class LineChartTests: XCTestCase {
    private func chart(_ values: [Double], isLogarithmic: Bool = false) -> LineChart {
        LineChart(
            title: "Cost & <speed>", xLabel: "threads", yLabel: "seconds",
            hasLogarithmicY: isLogarithmic,
            [
                .init("one", zip([1, 2, 4], values).map { ($0, $1) }),
                .init("two", zip([1, 2, 4], values).map { ($0, 2 * $1) }),
            ])
    }

    /// What stands in the drawing between two marks, each time.
    private func values(_ svg: String, from start: String, to end: String) -> [String] {
        svg.components(separatedBy: start).dropFirst().map {
            $0.components(separatedBy: end)[0]
        }
    }

    func testTextsAreEscapedAndLabelsAreThere() {
        let svg = chart([10, 20, 45]).svg
        XCTAssert(svg.contains("Cost &amp; &lt;speed>"))
        for label in [">threads<", ">seconds<", ">one<", ">two<", ">1<", ">2<", ">4<", ">0<"] {
            XCTAssert(svg.contains(label), label)
        }
        XCTAssert(svg.contains("prefers-color-scheme: dark"))
    }

    func testPointsStandWhereTheirValuesAre() throws {
        // The marks of the axis are 0, 20, 40, ... 100; the points of "one" are 10, 20 and 40.
        let svg = chart([10, 20, 40]).svg
        XCTAssertEqual(values(svg, from: "<polyline", to: ">").count, 2)
        let x = values(svg, from: "cx=\"", to: "\"").compactMap(Double.init)
        let y = values(svg, from: "cy=\"", to: "\"").compactMap(Double.init)
        XCTAssertEqual(x.count, 6)
        XCTAssertEqual(x[1] - x[0], x[2] - x[1], accuracy: 0.2)
        let unit = y[0] - y[1]
        XCTAssertGreaterThan(unit, 0)
        XCTAssertEqual(y[1] - y[2], 2 * unit, accuracy: 0.2)
        XCTAssertEqual(y[3], y[1], accuracy: 0.2)
        XCTAssertEqual(y[5], y[2] - 4 * unit, accuracy: 0.2)
    }

    func testALogarithmicAxisHasEqualStepsForEqualFactors() {
        let svg = chart([3, 12, 48], isLogarithmic: true).svg
        let y = values(svg, from: "cy=\"", to: "\"").compactMap(Double.init)
        XCTAssertEqual(y[0] - y[1], y[1] - y[2], accuracy: 0.2)
        for label in [">2<", ">5<", ">10<", ">20<", ">50<", ">100<"] {
            XCTAssert(svg.contains(label), label)
        }
        XCTAssertFalse(svg.contains(">200<"))
    }

    func testOnePointOnly() {
        let chart = LineChart(
            title: "t", xLabel: "x", yLabel: "y", [.init("one", [(x: 1, y: 1)])])
        XCTAssertFalse(chart.svg.contains("nan"))
    }
}
