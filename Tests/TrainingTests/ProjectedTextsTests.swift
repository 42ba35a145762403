import Inference
import Tokenization
import Transformer
import XCTest

@testable import Training

final class ProjectedTextsTests: XCTestCase {
    private func rule(
        minimumProbability: Double = 0.8, most: Int = 0, isBalanced: Bool = false
    ) -> Stage.Projection {
        Stage.Projection(
            corpora: ["a"], from: "en", languages: ["de", "fr"],
            minimumProbability: minimumProbability, most: most, isBalanced: isBalanced, weight: 1)
    }

    /// The first letter of a text says what is thought of it, and how surely.
    private func classify(_ texts: [String]) -> [SentimentScores] {
        texts.map { text in
            let probabilities: [Float] =
                switch text.first {
                case "n": [0.9, 0.05, 0.05]
                case "p": [0, 0.1, 0.9]
                case "o": [0.1, 0.85, 0.05]
                case "q": [0.05, 0.65, 0.3]
                case "r": [0.05, 0.6, 0.35]
                case "s": [0.35, 0.6, 0.05]
                default: [0.4, 0.3, 0.3]
                }
            return SentimentScores(probabilities: probabilities)
        }
    }

    private func project(
        _ rule: Stage.Projection, _ candidates: [[(String, String)]], held: [String] = [],
        seed: UInt64 = 1
    ) -> ProjectedTexts {
        let texts = held.map { LabelledText(text: $0, label: .neutral) }
        return ProjectedTexts(
            rule, candidates.map { $0.map { SentencePair(source: $0.0, target: $0.1) } },
            held: HeldTexts([SentimentTestSet(name: "held", texts: texts)]),
            seed: seed, classify: classify)
    }

    func testSureLabelsAreCarriedOver() {
        let projected = project(
            rule(),
            [
                [("n1", "eins"), ("p1", "zwei"), ("x", "drei"), ("p1", "vier"), ("n2", "vier")],
                [("o1", "un"), ("n1", "deux")],
            ])
        XCTAssertEqual(
            projected.texts.map { "\($0.text.string) \($0.label.name) \($0.language)" },
            ["eins negative 0", "zwei positive 0", "un neutral 1", "deux negative 1"])
        // The mean of two sure and contrary labels is not sure.
        XCTAssertEqual(projected.removed, ["unsure": 2, "duplicate": 1])
        XCTAssertEqual(
            projected.description,
            "labels projected from en: 2 texts of de (1 negative, 0 neutral, 1 positive), "
                + "2 texts of fr (1 negative, 1 neutral, 0 positive), 1 duplicate, 2 unsure")
    }

    func testHeldTextsAreLeftOut() {
        let projected = project(
            rule(), [[("n1", "Der Film!"), ("n2", "Ein Film")], []], held: ["der film"])
        XCTAssertEqual(projected.texts.map(\.text.string), ["Ein Film"])
        XCTAssertEqual(projected.removed, ["held": 1])
    }

    func testLimits() {
        let pairs = (0..<90).map { number in
            ("\(number % 10 == 0 ? "p" : number % 3 == 0 ? "o" : "n")\(number)", "t\(number)")
        }
        let all = project(rule(), [pairs, pairs])
        let counts = { (projected: ProjectedTexts, label: SentimentLabel) in
            projected.texts.count { $0.label == label && $0.language == 0 }
        }
        XCTAssertEqual(all.texts.count, 180)
        XCTAssertEqual(counts(all, .positive), 9)
        let few = project(rule(most: 20), [pairs, []])
        XCTAssertEqual(few.texts.count, 20)
        XCTAssertEqual(few.removed, ["surplus": 70])
        // Not the first ones, but in their order.
        let numbers = few.texts.compactMap { Int($0.text.string.dropFirst()) }
        XCTAssertEqual(numbers, numbers.sorted())
        XCTAssertGreaterThan(numbers.last ?? 0, 40)
        XCTAssertEqual(few.texts, project(rule(most: 20), [pairs, []]).texts)
        XCTAssertNotEqual(few.texts, project(rule(most: 20), [pairs, []], seed: 2).texts)
        for label in SentimentLabel.allCases {
            let balanced = { (most: Int) in
                self.project(
                    self.rule(minimumProbability: 0.6, most: most, isBalanced: true), [pairs, []])
            }
            XCTAssertEqual(counts(balanced(0), label), 9)
            XCTAssertEqual(counts(balanced(20), label), 6)
        }
    }

    /// A model that calls nearly everything neutral projects all classes alike, those texts that are most of a class.
    func testBalanceCorrectsForWhatTheModelExpects() {
        let letters = [("o", 90), ("q", 2), ("r", 9), ("s", 9)]
        let pairs = letters.flatMap { letter, count in
            (0..<count).map { ("\(letter)\($0)", "\(letter)\($0)") }
        }
        XCTAssertEqual(
            Set(project(rule(minimumProbability: 0.4), [pairs, []]).texts.map(\.label)), [.neutral])
        let texts = project(
            rule(minimumProbability: 0.4, most: 27, isBalanced: true), [pairs, []]
        ).texts
        XCTAssertEqual(
            texts.filter { $0.label == .positive }.map { $0.text.string.prefix(1) },
            Array(repeating: "r", count: 9))
        XCTAssertEqual(
            texts.filter { $0.label == .negative }.map { $0.text.string.prefix(1) },
            Array(repeating: "s", count: 9))
        XCTAssertEqual(texts.count { $0.label == .neutral }, 9)
    }
}
