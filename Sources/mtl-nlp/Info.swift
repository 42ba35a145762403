import ArgumentParser
import Foundation
import Inference
import Transformer

struct Info: LoggingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what a model is, what it was made from and what it scores.",
        discussion: """
            Sizes, languages and labels; the corpora with their licences and what these ask of \
            those who use the weights; the stages of the training; the scores. With --json all of \
            card.json is printed, the text of the recipe included, and beside it 'configuration' \
            (config.json), 'folder', and the sizes on disk: 'files' and 'bytes'.

              mtl-nlp info
              mtl-nlp info --model my-model --json
            """)

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var model: ModelOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let description = try ModelDescription(contentsOf: model.existingFolder())
        try json ? writeResult(json: description) : writeResult(Self.lines(description))
    }

    /// A heading, and facts about the model, its corpora, stages and scores in columns.
    static func lines(_ description: ModelDescription) -> [String] {
        let card = description.card
        var lines = ["\(card.name), version \(card.version)", ""]
        lines += facts(description).flatMap { name, text in
            let words = TextTable.wrapped(text, width: width - indentation)
            return zip([name] + words.dropFirst().map { _ in "" }, words).map { name, line in
                name.padding(toLength: indentation, withPad: " ", startingAt: 0) + line
            }
        }
        if !card.corpora.isEmpty {
            let rows = card.corpora.map { corpus in
                [
                    corpus.name, String(corpus.lines),
                    corpus.languages?.joined(separator: ", ") ?? "",
                    corpus.licence ?? "not stated",
                ]
            }
            lines += [""] + TextTable.lines([["corpus", "lines", "languages", "licence"]] + rows)
        }
        if !card.stages.isEmpty {
            let rows = card.stages.map { stage in
                [
                    stage.name, stage.steps.map(String.init) ?? "",
                    stage.seconds.map { String(format: "%.1f", $0 / 60) } ?? "",
                ]
            }
            lines += [""] + TextTable.lines([["stage", "steps", "minutes"]] + rows)
        }
        if !card.scores.isEmpty {
            let rows = card.scores.map { score in
                [score.set, score.metric, String(format: "%.2f", score.value)]
            }
            lines += [""] + TextTable.lines([["set", "metric", "score"]] + rows)
        }
        return lines
    }

    private static let indentation = 14
    /// What fits most terminals and all mails.
    private static let width = 80

    private static func facts(_ description: ModelDescription) -> [(name: String, text: String)] {
        let (card, sizes) = (description.card, description.configuration)
        let layers = sizes.readLayers.map(String.init).joined(separator: ", ")
        let facts: [(String, String?)] = [
            ("folder", description.folder.path),
            ("size", "\(megabytes(description.byteCount)) on disk"),
            ("parameters", String(description.parameterCount)),
            ("encoder", "\(sizes.encoderLayerCount) layers"),
            ("decoder", "\(sizes.decoderLayerCount) layers"),
            ("sharing", sizes.encoderSharing.fact),
            ("sentiment", "reads layer \(layers) of the encoder"),
            ("pooling", sizes.tokenPooling.fact),
            (
                "dimensions",
                "\(sizes.modelDimension), feed-forward \(sizes.feedForwardDimension), "
                    + "\(sizes.headCount) heads"
            ),
            ("vocabulary", "\(sizes.vocabularySize) subwords"),
            ("sentence", "\(sizes.maximumLength) tokens at most"),
            ("languages", sizes.languages.joined(separator: ", ")),
            ("labels", sizes.labels.joined(separator: ", ")),
            ("calibration", calibration(description)),
            ("mean of", origins(card)), ("went on from", ancestors(card)),
            ("seed", card.seed.map { String($0) }), ("commit", card.commit),
            ("licence", card.licence), ("terms", card.terms), ("notes", card.notes),
        ]
        return facts.compactMap { name, text in text.map { (name, $0) } }
    }

    private static func calibration(_ description: ModelDescription) -> String {
        guard let temperature = description.configuration.sentimentTemperature else {
            return "none"
        }
        let record = description.card.calibration.map { record in
            ", fitted on \(record.texts) texts of \(record.sets.joined(separator: ", ")): "
                + "ECE \(field(record.errorBefore)) before, \(field(record.errorAfter)) after"
        }
        return "temperature \(temperature)\(record ?? "")"
    }

    /// The models whose weights were averaged.
    private static func origins(_ card: ModelCard) -> String? {
        card.averagedFrom?.map { "\($0.name) (\(field($0.weight)), \($0.sha256.prefix(12)))" }
            .joined(separator: ", ")
    }

    /// The models that the training went on from.
    private static func ancestors(_ card: ModelCard) -> String? {
        card.ancestors?.map { ancestor in
            let facts = [
                ancestor.sha256.prefix(12).description,
                ancestor.commit.map { "commit \($0.prefix(12))" },
                ancestor.seed.map { "seed \($0)" },
                "stages: " + ancestor.stages.map(\.name).joined(separator: ", "),
            ]
            return "\(ancestor.name) (\(facts.compactMap(\.self).joined(separator: "; ")))"
        }.joined(separator: ", ")
    }

    private static func megabytes(_ count: Int) -> String {
        String(format: "%.1f MB", Double(count) / 1_000_000)
    }
}

extension EncoderSharing {
    /// Nil for what a model is expected to do.
    fileprivate var fact: String? {
        switch method {
        case .hard: nil
        case .mixed: "each task has the top \(ownLayerCount ?? 0) layers of the encoder for itself"
        case .separate: "each task has an encoder for itself"
        }
    }
}

extension TokenPooling {
    /// Nil for what a model is expected to do.
    fileprivate var fact: String? {
        switch method {
        case .meanMax: nil
        case .mean: "mean over the tokens"
        case .max: "maximum over the tokens"
        case .attention: "attention to the tokens"
        case .hardAttention:
            topK.map { "attention to the best tokens, \($0) at most" }
                ?? "attention to tokens with at least \(threshold ?? 0) of the greatest weight"
        }
    }
}
