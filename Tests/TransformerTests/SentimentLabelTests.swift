import Transformer
import XCTest

final class SentimentLabelTests: XCTestCase {
    func testTheMostProbableLabelAndOfEqualsTheFirst() {
        for (probabilities, label) in [
            ([0.5, 0.3, 0.2], SentimentLabel.negative), ([0.1, 0.2, 0.7], .positive),
            ([0.2, 0.4, 0.4], .neutral), ([0.4, 0.2, 0.4], .negative), ([0, 0, 0], .negative),
        ] {
            XCTAssertEqual(SentimentLabel(mostProbableOf: probabilities), label)
        }
    }
}
