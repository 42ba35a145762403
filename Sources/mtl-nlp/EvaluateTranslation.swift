import ArgumentParser
import Foundation
import Inference
import Training

struct EvaluateTranslation: LoggingCommand, RepeatingCommand {
    static let configuration = CommandConfiguration(
        commandName: "translation",
        abstract: "Translate a file and measure the result: BLEU and chrF.",
        discussion: """
            Both files have a line for each sentence; they are plain or compressed with gzip. The \
            scores are those of sacreBLEU, with its signatures.

              mtl-nlp evaluate translation --to de test.en test.de
              mtl-nlp evaluate translation --to de --beam 1 --json test.en test.de.gz
              mtl-nlp evaluate translation --to de --model a --model b test.en test.de
            """)

    static let repeatableOptions = EnsembleOptions.repeatable

    @OptionGroup var language: LanguageOptions

    @Argument(help: "The sentences to translate.", completion: .file())
    var source: String

    @Argument(help: "The reference translations.", completion: .file())
    var reference: String

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var search: SearchOptionGroup
    @OptionGroup var models: EnsembleOptions
    @OptionGroup var inference: InferenceOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let pairs = try ParallelCorpus.read(
            source: URL(fileURLWithPath: source), target: URL(fileURLWithPath: reference))
        let model = try models.load(inference, for: .translation)
        try models.checkTranslation(model, hasSentiment: false)
        try language.check(model.leader)
        let translator = Translator(
            model, threadCount: inference.threads.count, batchSize: inference.batchSize)
        let quality = try TranslationQuality(
            pairs, from: language.source, to: language.to, translator, options: search.options)
        try quality.write(asJSON: json)
    }
}
