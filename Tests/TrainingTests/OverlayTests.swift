import Files
import XCTest

@testable import Training

final class OverlayTests: XCTestCase {
    private static let base = """
        name: base
        tokenizer: {vocabulary_size: 310, languages: [xx]}
        model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2}
        corpora:
          translation: [{name: pairs, pairs: pairs.tsv, from: en, to: xx}]
          sentiment: [{name: labelled, file: labelled.tsv, labels: binary, language: en}]
        averaging: {checkpoints: 2}
        curriculum:
          - name: first
            tasks: {translation: 1}
            steps: 300
            batch_tokens: 200
            schedule: {name: constant, learning_rate: 0.01}
          - name: second
            tasks: {translation: 1, sentiment: 1}
            steps: 300
            batch_tokens: 300
            schedule: {name: cosine, learning_rate: 0.005}

        """

    private func applied(
        _ changes: String, to base: String = base, passesOver: Bool = false
    ) throws -> Recipe {
        let base = try RecipeNode(yaml: base, file: "base.yml", kind: "recipe")
        let overlay = Overlay(
            changes: try RecipeNode(yaml: changes, file: "study.yml", kind: "study"),
            passesOverAbsence: passesOver)
        return try Recipe(
            RecipeNode(node: overlay.applied(to: base.node), file: "x.yml", line: 1, path: ""))
    }

    private func recipe(_ edit: (inout Recipe) -> Void) throws -> Recipe {
        var recipe = try Recipe(yaml: Self.base, file: "base.yml")
        edit(&recipe)
        return recipe
    }

    func testMappingsAreChangedKeyByKey() throws {
        XCTAssertEqual(
            try applied("model: {heads: 4, feed_forward_dimension: 64}"),
            try recipe {
                $0.model?.headCount = 4
                $0.model?.feedForwardDimension = 64
            })
        XCTAssertEqual(
            try applied("optimizer: {beta2: 0.9}"), try recipe { $0.optimizer.beta2 = 0.9 })
    }

    func testScalarsAndListsAreReplaced() throws {
        XCTAssertEqual(
            try applied("name: other\ntokenizer: {languages: [yy, xx]}"),
            try recipe {
                $0.name = "other"
                $0.tokenizer?.languages = ["yy", "xx"]
            })
    }

    func testElementsOfListsAreChangedByTheirNames() throws {
        XCTAssertEqual(
            try applied("curriculum: {second: {steps: 7, schedule: {learning_rate: 0.1}}}"),
            try recipe {
                $0.curriculum[1].steps = 7
                $0.curriculum[1].schedule.learningRate = 0.1
            })
        XCTAssertEqual(
            try applied("corpora: {sentiment: {labelled: {weight: 2}}}"),
            try recipe { $0.corpora.sentiment[0].weight = 2 })
    }

    func testAnElementThatStatesItsNameIsAdded() throws {
        let changes = """
            corpora:
              sentiment:
                more: {name: more, file: more.tsv, labels: named, language: xx}
                labelled: {weight: 2}
            """
        for passesOver in [false, true] {
            let sentiment = try applied(changes, passesOver: passesOver).corpora.sentiment
            XCTAssertEqual(sentiment.map(\.name), ["labelled", "more"])
            XCTAssertEqual(sentiment.map(\.weight), [2, 1])
        }
        let unfinished = changes.replacing("file: more.tsv, ", with: "")
        XCTAssertThrowsError(try applied(unfinished)) {
            XCTAssertTrue("\($0)".contains("corpora.sentiment[1]"), "\($0)")
        }
    }

    func testATildeRemoves() throws {
        XCTAssertEqual(
            try applied("averaging: ~\ncurriculum: {first: ~}"),
            try recipe {
                $0.averaging.checkpoints = 1
                $0.curriculum.removeFirst()
            })
        XCTAssertEqual(
            try applied("corpora: {sentiment: ~}\ncurriculum: {second: ~}"),
            try recipe {
                $0.corpora.sentiment = []
                $0.curriculum.removeLast()
            })
        // A text is a text.
        XCTAssertEqual(try applied("name: '~'").name, "~")
    }

    /// With a corpus go the digests of its files, unless another corpus reads them too.
    func testDigestsGoWithTheirCorpora() throws {
        let digests = ["pairs.tsv", "labelled.tsv"].map {
            "\($0): \(String(repeating: "0", count: 64))"
        }
        let base = Self.base.replacing(
            "corpora:", with: "corpora:\n  sha256: {\(digests.joined(separator: ", "))}")
        let changes = """
            corpora: {sentiment: ~}
            curriculum: {second: ~}
            """
        let recipe = try applied(changes, to: base)
        XCTAssertEqual(recipe.corpora.sha256?.keys.sorted(), ["pairs.tsv"])
        XCTAssertEqual(
            try applied("seed: 2", to: base).corpora.sha256?.keys.sorted(),
            ["labelled.tsv", "pairs.tsv"])
    }

    func testWhatIsNotThereIsNamed() {
        let cases = [
            (
                "curriculum:\n  third: {steps: 1}",
                "study.yml:2: curriculum.third changes an element that is not there; there are: first, second; to add one, "
                    + "give it its name: too"
            ),
            (
                "model:\n  sentiment_layers: ~",
                "study.yml:2: model.sentiment_layers removes what is not there; leave it out"
            ),
        ]
        for (changes, message) in cases {
            XCTAssertThrowsError(try applied(changes)) { XCTAssertEqual("\($0)", message) }
        }
        XCTAssertEqual(
            try applied("curriculum: {third: {steps: 1}, first: {steps: 2}}", passesOver: true),
            try recipe { $0.curriculum[0].steps = 2 })
        XCTAssertEqual(
            try applied("model: {sentiment_layers: ~, heads: 4}", passesOver: true),
            try recipe { $0.model?.headCount = 4 })
    }
}
