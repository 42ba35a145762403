import Files
import Foundation
import Inference
import Kernels
import LanguageIdentification
import Logging
import Transformer
import XCTest

@testable import Training

/// Whole runs on a language of ten words, whose translation is the same words in reverse.
final class TrainerTests: XCTestCase {
    private var folder: TemporaryFolder!
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    override func setUpWithError() throws {
        folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 7)
        let words = ["red", "green", "blue", "one", "two", "three", "cat", "dog", "sun", "rain"]
        var pairs = "", labelled = ""
        for _ in 0..<300 {
            let source = (0..<2 + generator.next(below: 4)).map { _ in
                words[generator.next(below: 10)]
            }
            pairs +=
                source.joined(separator: " ") + "\t"
                + source.reversed().joined(separator: " ") + "\n"
            let isPositive = source.contains("sun")
            labelled += source.joined(separator: " ") + "\t\(isPositive ? 1 : 0)\n"
        }
        _ = try folder.write(pairs.utf8, as: "pairs.tsv")
        _ = try folder.write(labelled.utf8, as: "labelled.tsv")
        _ = try folder.write(Self.recipe.utf8, as: "recipe.yml")
    }

    private static let recipe = """
        name: reversal
        tokenizer: {vocabulary_size: 310, languages: [xx]}
        model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, feed_forward_dimension: 32, heads: 2}
        corpora:
          translation: [{name: pairs, pairs: pairs.tsv, from: en, to: xx}]
          sentiment: [{name: labelled, file: labelled.tsv, labels: binary, language: en, hold_out: true}]
        hold_out: {fraction: 0.1}
        validation: {every_steps: 6, beam: 1}
        regularization: {bpe_dropout: 0.1, word_dropout: 0.1}
        averaging: {checkpoints: 2}
        curriculum:
          - name: first
            tasks: {translation: 1}
            steps: 15
            batch_tokens: 200
            schedule: {name: inverse_square_root, learning_rate: 0.01, warmup_steps: 5}
          - name: second
            tasks: {translation: 1, sentiment: 1}
            steps: 12
            batch_tokens: 300
            schedule: {name: cosine, learning_rate: 0.005}

        """

    private func options(
        _ output: String, resumes: Bool = false, acceptsChanges: Bool = false, threadCount: Int = 1
    ) -> Trainer.Options {
        Trainer.Options(
            recipe: folder.url.appending(path: "recipe.yml"), corpora: folder.url,
            output: folder.url.appending(path: output), resumes: resumes,
            acceptsChanges: acceptsChanges, threadCount: threadCount)
    }

    private func train(_ options: Trainer.Options, observer: Trainer.Observer = .init()) throws {
        try Trainer(options, observer: observer, logger: logger).run()
    }

    private func weights(_ output: String) throws -> Data {
        try Data(contentsOf: folder.url.appending(path: "\(output)/model.safetensors"))
    }

    private func edit(_ file: String, _ old: String, _ new: String) throws {
        let url = folder.url.appending(path: file)
        let text = try String(contentsOf: url, encoding: .utf8)
        XCTAssertTrue(text.contains(old))
        try text.replacing(old, with: new).write(to: url, atomically: true, encoding: .utf8)
    }

    private func assertFails(
        _ kind: TrainingError.Kind, _ part: String, line: UInt = #line, _ body: () throws -> Void
    ) {
        XCTAssertThrowsError(try body(), line: line) { error in
            XCTAssertEqual((error as? TrainingError)?.kind, kind, "\(error)", line: line)
            XCTAssertTrue("\(error)".contains(part), "\(error)", line: line)
            XCTAssertFalse("\(error)".contains("\n"), "\(error)", line: line)
        }
    }

    func testTheResultDoesNotDependOnTheNumberOfThreads() throws {
        try train(options("one"))
        try train(options("three", threadCount: 3))
        XCTAssertEqual(try weights("one"), try weights("three"))
    }

    func testAStoppedRunEndsWhereAnotherEnds() throws {
        try train(options("whole"))
        // After the first step, in mid-stage, right after a validation, at a stage's end, in the second stage.
        for stops in [[1], [4, 3, 9], [6], [15], [20, 1]] {
            let output = "stopped-\(stops.map(String.init).joined(separator: "-"))"
            for (number, stop) in stops.enumerated() {
                var steps = 0
                let observer = Trainer.Observer(shouldStop: {
                    steps += 1
                    return steps == stop
                })
                assertFails(.stopped, "--resume") {
                    try train(options(output, resumes: number > 0), observer: observer)
                }
                // At any time the folder is a model.
                _ = try LoadedModel(contentsOf: folder.url.appending(path: output))
            }
            try train(options(output, resumes: true))
            XCTAssertEqual(try weights(output), try weights("whole"), output)
        }
    }

    /// Mixed precision learns something else, resumes bit for bit and does not depend on the number of threads either.
    func testBFloat16() throws {
        try train(options("fp32"))
        try edit("recipe.yml", "name: reversal\n", "name: reversal\nprecision: bf16\n")
        try train(options("whole"))
        XCTAssertNotEqual(try weights("whole"), try weights("fp32"))
        var steps = 0
        let observer = Trainer.Observer(shouldStop: {
            steps += 1
            return steps == 8
        })
        assertFails(.stopped, "step 8") {
            try train(options("stopped", threadCount: 2), observer: observer)
        }
        try train(options("stopped", resumes: true, threadCount: 3))
        XCTAssertEqual(try weights("stopped"), try weights("whole"))
    }

    /// With every method of several tasks a run learns something else than without, resumes bit for bit and does not depend
    /// on the number of threads.
    func testMethodsOfSeveralTasks() throws {
        try train(options("plain"))
        let methods = [
            "sampling: {method: temperature, temperature: 2}",
            "sampling: {method: annealed}\n    loss_weights: {method: dynamic_weight_average, window: 2}",
            "loss_weights: {method: uncertainty, learning_rate: 0.1}",
            "loss_weights: {method: dynamic_weight_average, window: 2}",
            "loss_weights: {method: gradnorm, learning_rate: 0.1}",
            "gradient_surgery: {method: pcgrad}",
            "gradient_surgery: {method: cagrad, c: 0.5}",
            "loss_weights: {method: gradnorm}\n    gradient_surgery: {method: cagrad}",
        ]
        var before = "batch_tokens: 300"
        for (number, method) in methods.enumerated() {
            let after = "batch_tokens: 300\n    \(method)"
            try edit("recipe.yml", before, after)
            before = after
            let (whole, stopped) = ("whole-\(number)", "stopped-\(number)")
            try train(options(whole))
            XCTAssertNotEqual(try weights(whole), try weights("plain"), method)
            var steps = 0
            let observer = Trainer.Observer(shouldStop: {
                steps += 1
                return steps == 20
            })
            assertFails(.stopped, "stage second, step 5") {
                try train(options(stopped, threadCount: 2), observer: observer)
            }
            try train(options(stopped, resumes: true, threadCount: 3))
            XCTAssertEqual(try weights(stopped), try weights(whole), method)
            XCTAssertEqual(try progress(stopped), try progress(whole), method)
        }
    }

    /// The lines of a run's progress without the time it took.
    private func progress(_ output: String) throws -> [String] {
        let file = folder.url.appending(path: "\(output)/progress.jsonl")
        return try TextFile.lines(of: file).map {
            $0.replacing(/"seconds":[0-9.e-]+/, with: "")
        }
    }

    func testProgressIsWrittenForOtherPrograms() throws {
        try train(options("run"))
        let file = folder.url.appending(path: "run/progress.jsonl")
        let records = try TextFile.lines(of: file).map {
            try JSONDecoder().decode(ProgressRecord.self, from: Data($0.utf8))
        }
        // Reports after the last step of a stage, validations every 6 steps and then.
        let places = records.map { "\($0.stage) \($0.step) \($0.event.rawValue)" }
        XCTAssertEqual(
            places,
            [
                "first 6 validation", "first 12 validation", "first 15 steps",
                "first 15 validation", "second 6 validation", "second 12 steps",
                "second 12 validation",
            ])
        let single = records[2], joint = records[5]
        XCTAssertNil(single.gradientCosine)
        XCTAssertEqual(Set(single.losses?.keys.map(\.self) ?? []), [.translation])
        XCTAssertTrue((-1...1).contains(try XCTUnwrap(joint.gradientCosine)))
        XCTAssertEqual(joint.weights, [.translation: 1, .sentiment: 1])
        for task in TrainingTask.allCases {
            XCTAssertGreaterThan(try XCTUnwrap(joint.gradientNorms?[task]), 0)
            XCTAssertGreaterThan(try XCTUnwrap(joint.losses?[task]), 0)
            XCTAssertGreaterThan(try XCTUnwrap(joint.tokens[task]), 100)
        }
        XCTAssertFalse(try XCTUnwrap(records[0].scores).isEmpty)
    }

    func testARunThatDivergesSaysWhereAndKeepsItsCheckpoint() throws {
        try edit("recipe.yml", "learning_rate: 0.005", "learning_rate: 1.0e+30, warmup_steps: 5")
        try edit("recipe.yml", "name: cosine,", "name: constant,")
        let listed =
            " more; all of its lines are in \(folder.url.path)/run/diverged.tsv; the last good "
            + "checkpoint is kept; begin anew"
        assertFails(.diverged, listed) { try train(options("run")) }
        try assertListsABatch("run/diverged.tsv", of: "translation\tpairs, pairs.tsv:")
        assertFails(.diverged, "stage second, step 1: the norm of the weights is not finite") {
            try train(options("run", resumes: true))
        }
        _ = try LoadedModel(contentsOf: folder.url.appending(path: "run"))
        let checkpoints = folder.url.appending(path: "run/checkpoints")
        XCTAssertEqual(
            try FileManager.default.contentsOfDirectory(atPath: checkpoints.path).count, 1)
    }

    /// An update can make weights infinite whose loss and gradient were finite: no checkpoint holds them.
    func testWeightsThatAreNotFiniteReachNoCheckpoint() throws {
        try edit(
            "recipe.yml", "averaging:",
            "optimizer: {name: sgd, maximum_gradient_norm: 0}\naveraging:")
        try edit("recipe.yml", "learning_rate: 0.005", "learning_rate: 3.0e+38")
        try edit("recipe.yml", "name: cosine,", "name: constant,")
        assertFails(.diverged, "stage second, step 1: the norm of the weights is not finite") {
            try train(options("run"))
        }
        let model = try LoadedModel(contentsOf: folder.url.appending(path: "run"))
        XCTAssert(model.parameters.all.elements.allSatisfy(\.isFinite))
        assertFails(.diverged, "stage second, step 1: the norm of the weights is not finite") {
            try train(options("run", resumes: true))
        }
    }

    /// A part that the first stage freezes stays as it was drawn, and the second stage trains it.
    func testAFrozenPartThawsInTheNextStage() throws {
        func encoder(_ output: String) throws -> [Float] {
            let model = try LoadedModel(contentsOf: folder.url.appending(path: output))
            return model.model.layout.slots.filter { $0.name.hasPrefix("encoder") }
                .flatMap { Array(model.parameters[$0].elements) }
        }
        try edit("recipe.yml", "steps: 15", "steps: 15\n    freeze: [encoder]")
        try edit("recipe.yml", "steps: 12", "steps: 2")
        try edit("recipe.yml", "learning_rate: 0.005", "learning_rate: 1.0e-30")
        try train(options("frozen"))
        let recipe = try Recipe(contentsOf: options("frozen").recipe)
        let model = try LoadedModel(contentsOf: folder.url.appending(path: "frozen"))
        let drawn = model.model.initialParameters(seed: UInt64(recipe.seed))
        for slot in model.model.layout.slots where slot.name.hasPrefix("encoder") {
            for (value, initial) in zip(model.parameters[slot].elements, drawn[slot].elements) {
                XCTAssertEqual(value, initial, accuracy: abs(initial) / 1000)
            }
        }
        try edit("recipe.yml", "learning_rate: 1.0e-30", "learning_rate: 0.005")
        try train(options("thawed"))
        XCTAssert(try encoder("thawed") != encoder("frozen"))
    }

    func testARunThatDivergesBeforeItsFirstCheckpointHasNone() throws {
        try edit(
            "recipe.yml", "learning_rate: 0.01, warmup_steps: 5",
            "learning_rate: 1.0e+30, warmup_steps: 1")
        XCTAssertThrowsError(try train(options("run"))) { error in
            XCTAssertEqual((error as? TrainingError)?.kind, .diverged, "\(error)")
            XCTAssertTrue("\(error)".contains("stage first, step "), "\(error)")
            XCTAssertTrue(
                "\(error)".hasSuffix("/diverged.tsv; begin anew with a lower learning rate"),
                "\(error)")
        }
        try assertListsABatch("run/diverged.tsv", of: "translation\tpairs, pairs.tsv:")
    }

    /// Each line of the batch is where the listing says.
    private func assertListsABatch(_ file: String, of place: String) throws {
        let pairs = try TextFile.lines(of: folder.url.appending(path: "pairs.tsv"))
        let lines = try TextFile.lines(of: folder.url.appending(path: file))
            .filter { $0.hasPrefix("translation") }
        XCTAssertGreaterThan(lines.count, 5)
        for line in lines {
            XCTAssertTrue(line.hasPrefix(place), line)
            let columns = line.dropFirst(place.count).split(separator: "\t")
            let number = try XCTUnwrap(Int(columns[0]))
            XCTAssertTrue(pairs[number - 1].hasPrefix("\(columns[1])\t"), line)
        }
    }

    func testARunThatIsOverStaysAsItIs() throws {
        try train(options("run"))
        let before = try weights("run")
        try train(options("run", resumes: true))
        XCTAssertEqual(try weights("run"), before)
    }

    /// Stops a run in its second stage, without what it keeps for that.
    private func stop(_ output: String, atStep step: Int) throws {
        var steps = 0
        let observer = Trainer.Observer(shouldStop: {
            steps += 1
            return steps == 15 + step
        })
        assertFails(.stopped, "stage second, step \(step)") {
            try train(options(output), observer: observer)
        }
        try FileManager.default.removeItem(
            at: folder.url.appending(path: "\(output)/checkpoints"))
    }

    /// As when the machine of a long run is gone, and its folder was saved at the end of a stage.
    func testARunGoesOnBehindItsLastStageWithoutCheckpoints() throws {
        try train(options("whole"))
        try stop("run", atStep: 1)
        try train(options("run", resumes: true, threadCount: 2))
        XCTAssertEqual(try weights("run"), try weights("whole"))
        let model = try LoadedModel(contentsOf: folder.url.appending(path: "run"))
        XCTAssertEqual(model.card.stages.map(\.name), ["first", "second"])
        // Behind the last one it is over.
        try FileManager.default.removeItem(at: folder.url.appending(path: "run/checkpoints"))
        try train(options("run", resumes: true))
        XCTAssertEqual(try weights("run"), try weights("whole"))
    }

    /// Validation has replaced the model, or the disk has damaged it.
    func testAModelFromAnotherMomentIsNoPlaceToGoOn() throws {
        try stop("middle", atStep: 7)
        try stop("damaged", atStep: 1)
        let file = folder.url.appending(path: "damaged/model.safetensors")
        try FileHandle(forWritingTo: file).truncate(atOffset: 100)
        for output in ["middle", "damaged"] {
            let before = try weights(output)
            assertFails(.unusableFile, "the model is not the one at the end of a stage") {
                try train(options(output, resumes: true))
            }
            XCTAssertEqual(try weights(output), before)
        }
    }

    func testThePartialCheckpointOfAKilledRunIsPassedOver() throws {
        let observer = Trainer.Observer(shouldStop: { true })
        assertFails(.stopped, "step 1") { try train(options("run"), observer: observer) }
        let partial = folder.url.appending(path: "run/checkpoints/partial")
        try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
        try Data("{".utf8).write(to: partial.appending(path: "state.json"))
        try train(options("run", resumes: true))
        try train(options("whole"))
        XCTAssertEqual(try weights("run"), try weights("whole"))
    }

    func testAFolderThatIsNotEmptyIsRefused() throws {
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "run"), withIntermediateDirectories: true)
        _ = try folder.write("precious".utf8, as: "run/notes.txt")
        assertFails(.outputExists, "not empty") { try train(options("run")) }
        assertFails(.outputExists, "not a folder of a training run") {
            try train(options("run", resumes: true))
        }
        let kept = try Data(contentsOf: folder.url.appending(path: "run/notes.txt"))
        XCTAssertEqual(kept, Data("precious".utf8))
    }

    func testAChangedRecipeIsNamedAndRefused() throws {
        try train(options("run"))
        try edit("recipe.yml", "steps: 12", "steps: 13")
        assertFails(.malformed, "curriculum[1].steps: 12 -> 13") {
            try train(options("run", resumes: true))
        }
    }

    func testOneProgramAtATimeTrainsIntoAFolder() throws {
        try train(options("run"))
        let first = try Trainer(options("run", resumes: true), logger: logger)
        assertFails(.outputExists, "another program trains into this folder") {
            try train(options("run", resumes: true))
        }
        try first.run()
    }

    /// Nor does a second program put its recipe into a folder where the first is about to begin.
    func testAFolderThatIsTakenIsLeftAlone() throws {
        let url = folder.url.appending(path: "run")
        let lock = try RunFolder(url: url).lock()
        assertFails(.outputExists, "another program trains into this folder") {
            try train(options("run"))
        }
        XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: url.path), [])
        try lock.close()
        try train(options("run"))
    }

    /// A run that was stopped in a stage goes on with another one behind it, as if the recipe had been so from the beginning.
    func testTheStagesAheadMayChange() throws {
        var steps = 0
        let observer = Trainer.Observer(shouldStop: {
            steps += 1
            return steps == 15
        })
        assertFails(.stopped, "stage first, step 15") {
            try train(options("run"), observer: observer)
        }
        try edit("recipe.yml", "steps: 12", "steps: 10")
        try train(options("run", resumes: true))
        try train(options("whole"))
        XCTAssertEqual(try weights("run"), try weights("whole"))
    }

    /// A run that is over goes on with a further stage.
    func testAStageMayBeAdded() throws {
        try train(options("over"))
        let third = """
              - name: third
                tasks: {translation: 1}
                steps: 4
                batch_tokens: 200
                schedule: {name: cosine, learning_rate: 0.005}

            """
        let text = try String(
            contentsOf: folder.url.appending(path: "recipe.yml"), encoding: .utf8)
        _ = try folder.write((text + third).utf8, as: "recipe.yml")
        try train(options("over", resumes: true))
        try train(options("whole"))
        XCTAssertEqual(try weights("over"), try weights("whole"))
        let card = try LoadedModel(contentsOf: folder.url.appending(path: "over")).card
        XCTAssertEqual(card.stages.map(\.name), ["first", "second", "third"])
        // What has changed is what the run then holds on to.
        try train(options("over", resumes: true))
        try edit("recipe.yml", "steps: 4\n", "steps: 5\n")
        assertFails(.malformed, "curriculum[2].steps: 4 -> 5") {
            try train(options("over", resumes: true))
        }
    }

    func testAChangedCorpusIsNamedAndRefusedUnlessAccepted() throws {
        try train(options("run"))
        try edit("pairs.tsv", "red", "grey")
        assertFails(.malformed, "pairs.tsv: not the file") {
            try train(options("run", resumes: true))
        }
        let files = ["model.safetensors", "tokenizer.json"].map {
            folder.url.appending(path: "run/\($0)")
        }
        let before = try files.map { try Data(contentsOf: $0) }
        try train(options("run", resumes: true, acceptsChanges: true))
        XCTAssertEqual(try files.map { try Data(contentsOf: $0) }, before)
    }

    func testACorpusThatTheRecipeWasNotMadeWithIsNamedBeforeTraining() throws {
        let pairs = folder.url.appending(path: "pairs.tsv")
        let digest = try TextFile.sha256(of: pairs)
        try edit("recipe.yml", "corpora:", "corpora:\n  sha256: {pairs.tsv: \(digest)}")
        try train(options("right"))
        try edit("pairs.tsv", "red", "grey")
        assertFails(.malformed, "pairs.tsv: not what") {
            try train(options("run"))
        }
        let run = folder.url.appending(path: "run")
        XCTAssertFalse(FileManager.default.fileExists(atPath: run.path))
        try train(options("run", acceptsChanges: true))
        XCTAssertNotEqual(try weights("run"), try weights("right"))
        // What was accepted once is what the run began with.
        try train(options("run", resumes: true))
        // Digests train nothing: they may come and go.
        try edit("recipe.yml", "  sha256: {pairs.tsv: \(digest)}", "")
        try train(options("run", resumes: true))
    }

    /// The weights of a checkpoint mean nothing with the subwords of other corpora.
    func testARunGoesOnWithItsTokenizerWhenACorpusHasChanged() throws {
        var steps = 0
        let observer = Trainer.Observer(shouldStop: {
            steps += 1
            return steps == 8
        })
        assertFails(.stopped, "step 8") { try train(options("run"), observer: observer) }
        let tokenizer = folder.url.appending(path: "run/tokenizer.json")
        let before = try Data(contentsOf: tokenizer)
        try edit("pairs.tsv", "red", "purple")
        try train(options("run", resumes: true, acceptsChanges: true))
        XCTAssertEqual(try Data(contentsOf: tokenizer), before)
    }

    func testAStageEndsWhenNothingGetsBetter() throws {
        try edit(
            "recipe.yml", "hold_out: {fraction: 0.1}", "hold_out: {fraction: 0.1}\npatience: 2")
        try edit("recipe.yml", "learning_rate: 0.01,", "learning_rate: 1.0e-30,")
        try edit("recipe.yml", "steps: 15", "steps: 1000")
        try train(options("run"))
        let card = try LoadedModel(contentsOf: folder.url.appending(path: "run")).card
        // Three validations: the first is the best, two bring nothing better.
        XCTAssertEqual(card.stages[0].steps, 18)
    }

    func testAVocabularyThatTheTextCannotFillIsNamed() throws {
        try edit("recipe.yml", "vocabulary_size: 310", "vocabulary_size: 30000")
        XCTAssertThrowsError(try train(options("run"))) { error in
            XCTAssertEqual((error as? FileError)?.kind, .malformed)
            XCTAssertTrue("\(error)".contains("recipe.yml: tokenizer.vocabulary_size"), "\(error)")
        }
        // Nothing stands in the way of the next attempt.
        try edit("recipe.yml", "vocabulary_size: 30000", "vocabulary_size: 310")
        try train(options("run"))
    }

    func testAModelGetsTheProgramsLanguageIdentifierIfThatKnowsItsLanguages() throws {
        for (languages, isKnown) in [(["xx", "yy"], true), (["yy", "zz"], false)] {
            let identifier = LanguageIdentifier(
                languages: languages,
                weights: Array(repeating: 1, count: 3 * LanguageFeatures.bucketCount),
                temperature: 1)
            let file = folder.url.appending(path: "identifier.safetensors")
            try identifier.write(to: file)
            var options = self.options("\(isKnown)")
            options.languageIdentifier = file
            try train(options)
            let model = try LoadedModel(contentsOf: options.output)
            XCTAssertEqual(model.languageIdentifier?.languages, isKnown ? languages : nil)
        }
    }

    func testPathsFromTheRootAreTakenAsTheyAre() throws {
        for name in ["pairs.tsv", "labelled.tsv"] {
            try edit("recipe.yml", ": \(name)", ": \(folder.url.appending(path: name).path)")
        }
        var options = self.options("run")
        options.corpora = folder.url.appending(path: "elsewhere")
        try train(options)
        XCTAssertEqual(try LoadedModel(contentsOf: options.output).card.stages.count, 2)
    }

    func testARunThatStartsFromAModelKeepsItsTokenizerAndLanguageIdentifier() throws {
        try train(options("base"))
        let identifier = LanguageIdentifier(
            languages: ["xx", "yy"],
            weights: Array(repeating: 1, count: 3 * LanguageFeatures.bucketCount), temperature: 1)
        let name = "language_identifier.safetensors"
        try identifier.write(to: folder.url.appending(path: "base/\(name)"))
        let sizes = "tokenizer: {vocabulary_size: 310, languages: [xx]}\n"
        try edit("recipe.yml", sizes, "init: base\n")
        try edit(
            "recipe.yml",
            "model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, "
                + "feed_forward_dimension: 32, heads: 2}\n", "")
        try train(options("tuned"))
        for name in ["tokenizer.json", name] {
            let files = ["base", "tuned"].map { folder.url.appending(path: "\($0)/\(name)") }
            XCTAssertEqual(try Data(contentsOf: files[0]), try Data(contentsOf: files[1]))
        }

        let (base, tuned) = (
            try LoadedModel(contentsOf: folder.url.appending(path: "base")).card,
            try LoadedModel(contentsOf: folder.url.appending(path: "tuned")).card
        )
        XCTAssertNil(base.ancestors)
        let ancestor = try XCTUnwrap(tuned.ancestors?.first)
        XCTAssertEqual(tuned.ancestors?.count, 1)
        XCTAssertEqual(ancestor.stages, base.stages)
        XCTAssertEqual(ancestor.sha256, base.checksums?["model.safetensors"])
        XCTAssertEqual(tuned.corpora, base.corpora, "a corpus that both have seen is named once")
    }

    func testAModelGrowsOnceBeforeItGoesOn() throws {
        try train(options("base"))
        try edit("recipe.yml", "tokenizer: {vocabulary_size: 310, languages: [xx]}\n", "")
        try edit(
            "recipe.yml",
            "model: {encoder_layers: 1, decoder_layers: 1, model_dimension: 16, "
                + "feed_forward_dimension: 32, heads: 2}\n",
            "init: base\ngrow: {encoder_layers: 3, decoder_layers: 2}\nstorage: int8\n")
        try train(options("whole"))
        XCTAssertThrowsError(try folder.train("stopped", stop: 4))
        try folder.train("stopped", resumes: true)
        XCTAssertEqual(try folder.weights("stopped"), try folder.weights("whole"))
        // A stage begins with the weights as the file holds them, and writes them again.
        try stop("without", atStep: 1)
        try train(options("without", resumes: true))
        XCTAssertEqual(try folder.weights("without"), try folder.weights("whole"))
        let grown = try LoadedModel(contentsOf: folder.url.appending(path: "whole"))
        XCTAssertEqual(grown.model.configuration.encoderLayerCount, 3)
        XCTAssertEqual(grown.model.configuration.decoderLayerCount, 2)
        XCTAssertEqual(grown.card.parameters, grown.model.layout.count)
        XCTAssertNotNil(try folder.weights("whole").range(of: Data("_scale".utf8)))
        XCTAssertNil(try folder.weights("base").range(of: Data("_scale".utf8)))

        try edit("recipe.yml", "encoder_layers: 3", "encoder_layers: 4")
        assertFails(.malformed, "grow.encoder_layers: 3 -> 4") {
            try train(options("whole", resumes: true))
        }
        try edit("recipe.yml", "encoder_layers: 4", "encoder_layers: 1")
        try edit("recipe.yml", "init: base", "init: whole")
        assertFails(
            .malformed,
            "grow: encoder_layers is 1, but the model has 3 and layers are only added; correct it"
        ) { try train(options("smaller")) }
        XCTAssertFalse(
            FileManager.default.fileExists(
                atPath: folder.url.appending(path: "smaller/run.json").path))
    }

    func testTheCardTellsTheStagesTheCorporaAndTheScores() throws {
        try train(options("run"))
        let card = try LoadedModel(contentsOf: folder.url.appending(path: "run")).card
        XCTAssertEqual(card.stages.map(\.name), ["first", "second"])
        XCTAssertEqual(card.stages.map(\.steps), [15, 12])
        XCTAssertEqual(card.corpora.map(\.name), ["pairs", "labelled"])
        let digest = try TextFile.sha256(of: folder.url.appending(path: "pairs.tsv"))
        XCTAssertEqual(card.corpora.map(\.files), [["pairs.tsv"], ["labelled.tsv"]])
        XCTAssertEqual(card.corpora[0].sha256, [digest])
        XCTAssertEqual(
            Set(card.scores.map(\.metric)), ["bleu", "chrf", "accuracy", "macro_f1"])
    }

    func testTheFinishedModelIsMeasuredOnWholeTestSets() throws {
        let polar = String(repeating: "good\tpositive\nbad\tnegative\n", count: 4)
        _ = try folder.write(polar.utf8, as: "polar.tsv")
        // Its only neutral text is not among the first, on which stages are measured.
        _ = try folder.write((polar + "so so\tneutral\n").utf8, as: "named.tsv")
        let tests = """
            sentences: 7, tests: {
              translation: [{name: lines, pairs: pairs.tsv, from: en, to: xx}],
              sentiment: [
                {name: texts, file: labelled.tsv, labels: binary, language: en},
                {name: polar, file: polar.tsv, labels: named, language: en},
                {name: named, file: named.tsv, labels: named, language: en}]}
            """
        try edit("recipe.yml", "beam: 1", "beam: 1, " + tests)
        try train(options("run"))
        let card = try LoadedModel(contentsOf: folder.url.appending(path: "run")).card
        func counts(_ scores: [ModelCard.Score]) -> [String?] {
            ["labelled", "texts", "polar", "named"].map { set in
                scores.first { $0.set == set && $0.metric == "accuracy" }?.signature
            }
        }
        XCTAssertEqual(
            counts(card.stages[1].scores),
            ["classes:2|n:7", "classes:2|n:7", "classes:2|n:7", "classes:3|n:7"])
        XCTAssertEqual(
            counts(card.scores),
            ["classes:2|n:7", "classes:2|n:300", "classes:2|n:8", "classes:3|n:9"])
        XCTAssertEqual(card.scores.filter { $0.set == "lines en-xx" }.count, 2)
    }

    /// The card of a model holds all that it was made by, also what the recipe's file has from another.
    func testTheCardHasTheWholeOfARecipeThatExtendsAnother() throws {
        _ = try folder.write(
            "extends: recipe.yml\nseed: 5\ncurriculum: {first: {steps: 3}}\n".utf8, as: "short.yml")
        let options = Trainer.Options(
            recipe: folder.url.appending(path: "short.yml"), corpora: folder.url,
            output: folder.url.appending(path: "run"), threadCount: 1)
        try train(options)
        let card = try LoadedModel(contentsOf: options.output).card
        let recipe = try Recipe(yaml: XCTUnwrap(card.recipe), file: "card")
        XCTAssertEqual(recipe, try Recipe(contentsOf: options.recipe))
        XCTAssertEqual(recipe.seed, 5)
        XCTAssertEqual(card.stages.map(\.steps), [3, 12])
    }

    /// Held texts of three classes, and enough of them, give the model a temperature; nothing else does.
    func testTheModelIsCalibratedOnHeldTextsOfThreeClasses() throws {
        func configuration(_ output: String) throws -> ModelConfiguration {
            try LoadedModel(contentsOf: folder.url.appending(path: output)).model.configuration
        }
        try train(options("binary"))
        XCTAssertNil(try configuration("binary").sentimentTemperature)
        let file = folder.url.appending(path: "labelled.tsv")
        let named = try TextFile.lines(of: file).enumerated().map { index, line in
            let text = line.prefix { $0 != "\t" }
            return "\(text)\t\(SentimentLabel.allCases[index % 3].name)\n"
        }
        _ = try folder.write(named.joined().utf8, as: "labelled.tsv")
        try edit("recipe.yml", "labels: binary", "labels: named")
        try train(options("few"))
        XCTAssertNil(try configuration("few").sentimentTemperature)
        try edit("recipe.yml", "hold_out: {fraction: 0.1}", "hold_out: {fraction: 0.45}")
        try train(options("named"))
        XCTAssertNotNil(try configuration("named").sentimentTemperature)
        let model = try LoadedModel(contentsOf: folder.url.appending(path: "named"))
        let record = try XCTUnwrap(model.card.calibration)
        XCTAssertGreaterThanOrEqual(record.texts, SentimentCalibration.minimumCount)
        XCTAssertEqual(record.sets, ["labelled"])
        let before = try Data(contentsOf: folder.url.appending(path: "named/config.json"))
        try train(options("named", resumes: true))
        let after = try Data(contentsOf: folder.url.appending(path: "named/config.json"))
        XCTAssertEqual(before, after)
    }

    /// The language is learned: held sentences come out reversed.
    private func assertLearnsToReverse() throws {
        try edit("recipe.yml", "steps: 15", "steps: 500")
        try edit("recipe.yml", "steps: 12", "steps: 100")
        try edit("recipe.yml", "every_steps: 6", "every_steps: 100")
        try edit("recipe.yml", "model_dimension: 16", "model_dimension: 32")
        try edit("recipe.yml", "bpe_dropout: 0.1, word_dropout: 0.1", "dropout: 0.05")
        try train(options("reversal", threadCount: 2))
        let card = try LoadedModel(contentsOf: folder.url.appending(path: "reversal")).card
        let bleu = try XCTUnwrap(card.scores.first { $0.metric == "bleu" }).value
        let accuracy = try XCTUnwrap(card.scores.first { $0.metric == "accuracy" }).value
        XCTAssertGreaterThan(bleu, 50)
        XCTAssertGreaterThan(accuracy, 90)
    }

    func testItLearnsToReverse() throws { try assertLearnsToReverse() }

    func testItLearnsToReverseInBFloat16() throws {
        try edit("recipe.yml", "name: reversal\n", "name: reversal\nprecision: bf16\n")
        try assertLearnsToReverse()
    }
}
