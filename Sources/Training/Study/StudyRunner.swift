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

/// Runs a study: trains every arm with every seed into a folder of its own, measures what came out and reports on it, after
/// every phase and when it is stopped.
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
    private let rule: Measurement.Rule
    private let folder: StudyFolder
    /// The SHA-256 of each file that a run reads.
    private let digests: [String: String]
    private var tokenizer: BPETokenizer?
    private var phases: [StudyPhase] = []
    /// The trees of the recipes that arms became, and the arms that they are changes of, by the names of the arms.
    private var trees: [String: (tree: Node, origin: String?)] = [:]

    private static let batchSize = 64

    /// Reads the study and its test sets.
    ///
    /// - Throws: `FileError`; `TrainingError` for files with other digests than the study names, an output folder that
    ///   holds something else, or a study that began otherwise.
    public init(_ options: Options, observer: Trainer.Observer, logger: Logger) throws {
        self.options = options
        self.observer = observer
        self.logger = logger
        study = try Study(contentsOf: options.study)
        tests = try StudyTests(study.tests, folder: options.corpora)
        rule = Measurement.Rule(study, digests: tests.digests)
        digests = try study.fileDigests(
            in: options.corpora, languageIdentifier: options.languageIdentifier)
        folder = StudyFolder(url: options.output)
        let differing = study.recipes.flatMap { $0.filesDiffering(from: digests) }
        let names = Set(differing + study.tests.filesDiffering(from: tests.digests)).sorted()
        guard names.isEmpty else {
            throw TrainingError(
                .malformed,
                "\(names.joined(separator: ", ")): not what \(options.study.path) was made with, by "
                    + "the SHA-256; get that version")
        }
        try folder.check(study, digests: digests, resumes: options.resumes, logger)
    }

    /// Runs what has not been run, and writes the report.
    ///
    /// - Throws: `TrainingError` when it was asked to stop, or a file of the study cannot be written; what is thrown by a
    ///   run stands in the report.
    public func run() throws -> StudyReport {
        try folder.begin(study, file: options.study, digests: digests)
        try shareTokenizer()
        do {
            try run("runs", arms: study.arms, finals: nil)
            guard let finals = study.finals else { return try report() }
            try report()
            let chosen = phases[0].ranking(besides: study).prefix(finals.bestCount)
            let names = Set(chosen + study.baselineArms)
            try run("finals", arms: study.arms.filter { names.contains($0.name) }, finals: finals)
            return try report()
        } catch let error as TrainingError where error.kind == .stopped {
            // Nothing takes the place of a report that may be there from before.
            if !phases[0].results.isEmpty { try report() }
            throw error
        }
    }

    /// Writes what the runs so far say.
    @discardableResult private func report() throws -> StudyReport {
        let report = StudyReport(study, tests, phases)
        try folder.write(report)
        logger.info("the report is \(options.output.appending(path: "report.md").relativePath)")
        return report
    }

    /// Learns the tokenizer of all arms, or reads it if it has been learned.
    private func shareTokenizer() throws {
        guard study.sharesTokenizer else { return }
        let file = folder.tokenizerFile
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

    /// Runs a phase.
    private func run(_ name: String, arms: [Study.Arm], finals: Study.Finals?) throws {
        phases.append(StudyPhase(name: name, arms: arms, study, finals))
        let index = phases.count - 1
        for (number, arm) in arms.enumerated() {
            do {
                let (tree, origin) = try tree(of: arm, in: phases[index], isFirst: finals == nil)
                let seeds = phases[index].seeds(of: arm.name)
                for (runNumber, seed) in seeds.enumerated() {
                    logger.info(
                        """
                        \(name): \(arm.name), seed \(seed) (arm \(number + 1) of \(arms.count), \
                        run \(runNumber + 1) of \(seeds.count))
                        """)
                    let run = StudyRun(arm: arm.name, seed: seed, origin: origin)
                    try self.run(run, arm, finals?.tree(of: tree) ?? tree, in: index)
                }
            } catch let problem as Unfounded {
                phases[index].fail(arm.name, seed: nil, problem.description)
            }
            phases[index].finishedArmCount += 1
        }
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
        let tree = try arm.tree(from: origin.flatMap { trees[$0]?.tree } ?? study.base)
        trees[arm.name] = (tree, origin)
        return (tree, origin)
    }

    /// - Parameter index: of the phase.
    private func run(_ run: StudyRun, _ arm: Study.Arm, _ tree: Node, in index: Int) throws {
        if observer.shouldStop() { throw stopped(run) }
        do {
            let result = try result(of: run, arm, tree, in: phases[index].name)
            phases[index].results.append(result)
        } catch let error as TrainingError where error.kind == .stopped {
            throw stopped(run)
        } catch {
            logger.error("\(run.arm), seed \(run.seed): \(error)")
            phases[index].fail(run.arm, seed: run.seed, "\(error)")
        }
    }

    private func stopped(_ run: StudyRun) -> TrainingError {
        TrainingError(
            .stopped,
            "\(options.output.path): stopped at \(run.arm), seed \(run.seed); go on with --resume")
    }

    private func result(
        of run: StudyRun, _ arm: Study.Arm, _ tree: Node, in phase: String
    ) throws -> RunResult {
        let (text, recipe) = try study.recipe(of: tree, arm: arm, seed: run.seed)
        let folder = self.folder.run(run, phase: phase)
        let resultFile = folder.appendingPathExtension("json")
        if let result = RunResult(contentsOf: resultFile),
            try recipe.differences(from: result.recipe).isEmpty, result.measurement.rule == rule
        {
            return result
        }
        let recipeFile = folder.appendingPathExtension("yml")
        try FileManager.default.createDirectory(
            at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AtomicFile.replace(recipeFile) { try Data(text.utf8).write(to: $0) }
        try train(recipeFile, recipe, into: folder)
        let loaded = try LoadedModel(contentsOf: folder, precision: rule.precision)
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
}

extension Study {
    /// The SHA-256 of every file that a run reads, by its path.
    ///
    /// - Throws: `FileError` for a file that cannot be read.
    fileprivate func fileDigests(
        in folder: URL, languageIdentifier: URL?
    ) throws -> [String: String] {
        // Arms that differ in their stages, sizes or storage alone read the same files, which are read once.
        let readers = Set(
            recipes.map { recipe in
                var recipe = recipe
                recipe.curriculum = []
                recipe.model = nil
                recipe.growth = nil
                recipe.storage = nil
                return recipe
            })
        return try readers.reduce(into: [:]) { digests, recipe in
            digests.merge(
                try recipe.fileDigests(in: folder, languageIdentifier: languageIdentifier)
            ) { known, _ in known }
        }
    }
}
