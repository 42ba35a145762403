import Files
import Foundation
import Inference
import Kernels
import LanguageIdentification
import Logging
import Transformer

/// Trains a model by a recipe, into a folder that can be used as a model at any time.
///
/// A run that was stopped at any moment goes on from its last checkpoint and ends with the same weights, byte for byte, as
/// one that was not.
public final class Trainer {
    private let options: Options
    private let observer: Observer
    private let logger: Logger
    private let recipe: Recipe
    private let folder: RunFolder
    private let progressFile: ProgressFile
    /// Held as long as the run, so that no other program trains into its folder.
    private let lock: FileHandle
    private let data: TrainingData
    /// That of the model to start from, which goes on unchanged; without such a model the program's, if it knows all
    /// languages that are translated to.
    private let languageIdentifier: LanguageIdentifier?
    private let objective: Objective
    private let workspace: Workspace
    private let parameters: Parameters
    private var state: TrainingState
    private var card: ModelCard
    /// Of the weights at the end of the run.
    private var calibration: SentimentCalibration?
    private var lastCheckpoint = ContinuousClock.now

    /// Reads the recipe and the corpora.
    ///
    /// - Throws: `FileError` for a recipe or corpus, `ModelError` for the model to start from, `TrainingError` for the
    ///   output folder.
    public init(_ options: Options, observer: Observer = Observer(), logger: Logger) throws {
        self.options = options
        self.observer = observer
        self.logger = logger
        recipe = try Recipe(contentsOf: options.recipe)
        let text = try Recipe.text(of: options.recipe)
        folder = RunFolder(url: options.output)
        progressFile = ProgressFile(url: folder.progressFile)
        let digests = try recipe.fileDigests(
            in: options.corpora, languageIdentifier: options.languageIdentifier)
        let initial = try Self.initialModel(recipe, options)
        let hasBegun = try folder.check(
            recipe, digests: digests, resumes: options.resumes,
            acceptsChanges: options.acceptsChanges)
        if !hasBegun { try Self.check(recipe, digests, options, logger) }
        lock = try folder.lock()
        let finished =
            folder.hasCheckpoint || !hasBegun ? nil : try folder.readFinishedStages()
        // The weights of a run belong to its tokenizer, whatever the corpora have become.
        let source =
            folder.hasCheckpoint || finished != nil
            ? try LoadedModel(contentsOf: options.output) : initial
        data = try TrainingData(
            recipe, file: options.recipe, folder: options.corpora,
            languageIdentifier: options.languageIdentifier, source: source,
            tokenizer: options.tokenizer,
            threadCount: options.threadCount)
        let languages = data.configuration.languages
        languageIdentifier =
            try source.map(\.languageIdentifier)
            ?? options.languageIdentifier.map(LanguageIdentifier.init(contentsOf:))
            .flatMap { Set(languages).isSubset(of: $0.languages) ? $0 : nil }
        if !hasBegun { try folder.begin(recipe, digests: digests) }
        let changes = hasBegun ? try folder.update(recipe) : []
        if !changes.isEmpty {
            logger.info("the stages ahead have changed: \(changes.joined(separator: "; "))")
        }
        let model = Model(data.configuration)
        workspace = Workspace(threadCount: options.threadCount)
        objective = Objective(
            model: model,
            startTokens: data.configuration.languages.compactMap(
                data.tokenizer.vocabulary.bosID(for:)),
            translationLoss: TranslationLoss(
                labelSmoothing: Float(recipe.regularization.labelSmoothing)),
            sentimentLoss: SentimentLoss(labelSmoothing: recipe.regularization.labelSmoothing))
        parameters = model.initialParameters(seed: UInt64(recipe.seed))
        if let initial { parameters.copy(from: initial.parameters) }
        state = TrainingState()
        if let finished, let source {
            parameters.copy(from: source.parameters)
            for stage in finished { state.finish(stage) }
        }
        card = ModelCard(recipe, text: text, digests, data, model, commit: options.commit)
        if let initial, let name = recipe.initialModel {
            card.goOn(from: initial.card, sha256: digests["\(name)/model.safetensors"] ?? "")
        }
    }

    /// The model to start from, if any, with the layers that the recipe adds.
    ///
    /// - Throws: `ModelError` when it cannot be read, `TrainingError` when it cannot grow so.
    private static func initialModel(_ recipe: Recipe, _ options: Options) throws -> LoadedModel? {
        guard let name = recipe.initialModel else { return nil }
        let initial = try LoadedModel(contentsOf: options.corpora.file(name))
        guard let growth = recipe.growth else { return initial }
        if let problem = growth.problemInRecipe(of: initial.model.configuration) {
            throw TrainingError(
                .malformed, "\(options.recipe.path): grow: \(problem); correct it")
        }
        let (model, parameters) = growth.grown(initial.model, initial.parameters)
        return LoadedModel(
            model: model, parameters: parameters, tokenizer: initial.tokenizer, card: initial.card,
            languageIdentifier: initial.languageIdentifier)
    }

    /// Sees to it that the corpora are those that the recipe was made with.
    ///
    /// - Throws: `TrainingError` if they are not, and that was not accepted.
    private static func check(
        _ recipe: Recipe, _ digests: [String: String], _ options: Options, _ logger: Logger
    ) throws {
        let files = recipe.filesDiffering(from: digests)
        guard !files.isEmpty else { return }
        let problem =
            "\(files.joined(separator: ", ")): not what \(options.recipe.path) was made with, by the "
            + "SHA-256"
        guard options.acceptsChanges else {
            throw TrainingError(
                .malformed,
                "\(problem); get that version, or train on this one with --accept-changed")
        }
        logger.warning("\(problem)")
    }

    /// Runs the curriculum, or what is left of it.
    ///
    /// - Throws: `TrainingError`; `ModelError` when the model folder cannot be written.
    public func run() throws {
        for count in data.counts { logger.info("\(count.description)") }
        for line in data.balanceReport(recipe.corpora) { logger.info("\(line)") }
        logger.info(
            """
            \(parameters.layout.count) parameters, \(data.translation.texts.count) pairs, \
            \(data.sentiment.texts.count) labelled texts; left out as too long: \
            \(data.translation.tooLongCount) pairs, \(data.sentiment.tooLongCount) texts
            """)
        var buffers = RunFolder.Buffers()
        if let (saved, kept) = try folder.read(
            layout: parameters.layout, stages: recipe.curriculum,
            momentCount: recipe.optimizer.name.momentCount)
        {
            state = saved
            buffers = kept
            if let weights = kept["weights"] { parameters.copy(from: weights) }
            logger.info("going on at stage \(state.stage + 1), step \(state.step)")
        } else if state.stage > 0 {
            logger.info("going on at stage \(state.stage + 1), with the weights of the model")
        } else {
            try writeModel(parameters)
        }
        let corpora = card.corpora
        noteProjections(corpora)
        try progressFile.keep(upTo: state, of: recipe.curriculum)
        while state.stage < recipe.curriculum.count {
            let (recipe, data) = try stageData()
            noteProjections(corpora)
            let run = StageRun(recipe, objective, data, state, buffers, workspace)
            try train(run)
            buffers = [:]
        }
        try finish()
    }

    /// What the stage trains on: the corpora and, if it asks for them, texts whose labels the model projects.
    private func stageData() throws -> (Recipe, TrainingData) {
        guard let rule = recipe.curriculum[state.stage].project else { return (recipe, data) }
        return try data.projecting(
            rule, recipe, stage: state.stage, hasBegun: state.step > 0, folder: options.output,
            threadCount: options.threadCount, logger: logger
        ) { texts in
            SentimentClassifier(
                loaded(parameters), threadCount: options.threadCount,
                batchSize: recipe.validation.batchSize
            ).classify(texts)
        }
    }

    /// Says in the card from which projected labels the run has learned so far.
    ///
    /// - Parameter corpora: of the recipe.
    private func noteProjections(_ corpora: [ModelCard.Corpus]) {
        card.corpora =
            corpora
            + recipe.projectedCorpora(through: state.stage, in: options.output, corpora)
    }

    /// Brings one stage to its end.
    private func train(_ run: StageRun) throws {
        while state.step < run.stage.steps && !isExhausted {
            let start = ContinuousClock.now
            let step = state.step + 1
            let isReported =
                step % TrainingProgress.interval == 0 || step == run.stage.steps
            let report = try folder.reportingDivergence {
                try run.advance(parameters, step: step, isReported: isReported)
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            state.step = step
            state.positions = run.positions
            state.weighting = run.weightingMemory
            state.seconds += seconds
            state.progress.add(report, seconds: seconds)
            try tell(report, of: run.stage, isReported: isReported)
            if state.step % recipe.validation.everySteps == 0 || state.step == run.stage.steps {
                try validate(run)
            }
            try checkpointIfDue(run)
        }
        try complete(run)
    }

    /// Whether the last validations brought nothing better.
    private var isExhausted: Bool {
        recipe.patience > 0 && state.validationsSinceBest >= recipe.patience
    }

    /// Says how the stage goes: in the log and the file of progress if a report is due, else where there is a terminal.
    private func tell(
        _ report: StepReport, of stage: Stage, isReported: Bool
    ) throws {
        guard isReported || observer.progress != nil else { return }
        let line = state.progress.line(report, state, recipe.curriculum)
        guard isReported else {
            observer.progress?(line)
            return
        }
        logger.info("\(line)")
        try progressFile.append(ProgressRecord(report, state, stage))
        state.progress.begin()
    }

    private func validate(_ run: StageRun) throws {
        let start = ContinuousClock.now
        let result = try measure(parameters, data.held, run.stage.selectBy.tasks)
        let score = result.score(by: run.stage.selectBy)
        let isBest = run.record(parameters, score: score, in: &state)
        if isBest { try writeModel(parameters) }
        state.seconds += (ContinuousClock.now - start) / .seconds(1)
        try progressFile.append(
            ProgressRecord(result.scores, isBest: isBest, state, run.stage))
        logger.info(
            "\(run.stage.name) \(state.step): \(result.scores.summary)\(isBest ? " (best)" : "")")
    }

    private func measure(
        _ weights: Parameters, _ sets: Validation, _ tasks: [TrainingTask]
    ) throws -> Validation.Result {
        try sets.measure(
            loaded(weights), tasks: tasks, beamSize: recipe.validation.beamSize,
            batchSize: recipe.validation.batchSize, threadCount: options.threadCount)
    }

    private func checkpointIfDue(_ run: StageRun) throws {
        let mustStop = observer.shouldStop()
        let age = ContinuousClock.now - lastCheckpoint
        guard mustStop || age >= .seconds(recipe.checkpoint.everySeconds) else { return }
        try writeCheckpoint(run.buffers)
        if mustStop {
            throw TrainingError(
                .stopped,
                "\(options.output.path): stopped at stage \(run.stage.name), step "
                    + "\(state.step); go on with --resume")
        }
    }

    private func writeCheckpoint(_ buffers: RunFolder.Buffers) throws {
        var buffers = buffers
        buffers["weights"] = parameters
        try progressFile.synchronize()
        try folder.write(state, buffers)
        lastCheckpoint = .now
    }

    /// Ends a stage with the average of the last weights that were measured, unless the best of the stage scored better.
    private func complete(_ run: StageRun) throws {
        var weights = run.bestWeights ?? parameters
        if let average = run.average() {
            let score = try measure(average, data.held, run.stage.selectBy.tasks)
                .score(by: run.stage.selectBy)
            let best = state.bestScore
            logger.info("\(run.stage.name): best \(text(best)), average \(text(score))")
            if score ?? 0 >= best ?? 0 { weights = average }
        }
        parameters.copy(from: weights)
        try writeModel(parameters)
        // The next stage starts with what the file holds, rounded, so that the model alone is enough to go on.
        parameters.copy(from: try LoadedModel(contentsOf: options.output).parameters)
        var scores = try measure(parameters, data.held, TrainingTask.allCases).scores
        let tests = data.tests.prefix(recipe.validation.sentences)
        scores += try measure(parameters, tests, TrainingTask.allCases).scores
        logger.info("\(run.stage.name), after the stage: \(scores.summary)")
        state.finish(
            .init(name: run.stage.name, steps: state.step, seconds: state.seconds, scores: scores))
        try writeModel(parameters)
        try folder.write(finished: state.finished)
        try writeCheckpoint([:])
    }

    private func text(_ score: Double?) -> String {
        score.map { String(format: "%.2f", $0) } ?? "not measured"
    }

    /// Calibrates the model and measures it as it stands in the folder, on whole test sets and with the search that
    /// people get, and says so in the card.
    private func finish() throws {
        try writeModel(parameters)
        let written = try LoadedModel(contentsOf: options.output)
        calibration = SentimentCalibration(
            data.held.sentiment.filter { $0.classes.count == SentimentLabel.allCases.count },
            written, batchSize: recipe.validation.batchSize, threadCount: options.threadCount)
        if let calibration { logger.info("\(calibration.description)") }
        let shipped = calibration.map(written.calibrated) ?? written
        let search = SearchOptions()
        for sets in [data.held, data.tests] {
            card.scores += try sets.measure(
                shipped, tasks: TrainingTask.allCases, beamSize: search.beamSize,
                batchSize: recipe.validation.batchSize, threadCount: options.threadCount
            ).scores
        }
        try writeModel(parameters)
        logger.info("the model as written, beam \(search.beamSize): \(card.scores.summary)")
    }

    private func writeModel(_ weights: Parameters) throws {
        card.stages = state.finished
        try loaded(weights).write(
            to: options.output, as: (recipe.storage ?? .fp16).precision)
    }

    private func loaded(_ weights: Parameters) -> LoadedModel {
        let model = LoadedModel(
            model: objective.model, parameters: weights, tokenizer: data.tokenizer, card: card,
            languageIdentifier: languageIdentifier, precision: .fp32)
        return calibration.map(model.calibrated) ?? model
    }
}

extension [ModelCard.Score] {
    /// All on one line.
    fileprivate var summary: String {
        map { "\($0.set) \($0.metric) \(String(format: "%.2f", $0.value))" }
            .joined(separator: ", ")
    }
}
