import Files
import Foundation
import XCTest

@testable import Training

final class StudyReadingTests: XCTestCase {
    private var folder: TemporaryFolder!

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    private static let text = """
        name: small
        recipe:
          name: base
          tokenizer: {vocabulary_size: 310, languages: [xx]}
          model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2}
          corpora:
            translation: [{name: pairs, pairs: pairs.tsv, from: en, to: xx}]
            sentiment: [{name: labelled, file: labelled.tsv, labels: binary, language: en}]
          curriculum:
            - name: first
              tasks: {translation: 1}
              steps: 300
              batch_tokens: 200
              schedule: {name: constant, learning_rate: 0.01}
            - name: second
              tasks: {translation: 1, sentiment: 1}
              steps: 1_000
              batch_tokens: 300
              schedule: {name: cosine, learning_rate: 0.005}
        arms:
          - name: translation
            changes: {curriculum: {second: ~}}
          - name: both
          - name: steady
            changes: {curriculum: {second: {schedule: {name: constant}}}}
          - name: wide
            extends: [both, steady]
            seeds: [4]
            changes: {model: {feed_forward_dimension: 64}}
        pairs: [{name: two, translation: translation, sentiment: both}]
        baselines: [two]
        tests: {translation: [{name: t, pairs: test.tsv, from: en, to: xx}]}
        finals: {best: 1, steps_factor: 1.5, changes: {curriculum: {second: {batch_tokens: 400}}}}

        """

    private func study(_ text: String = text) throws -> Study {
        let url = folder.url.appendingPathComponent("study.yml")
        try Data(text.utf8).write(to: url)
        return try Study(contentsOf: url)
    }

    func testArmsAndPhases() throws {
        let study = try study()
        XCTAssertEqual(study.seeds, [1, 2, 3])
        XCTAssertEqual(study.arms.map(\.name), ["translation", "both", "steady", "wide"])
        let wide = study.arms[3]
        XCTAssertEqual(wide.origins, ["both", "steady"])
        XCTAssertEqual(study.arms.map(\.seeds), [nil, nil, nil, [4]])
        XCTAssertEqual(study.baselineArms, ["translation", "both"])
        let tree = try wide.tree(from: study.base)
        let (text, recipe) = try study.recipe(of: tree, arm: wide, seed: 7)
        XCTAssertEqual(recipe.seed, 7)
        XCTAssertEqual(recipe.name, "small wide")
        XCTAssertEqual(recipe.model?.feedForwardDimension, 64)
        XCTAssertEqual(recipe.curriculum, study.baseRecipe.curriculum)
        // What is written for the training run is the same recipe.
        XCTAssertEqual(try Recipe(yaml: text, file: "x.yml"), recipe)
        let finals = try XCTUnwrap(study.finals)
        let first = try finals.tree(of: study.arms[0].tree(from: study.base))
        XCTAssertEqual(
            try study.recipe(of: first, arm: study.arms[0], seed: 1).recipe.curriculum.map(\.steps),
            [450])
        let second = try study.recipe(of: finals.tree(of: tree), arm: wide, seed: 1).recipe
        XCTAssertEqual(second.curriculum.map(\.steps), [450, 1500])
        XCTAssertEqual(second.curriculum.map(\.batchTokens), [200, 400])
    }

    /// What is removed from all arms may be missing in some.
    func testFinalsPassOverKeysThatAnArmLacks() throws {
        let text = Self.text
            .replacing("{second: ~}}", with: "{second: ~}, averaging: {checkpoints: 2}}")
            .replacing("{curriculum: {second: {batch_tokens: 400}}}", with: "{averaging: ~}")
        let study = try study(text)
        let finals = try XCTUnwrap(study.finals)
        let checkpoints = try study.arms.prefix(2).map { arm in
            let tree = try arm.tree(from: study.base)
            return try [tree, finals.tree(of: tree)].map {
                try study.recipe(of: $0, arm: arm, seed: 1).recipe.averaging.checkpoints
            }
        }
        XCTAssertEqual(checkpoints, [[2, 1], [1, 1]])
    }

    func testARecipeOfItsOwnFile() throws {
        let lines = Self.text.split(separator: "\n", omittingEmptySubsequences: false)
        let end = try XCTUnwrap(lines.firstIndex(of: "arms:"))
        let recipe = lines[2..<end].map { $0.dropFirst(2) + "\n" }.joined()
        try Data(recipe.utf8).write(to: folder.url.appendingPathComponent("base.yml"))
        let text =
            "name: small\nrecipe: base.yml\n" + lines[end...].map { $0 + "\n" }.joined()
        XCTAssertEqual(try study(text).baseRecipe, try study().baseRecipe)
        XCTAssertThrowsError(try study(text.replacing("base.yml", with: "none.yml"))) { error in
            XCTAssertEqual((error as? FileError)?.kind, .missing)
        }
    }

    func testMistakesAreNamedWithTheirLines() throws {
        let cases: [(String, String, Int, String)] = [
            ("arms:", "armz:", 20, "unknown key 'armz' in study; did you mean 'arms'?"),
            (
                "[both, steady]", "[both, wide]", 27,
                "study.arms[3].extends[1] is 'wide', which is unknown here; there are: translation, both, steady"
            ),
            (
                "[both, steady]", "[both, translation]", 27,
                "study.arms[3].extends names arms that train different tasks"
            ),
            ("seeds: [4]", "seeds: [4, 4]", 28, "repeats '4'"),
            (
                "{feed_forward_dimension: 64}", "{feed_forward_dimension: 0}", 26,
                "arm 'wide': model.feed_forward_dimension is '0', not a whole number"
            ),
            (
                "{second: ~}", "{third: ~}", 22,
                "curriculum.third changes an element that is not there; there are: first, second"
            ),
            (
                "sentiment: both}", "sentiment: translation}", 30,
                "'translation' does not train sentiment"
            ),
            ("baselines: [two]", "baselines: [three]", 31, "is 'three', which is unknown here"),
            (
                "{second: {batch_tokens: 400}}", "{third: {batch_tokens: 400}}", 33,
                "curriculum.third changes an element that no arm has"
            ),
            (
                "{second: {batch_tokens: 400}}", "{second: {select_by: ~}}", 33,
                "curriculum.second.select_by removes what no arm has; leave it out"
            ),
            ("from: en, to: xx}]}", "from: en, to: yy}]}", 32, "not one of tokenizer.languages"),
            (
                "steps_factor: 1.5", "steps_factor: 1.0e300", 33,
                "study.finals.steps_factor is '1.0e300', not a number above 0 and at most 1000"
            ),
            ("name: wide", "name: a/b", 26, "a folder is called after it"),
            ("name: wide", "name: both", 26, "repeats 'both'"),
        ]
        for (old, new, line, message) in cases {
            XCTAssertThrowsError(try study(Self.text.replacing(old, with: new)), new) { error in
                let error = error as? FileError
                XCTAssertEqual(error?.line, line, "\(new): \(error?.description ?? "")")
                XCTAssert(
                    error?.problem.contains(message) ?? false,
                    "\(new): \(error?.description ?? "no FileError")")
            }
        }
    }
}
