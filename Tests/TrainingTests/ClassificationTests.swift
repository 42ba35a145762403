import Foundation
import Transformer
import XCTest

@testable import Training

final class ClassificationTests: XCTestCase {
    func testThreeClasses() {
        let report = ClassificationReport(
            labels: [.negative, .negative, .negative, .neutral, .positive, .positive],
            predictions: [.negative, .neutral, .negative, .neutral, .negative, .positive],
            confidences: [Float](repeating: 0.5, count: 6))
        XCTAssertEqual(report.count, 6)
        XCTAssertEqual(report.confusion, [[2, 1, 0], [0, 1, 0], [1, 0, 1]])
        XCTAssertEqual(report.accuracy, 4.0 / 6, accuracy: 1e-12)
        // F1 by class: 2·2/(3 + 3), 2·1/(1 + 2), 2·1/(2 + 1).
        XCTAssertEqual(report.macroF1, (4.0 / 6 + 2.0 / 3 + 2.0 / 3) / 3, accuracy: 1e-12)
        // All fall in one bin: |4/6 - 1/2|.
        XCTAssertEqual(report.expectedCalibrationError, 1.0 / 6, accuracy: 1e-12)
    }

    func testAClassWithoutLabelsDoesNotCount() {
        let report = ClassificationReport(
            labels: [.negative, .negative, .positive, .positive],
            predictions: [.negative, .positive, .positive, .positive],
            confidences: [1, 1, 1, 1])
        XCTAssertEqual(report.macroF1, (2.0 / 3 + 4.0 / 5) / 2, accuracy: 1e-12)
    }

    func testAClassThatIsNeverPredictedHasNoF1() {
        let report = ClassificationReport(
            labels: [.negative, .positive], predictions: [.positive, .positive],
            confidences: [1, 1])
        XCTAssertEqual(report.macroF1, (0 + 2.0 / 3) / 2, accuracy: 1e-12)
    }

    func testCalibrationErrorWeighsBinsByTheirSize() {
        let report = ClassificationReport(
            labels: [.positive, .positive, .positive, .positive, .positive],
            predictions: [.positive, .negative, .positive, .positive, .negative],
            confidences: [0.75, 0.75, 0.75, 0.375, 0.375])
        // 3 at 0.75 of which 2 are right, 2 at 0.375 of which 1 is right.
        let expected = 3.0 / 5 * (0.75 - 2.0 / 3) + 2.0 / 5 * (0.5 - 0.375)
        XCTAssertEqual(report.expectedCalibrationError, expected, accuracy: 1e-12)
    }

    func testOverAndUnderconfidenceCancelWithinABinOnly() {
        // 0.96 and 0.98 share the last bin, from 14/15; 0.92 is in the one before.
        let sameBin = ClassificationReport(
            labels: [.positive, .positive], predictions: [.positive, .negative],
            confidences: [0.96875, 0.984375])
        XCTAssertEqual(
            sameBin.expectedCalibrationError, (0.96875 + 0.984375 - 1) / 2, accuracy: 1e-12)
        let twoBins = ClassificationReport(
            labels: [.positive, .positive], predictions: [.positive, .negative],
            confidences: [0.921875, 0.984375])
        XCTAssertEqual(
            twoBins.expectedCalibrationError, (1 - 0.921875 + 0.984375) / 2, accuracy: 1e-12)
    }

    func testConfidencesZeroAndOneHaveABin() {
        let report = ClassificationReport(
            labels: [.neutral, .neutral], predictions: [.neutral, .positive],
            confidences: [1, 0])
        XCTAssertEqual(report.expectedCalibrationError, 0)
    }

    func testJSONKeys() throws {
        let report = ClassificationReport(
            labels: [.positive], predictions: [.positive], confidences: [1])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(report)
        XCTAssertEqual(
            String(decoding: json, as: UTF8.self),
            #"{"accuracy":1,"confusion":[[0,0,0],[0,0,0],[0,0,1]],"ece":0,"macro_f1":1}"#)
        XCTAssertEqual(try JSONDecoder().decode(ClassificationReport.self, from: json), report)
    }
}
