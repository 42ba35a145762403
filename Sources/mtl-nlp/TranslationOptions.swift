import ArgumentParser
import Inference

struct LanguageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The language to translate into.", valueName: "language"))
    var to: String

    @Option(
        help: ArgumentHelp(
            "The language of the text, which the encoder does not need; auto: unknown.",
            valueName: "language"))
    var from = Self.automatic

    private static let automatic = "auto"

    /// The language that the texts are said to be in; nil: none.
    var source: String? { from == Self.automatic ? nil : from }

    /// The translation that is asked for.
    ///
    /// - Throws: as `check`.
    func request(_ ensemble: Ensemble, _ options: SearchOptions) throws -> TranslationRequest {
        try check(ensemble.leader)
        return TranslationRequest(
            to: to, from: source.map(SourceLanguage.given) ?? .automatic, options: options)
    }

    func validate() throws {
        if from == to, to != Self.automatic {
            throw ValidationError(
                "--from and --to are both '\(to)'; name two languages, or leave out --from to have "
                    + "texts in '\(to)' left alone")
        }
    }

    /// - Throws: `CommandFailure` for a language that the model does not know.
    func check(_ model: LoadedModel) throws {
        let known = model.tokenizer.vocabulary.languages
        for language in [to] + [source].compactMap(\.self)
        where !known.contains(language) {
            throw CommandFailure(
                .usage,
                "unknown language '\(language)'; the model knows \(known.joined(separator: ", "))")
        }
    }
}

struct SearchOptionGroup: ParsableArguments {
    private static let defaults = SearchOptions()

    @Option(
        help: ArgumentHelp(
            "The hypotheses that the search keeps; 1: greedy (default: \(defaults.beamSize)).",
            valueName: "n"),
        transform: wholeNumber(in: 1...256))
    var beam = Self.defaults.beamSize

    @Option(
        help: ArgumentHelp(
            "The exponent of the length that a log-probability is divided by; more favours longer "
                + "translations (default: \(defaults.lengthPenalty)).",
            valueName: "x"),
        transform: penalty)
    var lengthPenalty = Self.defaults.lengthPenalty

    @Option(
        help: ArgumentHelp(
            "The most tokens of a translation, at most as many as the model can take; what is "
                + "longer ends there, without a flag (default: as the length of the source needs).",
            valueName: "n"),
        transform: wholeNumber(in: 1...Int.max))
    var maxLength: Int?

    @Option(
        help: ArgumentHelp(
            "Give this many translations with their scores; the beam is at least as wide. Where "
                + "fewer are found the last one fills up.",
            valueName: "k"),
        transform: wholeNumber(in: 1...256))
    var nBest: Int?

    var options: SearchOptions {
        SearchOptions(
            beamSize: beam, lengthPenalty: lengthPenalty, maximumLength: maxLength,
            alternativeCount: nBest ?? 1)
    }

    @Sendable private static func penalty(_ text: String) throws -> Float {
        guard let value = Float(text), value.isFinite, value >= 0 else {
            throw ValidationError("give a number of at least 0")
        }
        return value
    }
}
