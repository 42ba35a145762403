import Files
import Foundation
import Tokenization
import Transformer
import XCTest

@testable import Training

final class RecipeTests: XCTestCase {
    // MARK: Recipes that are right

    func testASmallRecipeGetsTheDefaults() throws {
        let recipe = try Recipe(yaml: Self.small, file: "small.yml")
        XCTAssertEqual(recipe.name, "small")
        XCTAssertEqual(recipe.seed, 7)
        XCTAssertEqual(recipe.precision, .fp32)
        XCTAssertEqual(recipe.tokenizer?.languages, ["de", "en"])
        XCTAssertEqual(recipe.model?.maximumLength, 256)
        XCTAssertEqual(recipe.corpora.translation[0].pairs, "pairs.tsv")
        XCTAssertEqual(recipe.corpora.translation[0].directions, .forward)
        XCTAssertEqual(recipe.corpora.sentiment[0].labels, .binary)
        XCTAssertTrue(recipe.corpora.sentiment[0].isHeldOut)
        XCTAssertEqual(recipe.holdOut, Recipe.HoldOutRule(fraction: 0.02, seed: 1))
        XCTAssertEqual(recipe.validation.everySteps, 500)
        XCTAssertEqual(recipe.patience, 0)
        XCTAssertEqual(recipe.optimizer.name, .adam)
        XCTAssertEqual(recipe.regularization.labelSmoothing, 0.1)
        XCTAssertEqual(recipe.averaging.checkpoints, 1)
        XCTAssertEqual(recipe.checkpoint.everySeconds, 600)
        XCTAssertEqual(recipe.curriculum[0].proportions, [.translation: 0.75, .sentiment: 0.25])
        XCTAssertEqual(recipe.curriculum[0].selectBy, .both)
        XCTAssertEqual(recipe.curriculum[0].freeze, [])
        XCTAssertNil(recipe.curriculum[0].dropout)
    }

    func testAStageSharesItsTokensOut() throws {
        let stage = try Recipe(yaml: Self.small, file: "small.yml").curriculum[0]
        XCTAssertEqual(stage.trainedTasks, [.translation, .sentiment])
        XCTAssertEqual(stage.tokenBudget(of: .translation), 750)
        XCTAssertEqual(stage.tokenBudget(of: .sentiment), 250)
    }

    func testInitKeepsTheModelsSizes() throws {
        let yaml = Self.small
            .replacing(Self.tokenizer, with: "init: base\n").replacing(Self.model, with: "")
        let recipe = try Recipe(yaml: yaml, file: "small.yml")
        XCTAssertEqual(recipe.initialModel, "base")
        XCTAssertNil(recipe.tokenizer)
        XCTAssertNil(recipe.model)
        XCTAssertNil(recipe.growth)
        XCTAssertNil(recipe.storage)
    }

    func testAModelMayGrowAndBeStoredInEightBits() throws {
        let yaml = Self.small
            .replacing(
                Self.tokenizer,
                with: "init: base\ngrow: {encoder_layers: 12, decoder_layers: 3}\nstorage: int8\n"
            )
            .replacing(Self.model, with: "")
        let recipe = try Recipe(yaml: yaml, file: "small.yml")
        XCTAssertEqual(recipe.growth, LayerGrowth(encoderLayerCount: 12, decoderLayerCount: 3))
        XCTAssertEqual(recipe.storage, .int8)
        XCTAssertThrowsError(
            try Recipe(
                yaml: yaml.replacing("{encoder_layers: 12, decoder_layers: 3}", with: "{}"),
                file: "small.yml")
        ) { error in
            XCTAssertEqual(
                "\(error)",
                "small.yml:4: grow adds no layers; give encoder_layers or decoder_layers, or "
                    + "remove it")
        }
    }

    func testALanguageMayBeCalledNo() throws {
        let recipe = try Recipe(
            yaml: Self.small.replacing("[de, en]", with: "[no, de]"), file: "small.yml")
        XCTAssertEqual(recipe.tokenizer?.languages, ["no", "de"])
    }

    func testTheShippedRecipesAreRight() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Corpora/recipes").standardized
        let full = try Recipe(contentsOf: folder.appending(path: "multi30k-sst2.yml"))
        XCTAssertEqual(full.curriculum.map(\.name), ["translation", "sentiment", "joint"])
        XCTAssertEqual(full.model?.encoderLayerCount, 4)
        XCTAssertEqual(full.corpora.sentiment.map(\.isHeldOut), [false, true, true, true])
        let toy = try Recipe(contentsOf: folder.appending(path: "toy.yml"))
        XCTAssertEqual(toy.tokenizer?.languages, ["de", "en", "fr"])
        let large = try Recipe(contentsOf: folder.appending(path: "english-german-french.yml"))
        XCTAssertEqual(large.curriculum.first?.trainedTasks, [.translation])
        XCTAssertEqual(large.curriculum.last?.trainedTasks, [.translation, .sentiment])
        XCTAssertEqual(large.corpora.sha256?.keys.sorted(), Set(large.corpora.files).sorted())
        XCTAssertEqual(Set(large.corpora.sentiment.map(\.language)), ["de", "en", "fr"])
        let small = try Recipe(
            contentsOf: folder.appending(path: "english-german-french-small.yml"))
        XCTAssertEqual(small.corpora, large.corpora)
        XCTAssertEqual(small.tokenizer, large.tokenizer)
        XCTAssertLessThan(
            small.model?.modelDimension ?? .max, try XCTUnwrap(large.model?.modelDimension))
        let second = try Recipe(
            contentsOf: folder.appending(path: "english-german-french-continued-2.yml"))
        XCTAssertNotNil(second.initialModel)
        XCTAssertEqual(
            Set(second.corpora.sentiment.map(\.name))
                .subtracting(large.corpora.sentiment.map(\.name)),
            ["teacher-labelled-de", "teacher-labelled-fr"])
        let tiny = try Recipe(contentsOf: folder.appending(path: "english-german-french-tiny.yml"))
        XCTAssertEqual(tiny.corpora, second.corpora)
        XCTAssertNil(tiny.initialModel)
        XCTAssertEqual(tiny.curriculum.map(\.name), ["both"])
    }

    // MARK: Storing and comparing

    func testCanonicalJSONRestoresTheRecipe() throws {
        let recipe = try Recipe(yaml: Self.small, file: "small.yml")
        let json = try recipe.canonicalJSON()
        XCTAssertEqual(try JSONDecoder().decode(Recipe.self, from: json), recipe)
    }

    func testDifferencesAreNamedByTheirKeys() throws {
        let older = try Recipe(yaml: Self.small, file: "small.yml")
        var newer = older
        newer.curriculum[0].steps = 200
        newer.curriculum[0].dropout = 0.25
        newer.curriculum[0].tasks[.sentiment] = 0.5
        newer.corpora.sentiment[0].isHeldOut = false
        XCTAssertEqual(
            try newer.differences(from: older),
            [
                "corpora.sentiment[0].hold_out: true -> false",
                "curriculum[0].dropout: not set -> 0.25",
                "curriculum[0].steps: 100 -> 200",
                "curriculum[0].tasks.sentiment: 1 -> 0.5",
            ])
        XCTAssertEqual(try older.differences(from: older), [])
    }

    /// Also where the model has other names for them.
    func testDifferencesOfTheModelAreNamedByTheirKeys() throws {
        let older = try Recipe(yaml: Self.small, file: "small.yml")
        var newer = older
        newer.model?.sharing = EncoderSharing(.mixed, ownLayerCount: 1)
        newer.model?.pooling = TokenPooling(.hardAttention, topK: 3)
        XCTAssertEqual(
            try newer.differences(from: older),
            [
                "model.pooling.method: not set -> hard_attention",
                "model.pooling.top_k: not set -> 3",
                "model.sharing.method: not set -> mixed",
                "model.sharing.own_layers: not set -> 1",
            ])
    }

    // MARK: Recipes that are wrong

    func testUnknownKeys() {
        assertRefused(
            "seed: 7", "sede: 7",
            "small.yml:2: unknown key 'sede'; did you mean 'seed'? Known keys: name, licence, "
                + "terms, seed, precision, init, grow, storage, tokenizer, model, corpora, hold_out, validation, patience, optimizer, "
                + "regularization, averaging, checkpoint, curriculum")
        assertRefused(
            "heads: 2", "heads: 2\n  attention_of_another_kind: 1",
            "small.yml:12: unknown key 'attention_of_another_kind' in model; Known keys: "
                + "encoder_layers, decoder_layers, model_dimension, feed_forward_dimension, "
                + "heads, maximum_length, sentiment_layers, sharing, pooling")
        assertRefused(
            "{translation: 3, sentiment: 1}", "{translation: 3, sentimet: 1}",
            "small.yml:19: unknown key 'sentimet' in curriculum[0].tasks; did you mean "
                + "'sentiment'? Known keys: translation, sentiment")
    }

    func testMissingKeys() {
        assertRefused(
            "name: small\n", "",
            "small.yml:1: the recipe lacks the key 'name'; add it")
        assertRefused(
            "    steps: 100\n", "",
            "small.yml:18: curriculum[0] lacks the key 'steps'; add it")
        assertRefused(
            "pairs: pairs.tsv, ", "",
            "small.yml:14: corpora.translation[0] lacks the key 'source'; add it")
    }

    func testWrongTypes() {
        assertRefused(
            "seed: 7", "seed: many",
            "small.yml:2: seed is 'many', not a whole number of at least 0")
        assertRefused(
            "seed: 7", "seed: \"7\"",
            "small.yml:2: seed is '7', not a whole number of at least 0")
        assertRefused(
            "steps: 100", "steps: 1.5",
            "small.yml:20: curriculum[0].steps is '1.5', not a whole number between 1 "
                + "and 2147483647"
        )
        assertRefused(
            "seed: 7", "hold_out: [0.1]",
            "small.yml:2: hold_out is a list, not a mapping of keys to values")
        assertRefused(
            "[de, en]", "de",
            "small.yml:5: tokenizer.languages is 'de', not a list")
        assertRefused(
            "name: small", "name:",
            "small.yml:1: name is empty, not a text")
        assertRefused(
            "labels: binary", "labels: binary, hold_out: yes",
            "small.yml:16: corpora.sentiment[0].hold_out is 'yes', not true or false")
        assertRefused(
            Self.small, "- 1\n",
            "small.yml:1: the recipe is a list, not a mapping of keys to values")
        // Where a whole file is no recipe, its beginning tells that.
        assertRefused(
            Self.small, String(repeating: "sentences ", count: 1000),
            "small.yml:1: the recipe is '\(String(repeating: "sentences ", count: 10))…', not a "
                + "mapping of keys to values")
    }

    func testImpossibleValues() {
        assertRefused(
            "seed: 7", "hold_out: {fraction: 0.9}",
            "small.yml:2: hold_out.fraction is '0.9', not a number above 0 and at most 0.5")
        assertRefused(
            "seed: 7", "regularization: {dropout: 1}",
            "small.yml:2: regularization.dropout is '1', not a number of at least 0 and less than 1"
        )
        assertRefused(
            "learning_rate: 0.001", "learning_rate: -0.001",
            "small.yml:22: curriculum[0].schedule.learning_rate is '-0.001', not a number above 0")
        assertRefused(
            "learning_rate: 0.001", "learning_rate: .nan",
            "small.yml:22: curriculum[0].schedule.learning_rate is '.nan', not a number above 0")
        assertRefused(
            "learning_rate: 0.001", "learning_rate: 0.001, minimum: 0.5",
            "small.yml:22: curriculum[0].schedule.minimum 0.5 is above learning_rate "
                + "0.001; lower it"
        )
        assertRefused(
            "name: constant", "name: inverse_square_root",
            "small.yml:22: curriculum[0].schedule needs warmup_steps: inverse_square_root falls "
                + "from its end; give at least 1")
        assertRefused(
            "[de, en]", "[]",
            "small.yml:5: tokenizer.languages is an empty list; name at least one element")
    }

    func testImpossibleModels() {
        assertRefused(
            "heads: 2", "heads: 3",
            "small.yml:11: impossible model: heads 3 does not divide model_dimension 32; "
                + "change one of them")
        assertRefused(
            "encoder_layers: 1", "encoder_layers: 1000",
            "small.yml:7: impossible model: encoder_layers is 1000, not between 1 and 64; "
                + "change one of them")
        assertRefused(
            "heads: 2", "heads: 2\n  sentiment_layers: [0, 9]",
            "small.yml:12: impossible model: sentiment_layers [0, 9] are not different layers "
                + "from 0, the embeddings, to 1, the last; change one of them")
        assertRefused(
            "vocabulary_size: 600", "vocabulary_size: 12",
            "small.yml:4: tokenizer.vocabulary_size is '12', not a whole number between 300 and "
                + "1000000")
    }

    func testLetterCase() throws {
        func rule(_ normalization: String) throws -> NormalizationRule? {
            let yaml = Self.small.replacing(
                "languages: [de, en]\n",
                with: "languages: [de, en]\n  normalization: {\(normalization)}\n")
            let recipe = try Recipe(yaml: yaml, file: "small.yml")
            XCTAssertEqual(
                try JSONDecoder().decode(Recipe.self, from: recipe.canonicalJSON()), recipe)
            return recipe.tokenizer?.normalization
        }
        XCTAssertEqual(try rule("case: marked"), NormalizationRule(letterCase: .marked))
        XCTAssertEqual(try rule("case: cased, form: nfc"), NormalizationRule(form: .nfc))
        XCTAssertThrowsError(try rule("case: lower")) { error in
            XCTAssertEqual(
                "\(error)",
                "small.yml:6: tokenizer.normalization.case is 'lower', which is unknown; choose one "
                    + "of: cased, marked")
        }
        // Recipes without it are what they were.
        let json = try Recipe(yaml: Self.small, file: "small.yml").canonicalJSON()
        XCTAssertFalse(String(decoding: json, as: UTF8.self).contains("\"case\""))
    }

    func testSharing() throws {
        func sharing(_ text: String) throws -> EncoderSharing? {
            let yaml = Self.small.replacing("encoder_layers: 1\n", with: "encoder_layers: 3\n")
                .replacing("heads: 2", with: "heads: 2\n  sharing: {\(text)}")
            let recipe = try Recipe(yaml: yaml, file: "small.yml")
            let sizes = try XCTUnwrap(recipe.model)
            XCTAssertEqual(
                try JSONDecoder().decode(Recipe.self, from: recipe.canonicalJSON()), recipe)
            return sizes.configuration(vocabularySize: 600, languages: ["de", "en"]).sharing
        }
        XCTAssertEqual(try sharing("method: hard"), .hard)
        XCTAssertEqual(try sharing("method: separate"), EncoderSharing(.separate))
        XCTAssertEqual(
            try sharing("method: mixed, own_layers: 2"), EncoderSharing(.mixed, ownLayerCount: 2))
        XCTAssertNil(try Recipe(yaml: Self.small, file: "small.yml").model?.sharing)
    }

    func testImpossibleSharing() {
        func assertRefused(_ text: String, _ message: String, line: UInt = #line) {
            self.assertRefused("heads: 2", "heads: 2\n  \(text)", message, line: line)
        }
        assertRefused(
            "sharing: {method: soft}",
            "small.yml:12: model.sharing.method is 'soft', which is unknown; choose one of: hard, "
                + "mixed, separate")
        assertRefused(
            "sharing: {method: mixed, own_layers: 9}",
            "small.yml:12: impossible model: sharing.own_layers is 9, not between 1 and "
                + "encoder_layers, 1; change one of them")
        assertRefused(
            "sharing: {method: mixed}",
            "small.yml:12: model.sharing lacks the key 'own_layers'; add it")
        assertRefused(
            "sharing: {method: separate, own_layers: 1}",
            "small.yml:12: model.sharing.own_layers is given, but separate encoders share no "
                + "layer; remove it")
        assertRefused(
            "sharing: {method: mixed, own_layers: 1}\n  sentiment_layers: [0]",
            "small.yml:13: impossible model: sentiment_layers [0] leave layers unused that "
                + "sharing gives to sentiment alone; add 1, the last; change one of them")
    }

    func testFrozenPartsDependOnTheSharing() throws {
        func recipe(_ sharing: String, freeze: String) throws -> Recipe {
            let yaml = Self.small
                .replacing("heads: 2", with: "heads: 2\n  sharing: {\(sharing)}")
                .replacing("{translation: 3, sentiment: 1}", with: "{sentiment: 1}")
                .replacing("steps: 100", with: "steps: 100\n    freeze: [\(freeze)]")
            return try Recipe(yaml: yaml, file: "small.yml")
        }
        XCTAssertEqual(
            try recipe("method: mixed, own_layers: 1", freeze: "embedding, encoder, sentiment_head")
                .curriculum[0].freeze, [.encoder, .embedding, .sentimentHead])
        let refusals = [
            (
                "method: hard", "sentiment_encoder",
                "holds sentiment_encoder, but under hard sharing sentiment has no encoder of its "
                    + "own; remove it"
            ),
            (
                "method: separate", "sentiment_head, sentiment_encoder",
                "holds every part that the stage could train; leave one out"
            ),
        ]
        for (sharing, freeze, problem) in refusals {
            XCTAssertThrowsError(try recipe(sharing, freeze: freeze)) { error in
                XCTAssertEqual("\(error)", "small.yml:22: curriculum[0].freeze \(problem)")
            }
        }
    }

    func testMethodsNeedSomethingShared() {
        let yaml = Self.small.replacing("heads: 2", with: "heads: 2\n  sharing: {method: separate}")
            .replacing("steps: 100", with: "steps: 100\n    gradient_surgery: {method: pcgrad}")
        XCTAssertThrowsError(try Recipe(yaml: yaml, file: "small.yml")) { error in
            XCTAssertEqual(
                "\(error)",
                "small.yml:22: curriculum[0].gradient_surgery is pcgrad, but under separate sharing "
                    + "the tasks share nothing; remove it or share the encoder")
        }
    }

    func testPooling() throws {
        func pooling(_ text: String) throws -> TokenPooling? {
            let yaml = Self.small.replacing("heads: 2", with: "heads: 2\n  pooling: {\(text)}")
            return try Recipe(yaml: yaml, file: "small.yml").model?.pooling
        }
        XCTAssertEqual(try pooling("method: attention"), TokenPooling(.attention))
        XCTAssertEqual(
            try pooling("method: hard_attention, top_k: 3"), TokenPooling(.hardAttention, topK: 3))
        XCTAssertEqual(
            try pooling("method: hard_attention, threshold: 0.5"),
            TokenPooling(.hardAttention, threshold: 0.5))
        let refusals = [
            (
                "method: median",
                "model.pooling.method is 'median', which is unknown; choose one of: mean, max, "
                    + "mean_max, attention, hard_attention"
            ),
            (
                "method: attention, top_k: 3",
                "model.pooling.top_k is given, but only hard_attention leaves tokens out; remove it"
            ),
            (
                "method: hard_attention",
                "model.pooling needs top_k or threshold to say which tokens count; add one"
            ),
            (
                "method: hard_attention, top_k: 3, threshold: 0.5",
                "model.pooling.threshold is given, but top_k says already which tokens count; "
                    + "remove it"
            ),
            (
                "method: hard_attention, top_k: 0",
                "model.pooling.top_k is '0', not a whole number between 1 and 2147483647"
            ),
            (
                "method: hard_attention, threshold: 1.5",
                "model.pooling.threshold is '1.5', not a number above 0 and at most 1"
            ),
        ]
        for (text, problem) in refusals {
            XCTAssertThrowsError(try pooling(text)) { error in
                XCTAssertEqual("\(error)", "small.yml:12: \(problem)")
            }
        }
    }

    func testUnknownMethods() {
        assertRefused(
            "seed: 7", "precision: fp16",
            "small.yml:2: precision is 'fp16', which is unknown; choose one of: fp32, bf16")
        assertRefused(
            "seed: 7", "optimizer: {name: adagrad}",
            "small.yml:2: optimizer.name is 'adagrad', which is unknown; choose one of: adam, "
                + "adamw, sgd")
        assertRefused(
            "name: constant", "name: linear",
            "small.yml:22: curriculum[0].schedule.name is 'linear', which is unknown; choose one "
                + "of: inverse_square_root, cosine, constant")
        assertRefused(
            "labels: binary", "labels: three",
            "small.yml:16: corpora.sentiment[0].labels is 'three', which is unknown; choose one "
                + "of: binary, five, named, probabilities")
    }

    /// Of a quoted text with line breaks an error is one line all the same.
    func testAnErrorIsOneLine() {
        XCTAssertThrowsError(try Recipe(yaml: "\"n a\n\n\nme f\"", file: "small.yml")) { error in
            XCTAssertEqual(
                "\(error)",
                "small.yml:1: the recipe is 'n a me f', not a mapping of keys to values")
        }
    }

    func testRepeatedKeysAndNames() {
        assertRefused(
            "seed: 7", "name: again",
            "small.yml:1: the key 'name' is given more than once; keep one")
        assertRefused(
            "[de, en]", "[de, de]",
            "small.yml:5: tokenizer.languages[1] repeats 'de'; give each its own name")
        assertRefused(
            "name: reviews", "name: pairs",
            "small.yml:16: corpora.sentiment[0] repeats 'pairs'; give each its own name")
    }

    func testKeysThatContradictEachOther() {
        assertRefused(
            "seed: 7", "init: base",
            "small.yml:3: tokenizer is given, but the model of 'init' has its own; remove it")
        assertRefused(
            "seed: 7", "grow: {encoder_layers: 12}",
            "small.yml:2: grow is given, but only the model of 'init' grows; remove it")
        assertRefused(
            "seed: 7", "storage: int4",
            "small.yml:2: storage is 'int4', which is unknown; choose one of: fp16, int8")
        assertRefused(
            "seed: 7", "optimizer: {name: adam, weight_decay: 0.1}",
            "small.yml:2: optimizer.weight_decay is given, but adam has no weight decay, adamw "
                + "has; remove it")
        assertRefused(
            "pairs: pairs.tsv", "pairs: pairs.tsv, source: a.txt",
            "small.yml:14: corpora.translation[0].source is given, but 'pairs' names the one file "
                + "of both; remove it")
        assertRefused(
            "seed: 7",
            "validation: {tests: {sentiment: [{name: a, file: a.tsv, labels: named, "
                + "language: en, weight: 2}]}}",
            "small.yml:2: validation.tests.sentiment[0].weight is given, but a test set is not "
                + "trained on; remove it")
    }

    func testDigestsOfFiles() throws {
        let digest = String(repeating: "0123456789ABCDEF", count: 4)
        func corpora(_ line: String) -> String { "corpora:\n  sha256: {\(line)}" }
        let yaml = Self.small.replacing(
            "corpora:", with: corpora("pairs.tsv: \(digest)"), maxReplacements: 1)
        let recipe = try Recipe(yaml: yaml, file: "small.yml")
        XCTAssertEqual(recipe.corpora.sha256, ["pairs.tsv": digest.lowercased()])
        let right = ["pairs.tsv": digest.lowercased(), "reviews.tsv": "0"]
        XCTAssertEqual(recipe.filesDiffering(from: right), [])
        XCTAssertEqual(recipe.filesDiffering(from: ["pairs.tsv": "0"]), ["pairs.tsv"])
        let plain = try Recipe(yaml: Self.small, file: "small.yml")
        XCTAssertEqual(try recipe.differences(from: plain), [])

        assertRefused(
            "corpora:", corpora("pairs.tvs: \(digest)"),
            "small.yml:13: corpora.sha256 names 'pairs.tvs', which no corpus reads; correct or remove "
                + "it")
        for wrong in [
            "0123", digest + "0", digest.replacing("A", with: "G"),
            digest.replacing("A", with: "Ａ"),
        ] {
            assertRefused(
                "corpora:", corpora("pairs.tsv: \(wrong)"),
                "small.yml:13: corpora.sha256.pairs.tsv is '\(wrong)', not a SHA-256 of 64 "
                    + "hexadecimal digits")
        }
    }

    func testStagesThatTheRecipeCannotServe() {
        let sentiment = """
              sentiment:
                - {name: reviews, file: reviews.tsv, labels: binary, language: en}

            """
        assertRefused(
            sentiment, "",
            "small.yml:17: curriculum[0] trains sentiment, but corpora.sentiment is missing; add "
                + "it or leave the task out")
        assertRefused(
            "labels: binary", "labels: binary, hold_out: false",
            "small.yml:18: curriculum[0] chooses by sentiment, but no corpus of it is held out; "
                + "choose by another task or hold one out")
        assertRefused(
            "[de, en]", "[de, e n]",
            "small.yml:5: tokenizer: language 'e n' is not a code such as 'de' or 'pt-BR'; "
                + "correct it")
        assertRefused(
            "to: de", "to: fr",
            "small.yml:14: corpora.translation[0].to is 'fr', not one of tokenizer.languages "
                + "(de, en); add it there")
        assertRefused(
            "steps: 100", "steps: 100\n    proportions: {translation: 0.5, sentiment: 0.4}",
            "small.yml:21: curriculum[0].proportions sum to 0.9, not to 1; change them")
        assertRefused(
            "steps: 100", "steps: 100\n    proportions: {translation: 1}",
            "small.yml:21: curriculum[0].proportions and tasks name different tasks; name the "
                + "same ones")
        assertRefused(
            "steps: 100",
            "steps: 100\n    freeze: [encoder, decoder, embedding, sentiment_head]",
            "small.yml:21: curriculum[0].freeze holds every part that the stage could train; "
                + "leave one out")
    }

    func testWhatIsNotYAML() {
        assertRefused(
            "[de, en]", "[de, en",
            "small.yml:6: not YAML: did not find expected ',' or ']'; correct the line")
        assertRefused(
            "[de, en]", "[de, \u{1}]",
            "small.yml:5: not YAML: control characters are not allowed; remove the character")
        assertRefused(
            Self.small, "", "small.yml:1: the recipe is empty; begin with its name")
        assertRefused(
            Self.small, "# nothing\n", "small.yml:1: the recipe is empty; begin with its name")
    }

    func testFilesThatCannotBeRead() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let missing = URL(filePath: "absent.yml", relativeTo: folder)
        XCTAssertThrowsError(try Recipe(contentsOf: missing)) { error in
            XCTAssertEqual((error as? FileError)?.kind, .missing)
            XCTAssertEqual("\(error)", "absent.yml: no such file; give the path of a recipe")
        }
        let latin = URL(filePath: "latin.yml", relativeTo: folder)
        try Data([0x61, 0x3A, 0x20, 0x31, 0x0A, 0x62, 0xE4]).write(to: latin)
        XCTAssertThrowsError(try Recipe(contentsOf: latin)) { error in
            XCTAssertEqual("\(error)", "latin.yml:2: not valid UTF-8; save the recipe as UTF-8")
        }
    }

    // MARK: Recipes that extend others

    func testARecipeMayBeChangesOfAnother() throws {
        let folder = try TemporaryFolder().url
        func write(_ text: String, _ name: String) throws -> URL {
            let url = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
            return url
        }
        _ = try write(Self.small, "base/small.yml")
        _ = try write("extends: small.yml\nseed: 8\n", "base/other.yml")
        let third = try write(
            """
            extends: base/other.yml
            name: third
            curriculum:
              both: {steps: 50}

            """, "third.yml")
        var expected = try Recipe(yaml: Self.small, file: "small.yml")
        expected.name = "third"
        expected.seed = 8
        expected.curriculum[0].steps = 50
        XCTAssertEqual(try Recipe(contentsOf: third), expected)

        // Mistakes are named where they are made.
        for (text, error) in [
            ("name: x\nextends: base/small.yml\nmodel:\n  heads: 3\n", "third.yml:4: "),
            ("name: x\nextends: base/small.yml\nhold_out: {fraction: 2}\n", "third.yml:3: "),
            (
                "name: x\nextends: base/small.yml\ncurriculum:\n  both:\n    stps: 5\n",
                "third.yml:5: "
            ),
            ("name: x\nextends: base/small.yml\ncorpora: {sentiment: ~}\n", "third.yml:2: "),
            ("name: x\nextends: base/../third.yml\n", "third.yml:2: extends leads back to"),
            (
                "extends: base/none.yml\n",
                "third.yml:1: extends is 'base/none.yml', and there is no such file"
            ),
            (
                "extends: base/small.yml\ncorpora: {sha256: {pears.tsv: \(String(repeating: "0", count: 64))}}\n",
                "corpora.sha256 names 'pears.tsv', which no corpus reads"
            ),
            ("extends: [small.yml]\n", "third.yml:1: extends is a list, not a text"),
        ] {
            _ = try write(text, "third.yml")
            let url = URL(filePath: "third.yml", relativeTo: folder)
            XCTAssertThrowsError(try Recipe(contentsOf: url), text) {
                XCTAssert("\($0)".contains(error), "\($0) for \(text)")
            }
        }
        _ = try write(Self.small.replacing("seed: 7", with: "sed: 7"), "base/small.yml")
        XCTAssertThrowsError(
            try Recipe(
                contentsOf: third.deletingLastPathComponent().appending(path: "base/other.yml"))
        ) {
            XCTAssert("\($0)".contains("small.yml:2: unknown key 'sed'"), "\($0)")
        }
    }

    /// Asserts what the small recipe gives after a replacement.
    private func assertRefused(
        _ old: String, _ new: String, _ message: String, line: UInt = #line
    ) {
        XCTAssertTrue(Self.small.contains(old), "nothing to replace", line: line)
        let yaml = Self.small.replacing(old, with: new, maxReplacements: 1)
        XCTAssertThrowsError(try Recipe(yaml: yaml, file: "small.yml"), line: line) { error in
            XCTAssertEqual("\(error)", message, line: line)
        }
    }

    private static let tokenizer = """
        tokenizer:
          vocabulary_size: 600
          languages: [de, en]

        """
    private static let model = """
        model:
          encoder_layers: 1
          decoder_layers: 1
          model_dimension: 32
          feed_forward_dimension: 64
          heads: 2

        """
    private static let small = """
        name: small
        seed: 7

        """ + tokenizer + model + """
            corpora:
              translation:
                - {name: pairs, pairs: pairs.tsv, from: en, to: de}
              sentiment:
                - {name: reviews, file: reviews.tsv, labels: binary, language: en}
            curriculum:
              - name: both
                tasks: {translation: 3, sentiment: 1}
                steps: 100
                batch_tokens: 1000
                schedule: {name: constant, learning_rate: 0.001}

            """
}
