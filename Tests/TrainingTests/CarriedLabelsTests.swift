import Transformer
import XCTest

@testable import Training

final class CarriedLabelsTests: XCTestCase {
    private func carry(
        _ labelled: [LabelledText], _ pairs: [(String, String)],
        where isSure: (LabelledText) -> Bool = { _ in true }
    ) -> CarriedLabels {
        CarriedLabels(
            of: labelled, to: pairs.map { SentencePair(source: $0.0, target: $0.1) },
            where: isSure)
    }

    private func soft(_ text: String, _ probabilities: Double...) -> LabelledText {
        LabelledText(text: text, probabilities: probabilities)
    }

    func testALabelHoldsForEveryTranslation() {
        let carried = carry(
            [LabelledText(text: "Good!", label: .positive)],
            [("Good!", "Gut!"), ("So so.", "Naja."), ("Good!", "Prima!"), ("Good!", "Gut!")])
        XCTAssertEqual(
            carried.texts,
            ["Gut!", "Prima!"].map { LabelledText(text: $0, label: .positive) })
        XCTAssertEqual(carried.origins, [["Good!"], ["Good!"]])
        XCTAssertEqual(carried.unlabelledCount, 1)
        XCTAssertEqual(carried.duplicateCount, 1)
    }

    func testProbabilitiesOfSeveralSentencesAreAveraged() {
        let carried = carry(
            [soft("Hi.", 0, 0.5, 0.5), soft("Hello!", 0, 0.25, 0.75), soft("Ciao", 1, 0, 0)],
            [("Hi.", "Hallo!"), ("Hello!", "Hallo!"), ("Hi.", "Hallo!")])
        XCTAssertEqual(carried.texts.map(\.text), ["Hallo!"])
        XCTAssertEqual(carried.texts[0].label, .positive)
        // The repeated pair says nothing new.
        XCTAssertEqual(carried.texts[0].probabilities, [0, 0.375, 0.625])
        XCTAssertEqual(carried.origins, [["Hi.", "Hello!"]])
        XCTAssertEqual(carried.duplicateCount, 2)
    }

    func testDifferentCertainLabelsCancelEachOther() {
        let carried = carry(
            [
                LabelledText(text: "Fine.", label: .positive),
                LabelledText(text: "OK.", label: .neutral),
                LabelledText(text: "OK.", label: .negative),
            ],
            [("Fine.", "In Ordnung."), ("OK.", "In Ordnung."), ("OK.", "Na gut.")])
        // Of a sentence that is labelled twice, the first label counts.
        XCTAssertEqual(carried.texts, [LabelledText(text: "Na gut.", label: .neutral)])
        XCTAssertEqual(carried.conflictCount, 1)
    }

    func testWhatIsUnsureTogetherIsLeftOut() {
        let carried = carry(
            [soft("a", 0.95, 0, 0.05), soft("b", 0.05, 0, 0.95), soft("c", 0.91, 0.09, 0)],
            [("a", "x"), ("b", "x"), ("c", "y")], where: { ($0.probabilities?.max() ?? 1) >= 0.9 })
        XCTAssertEqual(carried.texts.map(\.text), ["y"])
        XCTAssertEqual(carried.unsureCount, 1)
        XCTAssertEqual(
            carried.removed, ["unlabelled": 0, "duplicate": 1, "conflict": 0, "unsure": 1])
    }
}
