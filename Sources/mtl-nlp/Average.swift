import ArgumentParser
import Foundation
import Inference
import Logging

struct Average: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make one model of the mean of the weights of several.",
        discussion: """
            The models must have one tokenizer and the same sizes; it helps where they began from \
            the same weights, as runs of several seeds from one model do. The new model is as \
            fast as one of them; its weights are stored in 16 bits. Its card tells what it was made from; it has no \
            scores until it is measured, and its sentiment is calibrated anew with 'mtl-nlp \
            calibrate'. For models that have nothing in common but their tokenizer, see the help \
            of 'mtl-nlp translate': given several --model, they answer together.

              mtl-nlp average run-1 run-2 run-3 --output averaged
              mtl-nlp average old new --weights 0.25,0.75 --output between
            """)

    @Argument(help: "The folders of the models, at least two.", completion: .directory)
    var models: [String]

    @Option(
        help: ArgumentHelp("The folder to write the new model into.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(
        help: ArgumentHelp(
            "How much each model counts, in their order, with commas between the numbers "
                + "(default: all alike).",
            valueName: "weights"),
        transform: parseWeights)
    var weights: [Double]?

    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        if models.count < 2 {
            throw ValidationError("one model has no mean with others; name at least two")
        }
        if let weights, weights.count != models.count {
            throw ValidationError(
                "--weights: \(weights.count) given for \(models.count) models; give one for each"
            )
        }
    }

    func run() throws {
        if FileManager.default.fileExists(atPath: output) {
            let contents = try? FileManager.default.contentsOfDirectory(atPath: output)
            guard contents?.isEmpty ?? false else {
                throw CommandFailure(
                    .outputExists,
                    "\(output): not an empty folder; name another with --output")
            }
        }
        let folders = try models.map(ModelOptions.existingFolder(named:))
        let average = try ModelAverage(folders, weights: weights)
        try average.model.write(to: URL(fileURLWithPath: output))
    }
}
