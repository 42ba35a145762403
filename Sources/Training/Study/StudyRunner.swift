import Files
import Foundation
import Inference
import Kernels
import Logging
import Tokenization
import Yams

/// A run of an arm with a seed.
struct StudyRun {
    let arm: String
    let seed: Int
    /// The arm whose recipe this one's changes; nil: the base recipe is.
    let origin: String?
}

/// Runs a study: trains every arm with every seed into a folder of its own, measures what came out and reports on it.
///
///     study.yml                      the study as it began
///     tokenizer.json                 what the arms share, if they do
///     runs/ARM/seed-1                an ordinary training run
///     runs/ARM/seed-1.yml, .json     its recipe; its result, from which the report is made
///     finals/...                     the same for the second phase
///     report.md, report.json, *.svg  the report
///
/// A study that was stopped goes on where it was: what has a result is not run again. A run that fails does not keep the
/// others from running.
public final class StudyRunner {
    public struct Options: Sendable {
        /// The study's file.
        public var study: URL
        /// Where the paths of the recipes and of the test sets begin.
        public var corpora: URL
        public var output: URL
        /// Whether a study that began in the folder goes on.
        public var resumes: Bool
        public var threadCount: Int
        /// The language identifier that comes with the program, for cleaning.
        public var languageIdentifier: URL?
        /// The commit of the program.
        public var commit: String?

        public init(
            study: URL, corpora: URL, output: URL, resumes: Bool, threadCount: Int,
            languageIdentifier: URL?, commit: String?
        ) {
            self.study = study
            self.corpora = corpora
            self.output = output
            self.resumes = resumes
            self.threadCount = threadCount
            self.languageIdentifier = languageIdentifier
            self.commit = commit
        }
    }

    private let options: Options
    private let observer: Trainer.Observer
    private let logger: Logger
    private let study: Study
    private let tests: StudyTests
    private var tokenizer: BPETokenizer?
    /// The trees of the recipes that arms became, and the arms that they are changes of, by the names of the arms.
    private var trees: [String: (tree: Node, origin: String?)] = [:]

    private static let batchSize = 64

    /// Reads the study and its test sets.
    ///
    /// - Throws: `FileError`; `TrainingError` for an output folder that holds something else.
    public init(_ options: Options, observer: Trainer.Observer, logger: Logger) throws {
        self.options = options
        self.observer = observer
        self.logger = logger
        study = try Study(contentsOf: options.study)
        tests = try StudyTests(study.tests, folder: options.corpora)
        try checkOutput()
    }

    private var output: URL { options.output }
    private var studyFile: URL { output.appending(path: "study.yml") }

    private func checkOutput() throws {
        let contents = ((try? FileManager.default.contentsOfDirectory(atPath: output.path)) ?? [])
            .filter { !$0.hasPrefix(".") }
        if contents.isEmpty { return }
        guard options.resumes else {
            throw TrainingError(
                .outputExists,
                "\(output.path): the folder is not empty; name another with --output, or go on "
                    + "with the study in it with --resume")
        }
        guard FileManager.default.fileExists(atPath: studyFile.path) else {
            throw TrainingError(
                .outputExists,
                "\(output.path): not a folder of a study; name another with --output")
        }
    }

    /// Runs what has not been run, and writes the report.
    ///
    /// - Throws: `TrainingError` when it was asked to stop, or a file of the study cannot be written; what is thrown by a
    ///   run stands in the report.
    public func run() throws -> StudyReport {
        try writing(output) {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            try AtomicFile.replace(studyFile) {
                try Data(contentsOf: options.study).write(to: $0)
            }
        }
        try shareTokenizer()
        var phases = [
            try phase("runs", arms: study.arms, seeds: study.seeds, finals: nil)
        ]
        if let finals = study.finals {
            let chosen = phases[0].ranking(besides: study).prefix(finals.bestCount)
            let names = Set(chosen + study.baselineArms)
            phases.append(
                try phase(
                    "finals", arms: study.arms.filter { names.contains($0.name) },
                    seeds: finals.seeds, finals: finals))
        }
        let report = StudyReport(study, tests, phases)
        try writing(output) { try report.write(to: output) }
        return report
    }

    /// Learns the tokenizer of all arms, or reads it if it has been learned.
    private func shareTokenizer() throws {
        guard study.sharesTokenizer else { return }
        let file = output.appending(path: "tokenizer.json")
        if FileManager.default.fileExists(atPath: file.path) {
            tokenizer = try BPETokenizer(contentsOf: file)
            return
        }
        guard let rule = study.baseRecipe.tokenizer else { return }
        logger.info("learning the tokenizer")
        let tokenizer = try TrainingData.learnTokenizer(
            study.baseRecipe, rule, file: options.study, folder: options.corpora,
            languageIdentifier: options.languageIdentifier, threadCount: options.threadCount)
        try tokenizer.write(to: file)
        self.tokenizer = tokenizer
    }

    // MARK: Runs

    private func phase(
        _ name: String, arms: [Study.Arm], seeds: [Int], finals: Study.Finals?
    ) throws -> StudyPhase {
        var phase = StudyPhase(name: name, seeds: seeds)
        for arm in arms {
            do {
                let (tree, origin) = try tree(of: arm, in: phase, isFirst: finals == nil)
                for (number, seed) in seeds.enumerated() {
                    logger.info(
                        """
                        \(name): \(arm.name), seed \(seed) (arm \(phase.armCount + 1) of \
                        \(arms.count), run \(number + 1) of \(seeds.count))
                        """)
                    let run = StudyRun(arm: arm.name, seed: seed, origin: origin)
                    try self.run(
                        run, arm, finals?.tree(of: tree) ?? tree, in: &phase)
                }
            } catch let problem as Unfounded {
                phase.fail(arm.name, seed: nil, problem.description)
            }
            phase.armCount += 1
        }
        return phase
    }

    /// An arm has nothing to change.
    private struct Unfounded: Error, CustomStringConvertible {
        let origins: [String]

        var description: String {
            "no run of \(origins.joined(separator: " or ")), which it changes, is finished"
        }
    }

    /// The recipe of an arm before the changes of the phase; the first phase decides what it is.
    private func tree(
        of arm: Study.Arm, in phase: StudyPhase, isFirst: Bool
    ) throws -> (Node, origin: String?) {
        if !isFirst, let known = trees[arm.name] { return known }
        var origin: String?
        if !arm.origins.isEmpty {
            origin = phase.best(of: arm.origins)
            if origin == nil { throw Unfounded(origins: arm.origins) }
        }
        let tree = try study.tree(of: arm, from: origin.flatMap { trees[$0]?.tree } ?? study.base)
        trees[arm.name] = (tree, origin)
        return (tree, origin)
    }

    private func run(
        _ run: StudyRun, _ arm: Study.Arm, _ tree: Node, in phase: inout StudyPhase
    ) throws {
        if observer.shouldStop() { throw stopped(run) }
        do {
            phase.results.append(try result(of: run, arm, tree, in: phase.name))
        } catch let error as TrainingError where error.kind == .stopped {
            throw stopped(run)
        } catch {
            logger.error("\(run.arm), seed \(run.seed): \(error)")
            phase.fail(run.arm, seed: run.seed, "\(error)")
        }
    }

    private func stopped(_ run: StudyRun) -> TrainingError {
        TrainingError(
            .stopped,
            "\(output.path): stopped at \(run.arm), seed \(run.seed); go on with --resume")
    }

    private func result(
        of run: StudyRun, _ arm: Study.Arm, _ tree: Node, in phase: String
    ) throws -> RunResult {
        let (text, recipe) = try study.recipe(of: tree, arm: arm, seed: run.seed)
        let name = "seed-\(run.seed)"
        let parent = output.appending(path: "\(phase)/\(run.arm)")
        let resultFile = parent.appending(path: name + ".json")
        let rule = Measurement.Rule(
            beamSize: study.beamSize, digests: tests.digests, timedCount: Measurement.timedCount)
        if let result = RunResult(contentsOf: resultFile), result.recipe == recipe,
            result.measurement.rule == rule
        {
            return result
        }
        let recipeFile = parent.appending(path: name + ".yml")
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try AtomicFile.replace(recipeFile) { try Data(text.utf8).write(to: $0) }
        let folder = parent.appending(path: name)
        try train(recipeFile, recipe, into: folder)
        let loaded = try LoadedModel(contentsOf: folder)
        let measurement = try Measurement(
            loaded, tests, rule, tasks: Study.tasks(of: recipe), batchSize: Self.batchSize,
            threadCount: options.threadCount)
        let result = try RunResult(
            run, recipe: recipe, folder: folder, conditions: conditions, measurement: measurement)
        try result.write(to: resultFile)
        return result
    }

    private func train(_ file: URL, _ recipe: Recipe, into folder: URL) throws {
        // A tokenizer of another rule belongs to the arm alone.
        let isShared = study.baseRecipe.tokenizer == recipe.tokenizer
        try Trainer(
            Trainer.Options(
                recipe: file, corpora: options.corpora, output: folder, resumes: true,
                threadCount: options.threadCount,
                languageIdentifier: options.languageIdentifier, commit: options.commit,
                tokenizer: isShared ? tokenizer : nil),
            observer: observer, logger: logger
        ).run()
    }

    private var conditions: StudyReport.Conditions {
        .init(
            commit: options.commit, processor: Processor.name,
            instructionSet: InstructionSet.current.rawValue, threadCount: options.threadCount)
    }

    private func writing(_ url: URL, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            let reason = error is CocoaError ? error.localizedDescription : "\(error)"
            throw TrainingError(
                .unusableFile,
                "\(url.path): cannot be written: \(reason); mend that and go on with --resume")
        }
    }
}
