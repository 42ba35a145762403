import ArgumentParser
import Foundation
import Inference
import Logging
import Training
import Transformer

struct Calibrate: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fit the probabilities of sentiment to labelled texts.",
        discussion: """
            A well calibrated model is right in 80 of 100 answers that it gives with a \
            probability of 0.8. The command finds the temperature that makes the true labels most \
            probable and writes it into config.json of the model's folder, and how it was found \
            into card.json; it takes the place of the one before. No answer's label changes, only \
            how probable the model calls it. 'mtl-nlp train' does this at the end of a run.

            The files are as for 'evaluate sentiment'. Take texts like those that the model will \
            meet, that it was not trained on, of all three classes: where no text is neutral, \
            nothing can be learned about what is. At least \(SentimentCalibration.minimumCount) \
            texts are needed; a thousand are better.

              mtl-nlp calibrate --model my-model dev.tsv
              mtl-nlp calibrate --model my-model --classes five sst5/dev.tsv --json
            """)

    @Argument(help: "The labelled texts.", completion: .file())
    var files: [String]

    @Option(
        help: ArgumentHelp("How labels are written: five or named.", valueName: "classes"))
    var classes: LabelScheme?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var model: ModelOptions
    @OptionGroup var inference: InferenceOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        if classes == .binary {
            throw ValidationError("binary labels say nothing about neutral texts; use others")
        }
    }

    func run() throws {
        let folder = try model.folderToChange()
        let sets = try files.map(readSet)
        let model = try inference.load(folder)
        guard
            let calibration = SentimentCalibration(
                sets, model, batchSize: inference.batchSize, threadCount: inference.threads.count)
        else {
            throw CommandFailure(
                .malformedData,
                "\(files.joined(separator: ", ")): fewer than "
                    + "\(SentimentCalibration.minimumCount) texts; give more")
        }
        try model.calibrated(calibration).writeDescription(to: folder)
        let logger = Logger(label: "mtl-nlp")
        logger.info("\(folder.path): the temperature is written")
        if calibration.record.errorAfter > calibration.record.errorBefore {
            logger.warning(
                """
                the expected calibration error has grown, though the labels are more probable: \
                more texts would tell more
                """)
        }
        let result = Result(calibration)
        try json ? writeResult(json: result) : writeResult(result.lines)
    }

    private func readSet(_ file: String) throws -> SentimentTestSet {
        let texts = try LabelledCorpus.read(URL(fileURLWithPath: file), scheme: classes)
        for label in SentimentLabel.allCases where !texts.contains(where: { $0.label == label }) {
            throw CommandFailure(
                .malformedData,
                "\(file): no text is \(label.name); give files with texts of all three classes")
        }
        return SentimentTestSet(
            name: URL(fileURLWithPath: file).lastPathComponent, texts: texts)
    }

    private struct Result: Encodable {
        let temperature: Double
        let texts: Int
        let errorBefore: Double
        let errorAfter: Double

        enum CodingKeys: String, CodingKey {
            case temperature, texts
            case errorBefore = "ece_before"
            case errorAfter = "ece_after"
        }

        init(_ calibration: SentimentCalibration) {
            temperature = calibration.temperature
            texts = calibration.record.texts
            errorBefore = calibration.record.errorBefore
            errorAfter = calibration.record.errorAfter
        }

        var lines: [String] {
            [
                "temperature\t\(field(temperature))", "texts\t\(texts)",
                "ECE before\t\(field(errorBefore))", "ECE after\t\(field(errorAfter))",
            ]
        }
    }
}
