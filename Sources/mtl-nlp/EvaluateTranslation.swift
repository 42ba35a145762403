import ArgumentParser
import Foundation
import Inference
import LanguageIdentification
import Logging
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

    func validate() throws {
        if search.nBest != nil {
            throw ValidationError("--n-best has no meaning here: the best one is measured")
        }
    }

    func run() throws {
        let pairs = try ParallelCorpus.read(
            source: URL(fileURLWithPath: source), target: URL(fileURLWithPath: reference))
        let model = try models.load(inference, for: .translation)
        try models.checkTranslation(model, hasSentiment: false)
        try language.check(model.leader)
        warnOfSwappedFiles(pairs, model.leader.languageIdentifier)
        let translator = Translator(
            model, threadCount: inference.threads.count, batchSize: inference.batchSize)
        let quality = try TranslationQuality(
            pairs, from: language.source, to: language.to, translator, options: search.options)
        try quality.write(asJSON: json)
    }

    /// Warns where most sources are in the target language, which are not translated.
    private func warnOfSwappedFiles(_ pairs: [SentencePair], _ identifier: LanguageIdentifier?) {
        guard language.source == nil, let identifier else { return }
        let count = pairs.count { pair in
            PassThrough.applies(
                to: pair.source, identifier.identify(pair.source), target: language.to)
        }
        if 2 * count > pairs.count {
            Logger(label: "mtl-nlp").warning(
                """
                \(source): \(count) of \(pairs.count) lines are in '\(language.to)' already and stay as \
                they are; are source and reference in the right order?
                """)
        }
    }
}
