import Files
import XCTest

@testable import Training

/// The methods of a stage, as a recipe gives them.
final class MethodReadingTests: XCTestCase {
    private func recipe(_ keys: String, tasks: String = "{translation: 1, sentiment: 0.5}")
        -> String
    {
        """
        name: small
        tokenizer: {vocabulary_size: 600, languages: [de]}
        model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 32, feed_forward_dimension: 64, heads: 2}
        corpora:
          translation: [{name: pairs, pairs: pairs.tsv, from: en, to: de}]
          sentiment: [{name: reviews, file: reviews.tsv, labels: binary, language: en}]
        curriculum:
          - name: joint
            tasks: \(tasks)
            steps: 100
            batch_tokens: 1000
            schedule: {name: constant, learning_rate: 0.001}
            \(keys)

        """
    }

    private func stage(_ keys: String) throws -> Stage {
        try Recipe(yaml: recipe(keys), file: "small.yml").curriculum[0]
    }

    private func assertRefused(
        _ keys: String, tasks: String = "{translation: 1, sentiment: 0.5}", _ message: String,
        line: UInt = #line
    ) {
        XCTAssertThrowsError(
            try Recipe(yaml: recipe(keys, tasks: tasks), file: "small.yml"), line: line
        ) { error in
            XCTAssertEqual("\(error)", message, line: line)
        }
    }

    func testWithoutMethodsNothingIsStored() throws {
        let recipe = try Recipe(yaml: recipe("freeze: [decoder]"), file: "small.yml")
        let json = String(decoding: try recipe.canonicalJSON(), as: UTF8.self)
        for key in ["sampling", "loss_weights", "gradient_surgery"] {
            XCTAssertFalse(json.contains(key), json)
        }
    }

    func testDefaults() throws {
        XCTAssertEqual(
            try stage("loss_weights: {method: uncertainty}").lossWeights,
            LossWeightRule(
                method: .uncertainty, learningRate: 0.01, temperature: 2, window: 100, alpha: 1.5))
        XCTAssertEqual(
            try stage("gradient_surgery: {method: cagrad}").gradientSurgery,
            SurgeryRule(method: .cagrad, c: 0.4))
        XCTAssertEqual(
            try stage("sampling: {method: annealed}").sampling,
            SamplingRule(method: .annealed, temperature: 1))
    }

    func testValues() throws {
        let average = try stage(
            "loss_weights: {method: dynamic_weight_average, temperature: 1.5, window: 20}")
        XCTAssertEqual(average.lossWeights?.temperature, 1.5)
        XCTAssertEqual(average.lossWeights?.window, 20)
        let norm = try stage("loss_weights: {method: gradnorm, alpha: 0.5, learning_rate: 0.1}")
        XCTAssertEqual(norm.lossWeights?.alpha, 0.5)
        XCTAssertEqual(norm.lossWeights?.learningRate, 0.1)
        XCTAssertEqual(
            try stage("sampling: {method: temperature, temperature: 5}").sampling?.temperature, 5)
    }

    /// A step's tokens are those of its one task.
    func testASampledStepIsOneTasks() throws {
        let stage = try stage("sampling: {method: uniform}")
        XCTAssertEqual(stage.tokenBudget(of: .translation), 1000)
        XCTAssertEqual(stage.tokenBudget(of: .sentiment), 1000)
    }

    func testDifferencesNameTheMethods() throws {
        let older = try Recipe(yaml: recipe("freeze: [decoder]"), file: "small.yml")
        var newer = older
        newer.curriculum[0].sampling = SamplingRule(method: .uniform, temperature: 1)
        XCTAssertEqual(
            try newer.differences(from: older),
            [
                "curriculum[0].sampling.method: not set -> uniform",
                "curriculum[0].sampling.temperature: not set -> 1",
            ])
    }

    func testUnknownMethods() {
        assertRefused(
            "sampling: {method: random}",
            "small.yml:13: curriculum[0].sampling.method is 'random', which is unknown; choose "
                + "one of: proportional, uniform, temperature, annealed")
        assertRefused(
            "loss_weights: {method: mgda}",
            "small.yml:13: curriculum[0].loss_weights.method is 'mgda', which is unknown; choose "
                + "one of: fixed, uncertainty, dynamic_weight_average, gradnorm")
        assertRefused(
            "gradient_surgery: {method: gradvac}",
            "small.yml:13: curriculum[0].gradient_surgery.method is 'gradvac', which is unknown; "
                + "choose one of: none, pcgrad, cagrad")
        assertRefused(
            "gradient_surgery: pcgrad",
            "small.yml:13: curriculum[0].gradient_surgery is 'pcgrad', not a mapping of keys to "
                + "values")
    }

    func testKeysOfOtherMethods() {
        assertRefused(
            "sampling: {method: uniform, temperature: 2}",
            "small.yml:13: curriculum[0].sampling.temperature is given, but it is of the method "
                + "temperature; remove it")
        assertRefused(
            "sampling: {method: temperature}",
            "small.yml:13: curriculum[0].sampling lacks the key 'temperature'; add it")
        assertRefused(
            "loss_weights: {method: uncertainty, alpha: 1}",
            "small.yml:13: curriculum[0].loss_weights.alpha is given, but it is of gradnorm; "
                + "remove it")
        assertRefused(
            "gradient_surgery: {method: pcgrad, c: 0.5}",
            "small.yml:13: curriculum[0].gradient_surgery.c is given, but it is of cagrad; "
                + "remove it")
        assertRefused(
            "gradient_surgery: {method: cagrad, c: 1}",
            "small.yml:13: curriculum[0].gradient_surgery.c is '1', not a number of at least 0 "
                + "and less than 1")
    }

    func testMethodsOfSeveralTasksInAStageOfOne() {
        for (keys, method) in [
            ("sampling", "uniform"), ("loss_weights", "uncertainty"),
            ("loss_weights", "dynamic_weight_average"), ("loss_weights", "gradnorm"),
            ("gradient_surgery", "pcgrad"), ("gradient_surgery", "cagrad"),
        ] {
            assertRefused(
                "\(keys): {method: \(method)}", tasks: "{translation: 1}",
                "small.yml:13: curriculum[0].\(keys) is \(method), but the stage trains "
                    + "translation only; remove it or add a task")
        }
    }

    func testMethodsThatExcludeEachOther() {
        for (keys, method) in [
            ("loss_weights", "gradnorm"), ("gradient_surgery", "pcgrad"),
            ("gradient_surgery", "cagrad"),
        ] {
            assertRefused(
                "sampling: {method: uniform}\n    \(keys): {method: \(method)}",
                "small.yml:14: curriculum[0].\(keys) is \(method), which needs the gradients of "
                    + "all tasks in every step, but sampling takes one task a step; remove one of "
                    + "them")
            assertRefused(
                "freeze: [encoder, embedding]\n    \(keys): {method: \(method)}",
                "small.yml:14: curriculum[0].\(keys) is \(method), but the stage freezes all that "
                    + "its tasks share; remove it or thaw the encoder or the embedding")
        }
        assertRefused(
            "sampling: {method: uniform}\n    proportions: {translation: 0.5, sentiment: 0.5}",
            "small.yml:14: curriculum[0].proportions is given, but sampling gives a whole step to "
                + "one task; remove it")
    }

    func testWhatDoesNothingIsAllowedAnywhere() throws {
        _ = try Recipe(
            yaml: recipe(
                "loss_weights: {method: fixed}\n    gradient_surgery: {method: none}",
                tasks: "{sentiment: 1}"), file: "small.yml")
        _ = try stage("sampling: {method: uniform}\n    loss_weights: {method: uncertainty}")
    }
}
