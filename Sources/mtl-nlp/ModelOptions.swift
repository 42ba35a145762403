import ArgumentParser
import Foundation
import Inference
import Logging
import PretrainedModel
import Transformer

struct ModelOptions: ParsableArguments {
    static let variable = "MTL_NLP_MODEL"

    @Option(
        help: ArgumentHelp(
            "The model's folder "
                + "(default: MTL_NLP_MODEL, else the model that comes with the program).",
            valueName: "dir"),
        completion: .directory)
    var model: String?

    /// The folder of the model to use; nil if none is named and none comes with the program.
    ///
    /// - Throws: `CommandFailure` if the folder that is named does not exist.
    func folder() throws -> URL? { try Self.folder(named: model) }

    /// The same for what the command line names.
    ///
    /// - Throws: `CommandFailure` if the folder that is named does not exist.
    private static func folder(named model: String?) throws -> URL? {
        guard let named = model ?? environmentValue(variable) else {
            return PretrainedModel.folder(besideExecutable: PretrainedModel.executable)
        }
        guard FileManager.default.fileExists(atPath: named) else {
            let source = model == nil ? " (from \(variable))" : ""
            throw CommandFailure(
                .missingFile, "\(named): no such model folder\(source); check the path")
        }
        return URL(fileURLWithPath: named)
    }

    /// The folder of the model to use.
    ///
    /// - Throws: `CommandFailure` if there is none.
    func existingFolder() throws -> URL { try Self.existingFolder(named: model) }

    /// The folder of the model to change, which is never the one that comes with the program.
    ///
    /// - Throws: `CommandFailure` if there is none.
    func folderToChange() throws -> URL {
        guard model != nil || environmentValue(Self.variable) != nil else {
            throw CommandFailure(
                .usage,
                "this changes the model; name it with --model (of the one that comes with the "
                    + "program make a copy first)")
        }
        return try existingFolder()
    }

    /// The folder of the model that the command line names; nil: of the one that is used otherwise.
    ///
    /// - Throws: `CommandFailure` if there is none.
    static func existingFolder(named model: String?) throws -> URL {
        if let folder = try folder(named: model) { return folder }
        throw CommandFailure(
            .noModel, "no model comes with this program; name one with --model DIR or \(variable)")
    }
}

/// How a model answers.
struct InferenceOptions: ParsableArguments {
    @OptionGroup var threads: ThreadOptions

    @Option(
        help: ArgumentHelp(
            "The sentences computed together; the output does not depend on it (default: "
                + "\(Self.defaultBatchSize)).",
            valueName: "n"),
        transform: wholeNumber(in: 1...65536))
    var batchSize = Self.defaultBatchSize

    private static let defaultBatchSize = 64

    @Option(
        help: ArgumentHelp(
            "The precision that matrices are multiplied in: int8 or fp32, which is slower "
                + "(default: \(LoadedModel.defaultPrecision.rawValue)).",
            valueName: "precision"))
    var precision = LoadedModel.defaultPrecision

    /// How many lines a filter answers together while input is waiting: enough for every thread to have a batch, and
    /// for batches of sentences of like length.
    var lookAhead: Int { max(1024, 8 * batchSize * threads.count) }

    func load(_ folder: URL) throws -> LoadedModel {
        let loaded = try LoadedModel(contentsOf: folder, precision: precision)
        Logger(label: "mtl-nlp").debug(
            """
            model \(loaded.card.name), version \(loaded.card.version), in \(folder.path); \
            \(precision.rawValue), threads: \(threads.count)
            """)
        return loaded
    }
}

extension InferencePrecision: ExpressibleByArgument {}
