import Foundation
import XCTest

@testable import Transformer

final class ModelConfigurationTests: XCTestCase {
    private func problem(_ change: (inout ModelConfiguration) -> Void) -> String? {
        var configuration = tinyConfiguration
        change(&configuration)
        return configuration.problem
    }

    func testProblems() {
        XCTAssertNil(problem { _ in })
        XCTAssertEqual(
            problem { $0.version = 3 }, "version is 3, this program reads versions 1 to 2")
        XCTAssertNil(problem { $0.version = 1 })
        XCTAssertEqual(
            problem { $0.vocabularySize = 0 }, "vocabulary_size is 0, not between 16 and 1000000")
        XCTAssertEqual(
            problem { $0.headCount = 3 }, "head_count 3 does not divide model_dimension 8")
        XCTAssertEqual(
            problem {
                $0.modelDimension = 9
                $0.headCount = 3
            }, "model_dimension 9 is odd")
        XCTAssertEqual(problem { $0.languages = [] }, "languages is empty")
        XCTAssertEqual(
            problem { $0.labels = ["good", "bad"] }, "labels are not negative, neutral, positive")
    }

    func testInitialParametersAreAFunctionOfTheSeed() {
        let model = Model(tinyConfiguration)
        func values(_ seed: UInt64) -> [Float] {
            let parameters = model.initialParameters(seed: seed)
            return withExtendedLifetime(parameters) { Array(parameters.all.elements) }
        }
        XCTAssertEqual(values(1), values(1))
        XCTAssertNotEqual(values(1), values(2))
        XCTAssertTrue(values(1).allSatisfy(\.isFinite))
    }
}
