import Inference
import LanguageIdentification
import LineFilter
import Transformer

/// How answers are written: in columns or as JSON, one a line.
struct AnswerFormat {
    let isJSON: Bool
    /// Whether all translations are given, with their scores, or the best alone.
    let listsAlternatives: Bool

    private static let errorKey = "error"

    /// The line for an answer.
    ///
    /// - Parameters:
    ///   - text: what is answered, as it was read.
    ///   - number: its place in the input, from 1.
    ///   - others: what follows in an object, but for members that have our names.
    func line(
        _ answer: Answer, to text: String, number: Int, others: [JSONObject.Member]
    ) -> String {
        guard isJSON else { return columns(answer).joined(separator: "\t") }
        let members: [(String, JSONValue)] =
            [("line", .integer(number)), ("text", .string(text))]
            + (answer.translation.map(members) ?? []) + (answer.sentiment.map(members) ?? [])
            + [
                ("language", .string(answer.language ?? LanguageEstimate.undetermined)),
                ("flags", .array(answer.flags.names.map(JSONValue.string))),
            ]
        // An `error` tells that there is no answer.
        return JSONValue.text(members, followedBy: others.filter { $0.key != Self.errorKey })
    }

    /// The line for what cannot be answered.
    func line(problem: String, number: Int) -> String {
        JSONValue.object([("line", .integer(number)), (Self.errorKey, .string(problem))]).text
    }

    private func columns(_ answer: Answer) -> [String] {
        var columns: [String] = []
        if let translation = answer.translation {
            columns +=
                listsAlternatives
                ? translation.alternatives.flatMap { [field($0.text), field($0.score)] }
                : [field(translation.text)]
        }
        if let sentiment = answer.sentiment {
            columns += [sentiment.labelName, field(sentiment.scores.probability)]
        }
        return columns
    }

    private func members(_ translation: Translation) -> [(String, JSONValue)] {
        let best: [(String, JSONValue)] = [
            ("translation", .string(translation.text)),
            ("translation_score", .number(field(translation.score))),
        ]
        guard listsAlternatives else { return best }
        let alternatives = translation.alternatives.map { alternative in
            JSONValue.object([
                ("translation", .string(alternative.text)),
                ("score", .number(field(alternative.score))),
            ])
        }
        return best + [("alternatives", .array(alternatives))]
    }

    private func members(_ sentiment: SentimentAnswer) -> [(String, JSONValue)] {
        let scores = sentiment.scores
        return [
            ("label", .string(sentiment.labelName)),
            (
                "probabilities",
                .object(SentimentLabel.allCases.map { ($0.name, .number(field(scores[$0]))) })
            ),
            ("score", .number(field(scores.score))),
        ]
    }
}

extension SentimentAnswer {
    /// The label as it is written.
    fileprivate var labelName: String { label?.name ?? "abstain" }
}
